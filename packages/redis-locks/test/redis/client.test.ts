import { RedisClient } from '@gravito/plasma'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { createLocks, withLock } from '../../src/index.js'

const client = new RedisClient()

test.each([undefined, null, 'redis://127.0.0.1', 6379, {}, { client }, [client]])(
  'locks on %o are refused, saying what they can be made on',
  source => {
    const refused = expect.objectContaining({ code: 'ARGUMENT_INVALID', argument: 'source' })
    expect(() => createLocks(source as never)).toThrow(refused)
    expect(() => createLocks(source as never)).toThrow(/plasma client or manager.*ioredis/)
  },
)

test('the short form rejects', async () => {
  const call = withLock({ client } as never, 'a', () => 1)
  await expect(call).rejects.toMatchObject({ argument: 'source' })
})

test('a client, a manager, an instance: nothing is opened before the first lock', () => {
  const instance = new Redis({ lazyConnect: true })
  for (const source of [client, instance]) expect(createLocks(source).held).toBe(0)
  expect([client.status, instance.status]).toEqual(['idle', 'wait'])
})

import { InvalidArgumentError } from '@gravito/plasma'
import { expect, test } from 'vitest'
import { createLocks, type Locks, quorum } from '../../src/index.js'
import { createMemoryLocks, MemoryServer, memoryClient } from '../../src/testing/testing.js'

test('a source that is no client is refused by name', () => {
  const nodeRedis = { sendCommand() {}, options: {}, isOpen: true }
  for (const source of [
    undefined,
    null,
    {},
    'redis://127.0.0.1',
    { url: 'redis://a' },
    nodeRedis,
  ]) {
    expect(() => createLocks(source as never)).toThrow(InvalidArgumentError)
    expect(() => createLocks(source as never)).toThrow(/^source must be a client or manager/)
    expect(() => quorum([source, {}, 3] as never)).toThrow(/^source must be/)
  }
})

test('what is to run is looked at before anything is sent', async () => {
  const server = new MemoryServer()
  const locks = createMemoryLocks({ server })
  const [one, two, three] = [server, new MemoryServer(), new MemoryServer()].map(memoryClient)
  const majority = quorum([one, two, three] as never).mutex('a')
  const runs: [string, (locks: Locks, fn: never) => Promise<unknown>][] = [
    ['mutex', (it, fn) => it.withLock('a', fn)],
    ['semaphore', (it, fn) => it.semaphore('a', { permits: 1 }).run(fn)],
    ['readWrite', (it, fn) => it.readWrite('a').read().run(fn)],
    ['multi', (it, fn) => it.multi(['a', 'b']).run(fn)],
    ['quorum', (_, fn) => majority.run(fn)],
    ['rateLimiter', (it, fn) => it.rateLimiter('a', { limit: 1, windowMs: 1_000 }).run('x', fn)],
    ['throttle', (it, fn) => it.throttle('a').run(fn)],
    ['funnel', (it, fn) => it.funnel('a').run(fn)],
  ]
  for (const [kind, run] of runs) {
    const error = await run(locks, undefined as never).catch(it => it)
    expect(error, kind).toMatchObject({ code: 'ARGUMENT_INVALID', argument: 'fn' })
  }
  expect(server.keys()).toEqual([])
})

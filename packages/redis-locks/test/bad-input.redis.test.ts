import { InvalidArgumentError, RedisClient } from '@gravito/plasma'
import { describe, expect, test } from 'vitest'
import { createLimiter, createLocks, type Lockable, type Locks, quorum } from '../src/index.js'
import { clients } from './setup.js'

const data = { name: 'a', ticket: 't', token: 1, ttlMs: 1_000 }

describe('what is no function', () => {
  test.each([
    ['withLock', l => l.withLock('a', undefined as never)],
    ['run of a mutex', l => l.mutex('a').run('x' as never)],
    ['run of a semaphore', l => l.semaphore('a', { permits: 1 }).run(null as never)],
    [
      'run of a reader',
      l =>
        l
          .readWrite('a')
          .read()
          .run({} as never),
    ],
    ['run of several', l => l.multi(['a', 'b']).run(undefined as never)],
    ['run of a limit', l => l.rateLimiter('a', LIMIT).run('id', undefined as never)],
    ['a throttle', l => l.throttle('a').run(undefined as never)],
    ['a funnel', l => l.funnel('a').run(undefined as never)],
  ] satisfies [string, (locks: ReturnType<typeof createLocks>) => Promise<unknown>][])(
    '%s is refused, and nothing is taken or spent',
    async (_, call) => {
      const [{ locks }] = clients(1)
      const refused = { code: 'ARGUMENT_INVALID', argument: 'fn' }
      await expect(call(locks)).rejects.toMatchObject(refused)
      expect(locks.held).toBe(0)
      expect(await (await locks.mutex('a').tryAcquire())?.release()).toBe(true)
      expect((await locks.rateLimiter('a', LIMIT).peek('id')).remaining).toBe(1)
      expect(await locks.throttle('a').run(() => 'mine')).toBe('mine')
    },
  )
})

const LIMIT = { limit: 1, windowMs: 60_000 }

test.each([undefined, null, {}, 'x', { ...data, ticket: '' }, { ...data, token: '1' }])(
  'restore(%o) says what it wants',
  async given => {
    const [{ locks }] = clients(1)
    const wanted = { argument: 'data', message: expect.stringContaining('toJSON') }
    await expect(locks.restore(given as never)).rejects.toMatchObject(wanted)
    await expect(locks.mutex('a').restore(given as never)).rejects.toMatchObject(wanted)
  },
)

test.each([[null], [5], ['x'], [[]]])('options that are %o are refused', given => {
  const [{ locks }] = clients(1)
  const options = given as never
  for (const call of [
    () => createLocks(new RedisClient(), options),
    () => locks.mutex('a', options),
    () => locks.readWrite('a', options),
    () => locks.multi(['a'], options),
    () => locks.leader('a', options),
    () => locks.rateLimiter('a', options),
    () => quorum([], options),
  ]) {
    expect(call).toThrow(InvalidArgumentError)
  }
})

test.each([
  ['signal', { signal: {} }],
  ['waitMs', { waitMs: -1 }],
  ['wait', { wait: 5 }],
  ['options', null],
  ['options', 5],
])('acquire of a limit refuses a bad %s, and nothing is spent', async (argument, options) => {
  const [{ locks }] = clients(1)
  const limiter = locks.rateLimiter('a', LIMIT)
  const refused = { code: 'ARGUMENT_INVALID', argument }
  await expect(limiter.acquire('id', options as never)).rejects.toMatchObject(refused)
  await expect(limiter.run('id', () => 1, options as never)).rejects.toMatchObject(refused)
  expect((await limiter.peek('id')).remaining).toBe(1)
})

test.each([
  ['a semaphore', l => l.semaphore('a', { permits: 2 })],
  ['a reader', l => l.readWrite('a').read()],
] satisfies [string, (locks: Locks) => Pick<Lockable, 'acquire' | 'restore'>][])(
  'restore says where a lease of %s is restored, instead of that it is lost',
  async (_, of) => {
    const [{ locks }] = clients(1)
    const lease = await of(locks).acquire()
    const refused = { argument: 'data', message: expect.stringContaining('restore') }
    await expect(locks.restore(lease.toJSON())).rejects.toMatchObject(refused)
    await expect(locks.mutex('a').restore(lease.toJSON())).rejects.toMatchObject(refused)
    expect(await (await of(locks).restore(lease.toJSON()))?.release()).toBe(true)
  },
)

test('a limiter wants locks', () => {
  expect(() => createLimiter(undefined as never)).toThrow(/createLocks/)
  expect(() => createLimiter(new RedisClient() as never)).toThrow(InvalidArgumentError)
})

import { ConnectionClosedError } from '@gravito/plasma'
import { afterEach, expect, test, vi } from 'vitest'
import {
  createLockStore,
  createMutex,
  LockLostError,
  LockQuorumError,
  LockStoreError,
  LockTimeoutError,
  quorum,
  RedisMutexStorage,
} from '../../src/index.js'
import { createMemoryLocks, MemoryServer, memoryClient } from '../../src/testing/testing.js'

afterEach(() => {
  vi.useRealTimers()
})

test('locks of their own share nothing; locks of one server and prefix do', async () => {
  const server = new MemoryServer()
  const all = [
    createMemoryLocks(),
    createMemoryLocks(),
    createMemoryLocks({ server }),
    createMemoryLocks({ server, prefix: 'other' }),
  ]
  for (const locks of all) expect(await locks.mutex('a').tryAcquire()).not.toBeNull()
  expect(await createMemoryLocks({ server }).mutex('a').tryAcquire()).toBeNull()
  expect(server.keys().sort()).toEqual(['lock:fence', 'lock:{a}', 'other:fence', 'other:{a}'])
  expect(() => createMemoryLocks({ ttlMs: 0 })).toThrow(
    expect.objectContaining({ argument: 'ttlMs' }),
  )
})

test('fake timers move the clock of the server', async () => {
  vi.useFakeTimers()
  const server = new MemoryServer()
  const [one, other] = [createMemoryLocks({ server }), createMemoryLocks({ server })]
  const lease = await one.mutex('a', { renew: false, ttlMs: 60_000 }).acquire()
  const limiter = one.rateLimiter('api', { limit: 1, windowMs: 3_600_000 })
  await limiter.attempt('ada')
  await vi.advanceTimersByTimeAsync(59_000)
  expect(lease.isHeld()).toBe(true)
  expect(await other.mutex('a').tryAcquire()).toBeNull()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(lease.signal.reason).toBeInstanceOf(LockLostError)
  expect(await other.mutex('a').tryAcquire()).not.toBeNull()
  expect((await limiter.attempt('ada')).allowed).toBe(false)
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect((await limiter.attempt('ada')).allowed).toBe(true)
})

test.each(['sliding-window', 'gcra', 'fixed-window'] as const)(
  'a whole limit can be spent at one moment, and no more, when the clock stands still: %s',
  async algorithm => {
    vi.useFakeTimers()
    const locks = createMemoryLocks()
    for (const limit of [1, 2, 3, 6, 7, 9, 11, 60, 99, 130, 600, 970]) {
      const limiter = locks.rateLimiter(`${limit}`, { limit, windowMs: 1_000, algorithm })
      let allowed = 0
      while ((await limiter.attempt('ada')).allowed) allowed++
      expect(allowed).toBe(limit)
      expect((await limiter.peek('ada')).remaining).toBe(0)
    }
  },
)

test('a renewed lease stays, and a wait ends, in faked time', async () => {
  vi.useFakeTimers()
  const server = new MemoryServer()
  const [one, other] = [createMemoryLocks({ server }), createMemoryLocks({ server })]
  const lease = await one.mutex('a').acquire()
  const waiting = other
    .mutex('a')
    .acquire({ waitMs: 600_000 })
    .catch(error => error)
  await vi.advanceTimersByTimeAsync(599_000)
  expect(lease.isHeld()).toBe(true)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await waiting).toBeInstanceOf(LockTimeoutError)
})

test('faults: lost data is noticed, an unreachable server is an error, later all is well', async () => {
  const server = new MemoryServer()
  const locks = createMemoryLocks({ server, ttlMs: 200 })
  const lease = await locks.mutex('a').acquire()
  server.flush()
  await vi.waitFor(() => expect(lease.signal.reason).toBeInstanceOf(LockLostError), 5_000)
  server.fail(new ConnectionClosedError('memory'))
  await expect(locks.mutex('a').tryAcquire()).rejects.toBeInstanceOf(LockStoreError)
  server.recover()
  expect(await locks.withLock('a', () => 'ran')).toBe('ran')
})

test('what is over leaves no key but the token mark', async () => {
  const server = new MemoryServer()
  const locks = createMemoryLocks({ server })
  await Promise.all([1, 2, 3].map(() => locks.withLock('a', () => undefined)))
  const store = createLockStore(locks)
  expect(await store.acquire('job', 10)).toBe(true)
  await store.release('job')
  expect(server.keys()).toEqual(['lock:fence'])
})

test('what takes a client takes one in memory: a quorum, the storages', async () => {
  const servers = [1, 2, 3].map(() => new MemoryServer())
  const ledger = quorum(servers.map(it => memoryClient(it))).mutex('ledger', { waitMs: 300 })
  servers[0]?.fail(new Error('down'))
  expect(await ledger.run(({ token }) => typeof token)).toBe('number')
  servers[1]?.fail(new Error('down'))
  await expect(ledger.acquire()).rejects.toBeInstanceOf(LockQuorumError)
  const mutex = createMutex({ storage: new RedisMutexStorage(memoryClient()) })
  expect(await mutex.withLock('a', () => 'ran')).toBe('ran')
})

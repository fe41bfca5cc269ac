// Rows of the table of promises in docs/locks.md.
import { RedisClient } from '@gravito/plasma'
import { type RedisServer, startSentinel, waitUntil } from '@gravito/redis-testing'
import type { Redis as IoRedis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createLocks } from '../../src/index.js'
import { startWorker } from '../processes.js'
import { client, ownServer, pause, rising } from './setup.js'

describe('data loss', () => {
  const losses: [string, (server: RedisServer, admin: IoRedis) => Promise<unknown>][] = [
    ['a restart without persistence', server => server.restart()],
    ['FLUSHALL', (_, admin) => admin.flushall()],
    [
      'eviction',
      async (_, admin) => {
        await admin.config('SET', 'maxmemory-policy', 'allkeys-random')
        await admin.config('SET', 'maxmemory', '1500kb')
        for (let i = 0; (await admin.exists('lock:{a}', 'lock:fence')) > 0; i++) {
          await admin.set(`filler:${i}`, 'x'.repeat(10_000)).catch(() => undefined)
        }
        await admin.config('SET', 'maxmemory', '0')
      },
    ],
  ]
  test.each(losses)(
    '%s: the first holder is told at its next renewal, tokens still increase',
    async (_, lose) => {
      const { server, admin } = await ownServer()
      const [one, two] = [client(server, { ttlMs: 1_500 }), client(server)]
      const tokens = [(await two.locks.mutex('b').acquire()).token]
      const first = await one.locks.mutex('a').acquire()
      tokens.push(first.token)
      await lose(server, admin)
      const second = await two.locks.mutex('a').acquire()
      tokens.push(second.token)
      await waitUntil('the first is told', () => first.signal.aborted)
      expect(await first.release()).toBe(false)
      expect(second.isHeld()).toBe(true)
      await second.release()
      tokens.push(await one.locks.withLock('a', ({ token }) => token))
      rising(tokens)
    },
    40_000,
  )

  test('FLUSHALL again and again while a process hands over by itself: tokens still increase', async () => {
    const { server, admin } = await ownServer()
    const { locks } = client(server)
    const tokens: number[] = []
    let isOver = false
    const work = async () => {
      while (!isOver) await locks.withLock('a', ({ token }) => tokens.push(token))
    }
    const working = Promise.all([work(), work(), work()])
    for (let i = 0; i < 200; i++) {
      await admin.flushall()
      await pause(i % 4)
    }
    isOver = true
    await working
    expect(tokens.length).toBeGreaterThan(1_000)
    expect(tokens.filter((token, i) => token <= (tokens[i - 1] ?? 0))).toEqual([])
  }, 40_000)

  test('a restart with persistence: the lease goes on, and so do the tokens', async () => {
    const { server } = await ownServer({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
    const { locks } = client(server, { ttlMs: 4_000 })
    const lease = await locks.mutex('a').acquire()
    await server.kill()
    await server.restart()
    await waitUntil('it is renewed', async () => (await locks.mutex('a').inspect()) !== null)
    await pause(1_600)
    expect(lease.isHeld()).toBe(true)
    expect(await locks.mutex('a').tryAcquire()).toBeNull()
    expect(await lease.release()).toBe(true)
    expect(await locks.withLock('a', ({ token }) => token)).toBeGreaterThan(lease.token)
  }, 40_000)
})

describe('failover', () => {
  test('waiters go on, tokens still increase; what minReplicas confirmed is on the new master', async () => {
    const sentinel = await startSentinel()
    onTestFinished(() => sentinel.stop())
    const config = { sentinels: sentinel.sentinels, name: sentinel.name, retryDelay: 50 }
    const sides = [1, 2].map(() => {
      const redis = new RedisClient({ ...config, maxRetries: 50, commandTimeout: 2_000 })
      redis.on('error', () => undefined)
      onTestFinished(() => redis.disconnect())
      return createLocks(redis, { ttlMs: 20_000, waitMs: 60_000 })
    })
    const [one, two] = sides as [(typeof sides)[0], (typeof sides)[0]]
    const tokens: number[] = []
    for (let i = 0; i < 20; i++) await one.withLock('a', ({ token }) => tokens.push(token))
    const confirmed = await one.mutex('safe', { minReplicas: 1 }).acquire()
    await sentinel.master.kill()
    for (let i = 0; i < 5; i++) await two.withLock('a', ({ token }) => tokens.push(token))
    for (let i = 0; i < 5; i++) await one.withLock('a', ({ token }) => tokens.push(token))
    rising(tokens)
    expect(await two.mutex('safe').inspect()).toMatchObject({ token: confirmed.token })
    expect(await two.mutex('safe').tryAcquire()).toBeNull()
    expect(confirmed.isHeld()).toBe(true)
    expect(await confirmed.release()).toBe(true)
  }, 120_000)
})

describe('clock jumps', () => {
  test('of a client, an hour forward and back: none', async () => {
    const { server } = await ownServer()
    const { locks } = client(server)
    const imports = [new URL('../fixtures/hour-ahead.mjs', import.meta.url).href]
    const worker = startWorker('hold', 'a', 2_000, { url: server.url, imports })
    const token = Number(await worker.says('held'))
    await pause(3_000)
    expect(worker.said).toHaveLength(1)
    expect(await locks.mutex('a').inspect()).toMatchObject({ token })
    expect((await locks.mutex('a').inspect())?.ttlMs).toBeLessThanOrEqual(2_000)
    worker.child.kill('SIGKILL')
    expect((await locks.mutex('a').acquire()).token).toBeGreaterThan(token)
  }, 40_000)

  test('of Redis, an hour back: tokens never decrease, handed over inside a process or not', async () => {
    const { server, admin } = await ownServer()
    const { locks } = client(server)
    const [seconds] = await admin.time()
    // What a server knows whose clock was an hour ahead.
    await admin.set('lock:fence', String((Number(seconds) + 3_600) * 1e6), 'PX', 86_400_000)
    const tokens: number[] = []
    const work = async (side: typeof locks) => {
      for (let i = 0; i < 30; i++) await side.withLock('a', ({ token }) => tokens.push(token))
    }
    await Promise.all([work(locks), work(locks), work(locks)])
    const other = client(server).locks
    await Promise.all([work(locks), work(locks), work(other), work(other)])
    rising(tokens)
    expect(tokens[0]).toBeGreaterThan((Number(seconds) + 3_600) * 1e6)
    // The mark stays for as long as the clock is behind.
    expect(await admin.ttl('lock:fence')).toBeGreaterThan(3_500)
  })
})

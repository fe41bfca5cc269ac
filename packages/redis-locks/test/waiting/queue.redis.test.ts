import { RedisClient } from '@gravito/plasma'
import { startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, type LocksOptions } from '../../src/index.js'
import { startWorker } from '../processes.js'
import { nothingLeft } from '../setup.js'

/** Clients that share nothing but Redis, as processes do. */
function clients(amount: number, options: LocksOptions = {}, url = inject('redisUrl')) {
  const keyPrefix = uniquePrefix('queue')
  return Array.from({ length: amount }, () => {
    const redis = new RedisClient({ url, keyPrefix, retryDelay: 20 })
    onTestFinished(() => redis.disconnect())
    return { redis, locks: createLocks(redis, options) }
  })
}

type Client = ReturnType<typeof clients>[number]

const queued = (redis: RedisClient, amount: number) =>
  waitUntil(`${amount} queue`, async () => (await redis.zcard('lock:{a}:q')) === amount)

describe('across clients', () => {
  test('first come, first served; nothing stays but the token mark', async () => {
    const all = clients(5)
    const [first, ...others] = all as [Client, ...Client[]]
    const order: number[] = []
    const lease = await first.locks.mutex('a').acquire()
    const waiting: Promise<unknown>[] = []
    for (const [i, { locks }] of others.entries()) {
      waiting.push(locks.withLock('a', () => order.push(i)))
      await queued(first.redis, i + 1)
    }
    await lease.release()
    await Promise.all(waiting)
    expect(order).toEqual([0, 1, 2, 3])
    await waitUntil('it is free', async () => (await first.redis.keys('*')).length === 1)
    await nothingLeft(first.redis)
  })

  test('tryAcquire overtakes nobody, and takes a free lock for which only the dead queue', async () => {
    const [one, two] = clients(2) as [Client, Client]
    await one.redis.zadd('lock:{a}:q', { score: 1, member: 'dead' })
    await one.redis.hset('lock:{a}:w', { dead: `${Date.now() * 2_000}:1000:nobody-hears` })
    const lease = await one.locks.mutex('a').tryAcquire()
    expect(lease?.isHeld()).toBe(true)
    expect(await two.locks.mutex('a').tryAcquire()).toBeNull()
    expect(await one.redis.exists('lock:{a}:q', 'lock:{a}:w')).toBe(0)
    await lease?.release()
  })

  test('a waiter that times out or aborts leaves no ticket, and the one behind it is served', async () => {
    const [one, two, three] = clients(3) as [Client, Client, Client]
    const lease = await one.locks.mutex('a').acquire()
    const impatient = two.locks
      .mutex('a')
      .acquire({ waitMs: 300 })
      .catch((error: { code: string }) => error.code)
    await queued(one.redis, 1)
    const patient = three.locks.mutex('a').acquire()
    await queued(one.redis, 2)
    expect(await impatient).toBe('LOCK_TIMEOUT')
    await queued(one.redis, 1)
    await lease.release()
    await (await patient).release()
    await nothingLeft(one.redis)
  })

  test('a grant whose message is lost is found by the heartbeat, with the same token', async () => {
    const [one, two] = clients(2) as [Client, Client]
    const lease = await one.locks.mutex('a', { renew: false }).acquire({ ttlMs: 600 })
    const waiting = two.locks.mutex('a').acquire()
    await queued(one.redis, 1)
    const [ticket = ''] = await one.redis.zrange('lock:{a}:q', 0, -1)
    await one.redis.unlink('lock:{a}:q', 'lock:{a}:w')
    await one.redis.set('lock:{a}', `${ticket}|${lease.token + 1}`, { px: 3_000 })
    const granted = await waiting
    expect(granted.token).toBe(lease.token + 1)
    expect(await granted.release()).toBe(true)
    await lease.release()
  })

  test('a pushed grant starts with 3 s and is renewed to its whole lease', async () => {
    const [one, two] = clients(2, { ttlMs: 20_000 }) as [Client, Client]
    const lease = await one.locks.mutex('a').acquire()
    const waiting = two.locks.mutex('a', { renew: false }).acquire()
    await queued(one.redis, 1)
    await lease.release()
    const granted = await waiting
    expect(granted.remainingMs()).toBeLessThanOrEqual(3_000)
    expect(await one.redis.pttl('lock:{a}')).toBeLessThanOrEqual(3_000)
    await waitUntil('it is renewed', () => granted.remainingMs() > 15_000)
    await granted.release()
  })

  test('time-out against grant, many times: the lock is always free afterwards', async () => {
    const [one, two] = clients(2) as [Client, Client]
    for (let i = 0; i < 400; i++) {
      const lease = await one.locks.mutex('a').acquire()
      const waiting = two.locks.mutex('a').run(() => undefined, { waitMs: 1 + (i % 4) })
      const released = new Promise(resolve => setTimeout(resolve, i % 4)).then(() =>
        lease.release(),
      )
      await Promise.allSettled([waiting, released])
    }
    await waitUntil('it is free', async () => (await one.redis.keys('*')).length === 1)
  }, 30_000)

  test('a lease is never longer than the server thinks, however it was granted', async () => {
    const all = clients(3, { ttlMs: 2_000 })
    const check = async ({ locks, redis }: Client) => {
      for (let i = 0; i < 30; i++) {
        await locks.withLock('a', async ({ lease }) => {
          const asked = performance.now()
          const left = lease.remainingMs()
          const server = await redis.pttl('lock:{a}')
          expect(left).toBeLessThanOrEqual(server + (performance.now() - asked))
        })
      }
    }
    await Promise.all(all.flatMap(client => [check(client), check(client)]))
  })
})

describe('what waiting costs', () => {
  test('a contended handoff is one command, and 40 waiters on 4 clients are served evenly', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const all = clients(4, { waitMs: 30_000 }, server.url)
    const served = new Map<number, number>()
    const evals = async () => {
      const info = await (all[0] as Client).redis.info('commandstats')
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(info)?.[1] ?? 0)
    }
    let before = 0
    const rounds = 25
    const work = async (locks: Client['locks'], me: number) => {
      for (let i = 0; i < rounds; i++) {
        await locks.withLock('a', () => served.set(me, (served.get(me) ?? 0) + 1))
      }
    }
    await Promise.all(all.map(({ locks }) => work(locks, -1)))
    served.clear()
    before = await evals()
    await Promise.all(
      all.flatMap(({ locks }, c) => Array.from({ length: 10 }, (_, w) => work(locks, c * 10 + w))),
    )
    const perAcquisition = ((await evals()) - before) / (40 * rounds)
    expect([...served.values()]).toEqual(Array(40).fill(rounds))
    expect(perAcquisition).toBeLessThanOrEqual(1.1)
  }, 30_000)
})

describe('processes', () => {
  test('killed waiters are skipped at the handoff', async () => {
    const redis = new RedisClient({ url: inject('redisUrl') })
    onTestFinished(() => redis.disconnect())
    const locks = createLocks(redis)
    const name = uniquePrefix('killed')
    const lease = await locks.mutex(name).acquire()
    const workers = [1, 2].map(() => startWorker('hold', name, 10_000))
    await waitUntil(
      'both queue',
      async () => (await redis.zcard(`lock:{${name}}:q`)) === workers.length,
      { timeoutMs: 15_000 },
    )
    for (const { child } of workers) child.kill('SIGKILL')
    await Promise.all(workers.map(worker => worker.exit()))
    const second = new RedisClient({ url: inject('redisUrl') })
    onTestFinished(() => second.disconnect())
    const other = createLocks(second)
    const waiting = other.mutex(name).acquire()
    await waitUntil('three queue', async () => (await redis.zcard(`lock:{${name}}:q`)) === 3)
    const started = performance.now()
    await lease.release()
    await (await waiting).release()
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  test('a stopped waiter costs the next one 3 s at most', async () => {
    const redis = new RedisClient({ url: inject('redisUrl') })
    onTestFinished(() => redis.disconnect())
    const locks = createLocks(redis, { waitMs: 20_000 })
    const name = uniquePrefix('stopped')
    const lease = await locks.mutex(name).acquire()
    const worker = startWorker('hold', name, 10_000)
    const queue = `lock:{${name}}:q`
    await waitUntil('it queues', async () => (await redis.zcard(queue)) === 1, {
      timeoutMs: 15_000,
    })
    worker.child.kill('SIGSTOP')
    await lease.release()
    const started = performance.now()
    const next = await locks.mutex(name).acquire()
    expect(performance.now() - started).toBeLessThan(4_000)
    await next.release()
  }, 30_000)
})

import { RedisClient } from '@gravito/plasma'
import { startCluster, startRedis } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { pause, setup } from '../setup.js'

const attempts = <Result>(count: number, attempt: (i: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, i) => attempt(i)))

describe.each(['sliding-window', 'gcra', 'fixed-window'] as const)('%s', algorithm => {
  test('parallel attempts of two clients never get more than the limit', async () => {
    const { redis, keyPrefix, store } = setup({ deadlineMs: 10_000 })
    const other = new RedisClient({ url: inject('redisUrl'), keyPrefix })
    onTestFinished(() => other.disconnect())
    const limiters = [store, new RedisStore({ client: other, deadlineMs: 10_000 })].map(it =>
      it.limiter({ algorithm }),
    )
    const results = await attempts(40, i => {
      const limiter = limiters[i % 2]
      if (!limiter) throw new Error('there are two')
      return limiter.attempt('{a}:login', 5, 60)
    })
    const allowed = results.filter(it => it.allowed)
    expect(allowed.map(it => it.remaining).sort()).toEqual([0, 1, 2, 3, 4])
    const [refused] = results.filter(it => !it.allowed)
    expect(refused).toMatchObject({ remaining: 0 })
    expect(refused?.reset).toBeGreaterThan(Date.now() / 1_000)
    expect(refused?.reset).toBeLessThan(Date.now() / 1_000 + 120)
    expect(refused?.retryAfterMs).toBeGreaterThan(0)
    expect(await limiters[0]?.attempt('other', 1, 60)).toMatchObject({ allowed: true })
    await store.flush()
    expect(await limiters[1]?.attempt('{a}:login', 5, 60)).toMatchObject({ allowed: false })
    await limiters[1]?.clear('{a}:login')
    expect(await limiters[0]?.attempt('{a}:login', 5, 60)).toMatchObject({ remaining: 4 })
    expect(await redis.exists('cache:v:{login}')).toBe(0)
  })

  test('the limit comes back when its time is over', async () => {
    const limiter = setup({ deadlineMs: 10_000 }).store.limiter({ algorithm })
    expect(await limiter.attempt('k', 1, 0.25)).toMatchObject({ allowed: true, remaining: 0 })
    await pause(400)
    expect(await limiter.attempt('k', 1, 60)).toMatchObject({ allowed: true })
  })
})

test('a middleware that throttles, of the shape that Gravito has', async () => {
  const limiter = setup({ deadlineMs: 10_000 }).store.limiter()
  const throttle = async (
    ip: string,
  ): Promise<{ status: number; headers: Record<string, string> }> => {
    const { allowed, remaining, reset } = await limiter.attempt(`throttle:${ip}`, 3, 60)
    const headers = {
      'X-RateLimit-Remaining': String(remaining),
      'X-RateLimit-Reset': String(reset),
    }
    return { status: allowed ? 200 : 429, headers }
  }
  const answers = await attempts(10, () => throttle('10.0.0.1'))
  expect(answers.filter(it => it.status === 200)).toHaveLength(3)
  expect(answers.find(it => it.status === 429)?.headers).toMatchObject({
    'X-RateLimit-Remaining': '0',
  })
})

test('each key of a Cluster has a slot of its own', async () => {
  const cluster = await startCluster({ replicas: 0 })
  onTestFinished(() => cluster.stop())
  const redis = new RedisClient({ cluster: true, nodes: cluster.nodes })
  onTestFinished(() => redis.disconnect())
  const limiter = new RedisStore({ client: redis, deadlineMs: 10_000 }).limiter()
  await attempts(30, i => limiter.attempt(`k${i}`, 5, 60))
  const slots = new Set<number>()
  for await (const key of redis.scanIterator())
    slots.add(await redis.call('CLUSTER', 'KEYSLOT', key))
  expect(slots.size).toBeGreaterThan(20)
}, 40_000)

test('what cannot be is refused before anything is sent', async () => {
  const { store } = setup()
  expect(() => store.limiter({ failopen: true } as never)).toThrow('failopen')
  expect(() => store.limiter({ failOpen: 1 as never })).toThrow('failOpen')
  const limiter = store.limiter()
  await expect(limiter.attempt('', 1, 1)).rejects.toMatchObject({ argument: 'key' })
  await expect(limiter.attempt('k', 1.5, 1)).rejects.toMatchObject({ argument: 'maxAttempts' })
  await expect(limiter.attempt('k', 1, 0)).rejects.toMatchObject({ argument: 'decaySeconds' })
  await expect(limiter.attempt('k', 1, Number.NaN)).rejects.toMatchObject({
    argument: 'decaySeconds',
  })
  await expect(limiter.clear('')).rejects.toMatchObject({ argument: 'key' })
  expect(await limiter.attempt('k', 0, 60)).toMatchObject({ allowed: false, remaining: 0 })
})

test('Redis away: with failOpen everything is allowed and reported, without it nothing is answered', async () => {
  const server = await startRedis()
  const redis = new RedisClient({ port: server.port, retryDelay: 10, maxRetries: 1 })
  onTestFinished(() => redis.disconnect())
  const told: string[] = []
  const store = new RedisStore({ client: redis, onError: (_, key) => told.push(key) })
  await redis.connect()
  await server.stop()
  const open = store.limiter({ failOpen: true })
  expect(await attempts(7, () => open.attempt('k', 5, 60))).toEqual(
    Array.from({ length: 7 }, () =>
      expect.objectContaining({ allowed: true, remaining: 4, retryAfterMs: 0 }),
    ),
  )
  expect(told).toEqual(Array.from({ length: 7 }, () => 'k'))
  await expect(store.limiter().attempt('k', 5, 60)).rejects.toThrow()
  await expect(open.clear('k')).rejects.toThrow()
})

import { RedisClient } from '@gravito/plasma'
import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, type RateLimitOptions } from '../src/index.js'

function setup() {
  const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('limit') })
  onTestFinished(() => redis.disconnect())
  return { redis, locks: createLocks(redis) }
}

describe.each(['fixed-window', 'sliding-window', 'gcra'] as const)('%s', algorithm => {
  test('exactly the limit of 400 attempts at once is allowed, and the key expires', async () => {
    const { redis, locks } = setup()
    const limiter = locks.rateLimiter('api', { limit: 100, windowMs: 60_000, algorithm })
    const attempts = await Promise.all(Array.from({ length: 400 }, () => limiter.attempt('ada')))
    const allowed = attempts.filter(it => it.allowed).length
    // What GCRA gives back trickles in while the attempts run: one per 600 ms.
    expect(allowed).toBeGreaterThanOrEqual(100)
    expect(allowed).toBeLessThanOrEqual(algorithm === 'gcra' ? 104 : 100)
    const refused = attempts.at(-1)
    expect(refused).toMatchObject({ allowed: false, remaining: 0 })
    expect(refused?.retryAfterMs).toBeGreaterThan(0)
    expect(refused?.reset).toBeGreaterThan(Date.now() / 1_000)
    expect((await limiter.attempt('bob')).allowed).toBe(true)
    for (const key of await redis.keys('*')) expect(await redis.pttl(key)).toBeGreaterThan(0)
    await limiter.clear('ada')
    expect(await limiter.attempt('ada')).toMatchObject({ allowed: true, remaining: 99 })
  })

  test('retryAfterMs is when the same attempt succeeds; a refused one costs nothing', async () => {
    const { locks } = setup()
    const limiter = locks.rateLimiter('api', { limit: 4, windowMs: 400, algorithm })
    expect(await limiter.attempt('ada', 3)).toMatchObject({ allowed: true, remaining: 1 })
    const refused = await limiter.attempt('ada', 2)
    expect(refused).toMatchObject({ allowed: false, remaining: 1 })
    const until = performance.now() + refused.retryAfterMs + 2
    await waitUntil('it can be tried again', () => performance.now() > until)
    expect((await limiter.attempt('ada', 2)).allowed).toBe(true)
  })
})

test('bad input is refused by name', async () => {
  const { locks } = setup()
  const good: RateLimitOptions = { limit: 5, windowMs: 1_000 }
  const refused = (options: object, argument: string) =>
    expect(() => locks.rateLimiter('a', { ...good, ...options })).toThrow(
      expect.objectContaining({ argument }),
    )
  refused({ limit: 0 }, 'limit')
  refused({ limit: 1.5 }, 'limit')
  refused({ windowMs: Number.NaN }, 'windowMs')
  refused({ algorithm: 'leaky' }, 'algorithm')
  await expect(locks.rateLimiter('a', good).attempt('x', 6)).rejects.toMatchObject({
    argument: 'cost',
  })
  await expect(locks.rateLimiter('a', good).attempt('')).rejects.toMatchObject({
    argument: 'name',
  })
})

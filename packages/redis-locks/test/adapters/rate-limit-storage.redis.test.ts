import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createRateLimiter, type RateLimitStorage, RedisRateLimitStorage } from '../../src/index.js'

function setup(ttlMs?: number) {
  const redis = new Redis(inject('redisUrl'), { keyPrefix: uniquePrefix('ratelimit') })
  onTestFinished(async () => void (await redis.quit()))
  return new RedisRateLimitStorage(redis, ttlMs === undefined ? {} : { ttlMs })
}

/** The steps of CommandKit's own limiter: forget an old window, read, compare, write. */
function foreignLimiter(storage: RateLimitStorage, maxRequests: number) {
  const started = new Set<string>()
  return {
    async limit(key: string) {
      if (!started.has(key)) {
        await storage.delete(key)
        started.add(key)
      }
      const count = await storage.get(key)
      if (count >= maxRequests) return false
      await storage.set(key, count + 1)
      return true
    },
    getRemaining: async (key: string) => Math.max(0, maxRequests - (await storage.get(key))),
  }
}

const allowed = async (limit: (key: string) => Promise<boolean>, times: number) =>
  (await Promise.all(Array.from({ length: times }, () => limit('user:123')))).filter(Boolean).length

test('get, set, delete', async () => {
  const storage = setup()
  expect(await storage.get('user:123')).toBe(0)
  await storage.set('user:123', 7)
  expect(await storage.get('user:123')).toBe(7)
  await storage.delete('user:123')
  expect(await storage.get('user:123')).toBe(0)
})

test('a read alone changes nothing for long, however often', async () => {
  const storage = setup()
  await storage.set('a', 3)
  await Promise.all(Array.from({ length: 20 }, () => storage.get('a')))
  await waitUntil('the count is back', async () => (await storage.get('a')) === 3)
})

describe("CommandKit's own limiter over the storage", () => {
  test('allows 100 of 400 at once, and goes on counting', async () => {
    const storage = setup()
    const limiter = foreignLimiter(storage, 100)
    expect(await allowed(limiter.limit, 400)).toBe(100)
    expect(await allowed(limiter.limit, 10)).toBe(0)
    await waitUntil(
      'the refused are taken back',
      async () => (await storage.get('user:123')) === 100,
    )
    expect(await limiter.getRemaining('user:123')).toBe(0)
  })

  test('one after the other, it counts as with any storage', async () => {
    const limiter = foreignLimiter(setup(), 3)
    expect(await limiter.limit('a')).toBe(true)
    expect(await limiter.getRemaining('a')).toBe(2)
    await new Promise(resolve => setImmediate(resolve))
    expect(await limiter.limit('a')).toBe(true)
    expect(await limiter.limit('a')).toBe(true)
    expect(await limiter.limit('a')).toBe(false)
  })
})

describe('createRateLimiter', () => {
  test('the example of the document: five in 30 seconds', async () => {
    const storage = setup()
    const apiLimiter = createRateLimiter({ maxRequests: 5, interval: 30_000, storage })
    expect(await apiLimiter.getResetTime('api:endpoint')).toBe(0)
    expect(await apiLimiter.limit('api:endpoint')).toBe(true)
    expect(await apiLimiter.getRemaining('api:endpoint')).toBe(4)
    const resetTime = await apiLimiter.getResetTime('api:endpoint')
    expect(resetTime).toBeGreaterThan(15_000)
    expect(resetTime).toBeLessThanOrEqual(30_000)
    expect(await storage.get('api:endpoint')).toBe(1)
    expect(apiLimiter.getConfig()).toEqual({ maxRequests: 5, interval: 30_000 })
    await apiLimiter.reset('api:endpoint')
    expect(await apiLimiter.getRemaining('api:endpoint')).toBe(5)
  })

  test('exactly 100 of 400, over two connections', async () => {
    const keyPrefix = uniquePrefix('two')
    const limiters = [1, 2].map(() => {
      const redis = new Redis(inject('redisUrl'), { keyPrefix })
      onTestFinished(async () => void (await redis.quit()))
      const storage = new RedisRateLimitStorage(redis)
      return createRateLimiter({ maxRequests: 100, interval: 3_600_000, storage })
    })
    const counts = await Promise.all(limiters.map(({ limit }) => allowed(limit, 200)))
    expect(counts.reduce((sum, it) => sum + it)).toBe(100)
  })

  test('the window ends', async () => {
    const limiter = createRateLimiter({ maxRequests: 1, interval: 100, storage: setup() })
    expect(await limiter.limit('a')).toBe(true)
    await waitUntil('it is allowed again', () => limiter.limit('a'))
  })
})

test('no count stays for ever; ttlMs is checked', async () => {
  const storage = setup(100)
  await storage.set('a', 5)
  await waitUntil('it is forgotten', async () => (await storage.get('a')) < 5)
  expect(() => setup(0)).toThrow(expect.objectContaining({ argument: 'ttlMs' }))
  await expect(storage.get('')).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
})

import { RedisClient } from '@gravito/plasma'
import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createLockStore, createLocks, createSitemapLock } from '../../src/index.js'

/** As the contract of Gravito's schedulers and sitemap builders has them. */
interface LockStore {
  acquire(key: string, ttlSeconds: number): Promise<boolean>
  release(key: string): Promise<unknown>
  forceAcquire(key: string, ttlSeconds: number): Promise<unknown>
  exists(key: string): Promise<boolean>
}
interface SitemapLock {
  acquire(resource: string, ttl: number): Promise<boolean>
  release(resource: string): Promise<void>
}

function setup() {
  const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('gravito') })
  onTestFinished(() => redis.disconnect())
  return { redis, locks: createLocks(redis) }
}

test('a scheduler: one of two runs the job; only its owner or force ends it', async () => {
  const { redis, locks } = setup()
  const one: LockStore = createLockStore(locks)
  const other: LockStore = createLockStore(locks)
  expect(await one.acquire('job', 10)).toBe(true)
  expect(await other.acquire('job', 10)).toBe(false)
  const ttl = await redis.pttl('lock:{job}')
  expect(ttl).toBeGreaterThan(5_000)
  expect(ttl).toBeLessThanOrEqual(10_000)
  await other.release('job')
  expect(await other.exists('job')).toBe(true)
  expect(await other.forceAcquire('job', 10)).toBe(true)
  await one.release('job')
  expect(await one.exists('job')).toBe(true)
  await other.release('job')
  expect(await one.exists('job')).toBe(false)
  await one.release('never acquired')
})

test('a lock ends by itself after its seconds, and its late release leaves the next one alone', async () => {
  const { locks } = setup()
  const one = createLockStore(locks)
  const other = createLockStore(locks)
  expect(await one.acquire('job', 0.1)).toBe(true)
  await waitUntil('it is free', () => other.acquire('job', 10))
  await one.release('job')
  expect(await one.exists('job')).toBe(true)
  for (const seconds of [0, -1, Number.NaN]) {
    await expect(one.acquire('x', seconds)).rejects.toMatchObject({ argument: 'ttlSeconds' })
    await expect(one.forceAcquire('job', seconds)).rejects.toMatchObject({ argument: 'ttlSeconds' })
  }
  expect(await one.exists('job')).toBe(true)
})

test('a sitemap builder: one of ten builds; the ttl is milliseconds', async () => {
  const { redis, locks } = setup()
  const builders = Array.from({ length: 10 }, (): SitemapLock => createSitemapLock(locks))
  const got = await Promise.all(builders.map(it => it.acquire('sitemap', 60_000)))
  expect(got.filter(Boolean)).toHaveLength(1)
  const ttl = await redis.pttl('lock:{sitemap}')
  expect(ttl).toBeGreaterThan(30_000)
  expect(ttl).toBeLessThanOrEqual(60_000)
  const losers = builders.filter((_, i) => !got[i])
  await Promise.all(losers.map(it => it.release('sitemap')))
  expect(await losers[0]?.acquire('sitemap', 60_000)).toBe(false)
  await builders[got.indexOf(true)]?.release('sitemap')
  expect(await losers[0]?.acquire('sitemap', 60_000)).toBe(true)
  await expect(losers[0]?.acquire('other', 0)).rejects.toMatchObject({ argument: 'ttlMs' })
})

import { RedisClient } from '@gravito/plasma'
import { uniquePrefix } from '@gravito/redis-testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, LockTimeoutError } from '../../src/index.js'

function setup() {
  const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('funnel') })
  onTestFinished(() => redis.disconnect())
  return { redis, locks: createLocks(redis) }
}

test('as many at a time as the limit, the others by turns', async () => {
  const { locks } = setup()
  const video = locks.funnel('video').limit(3).block(20)
  let [inside, most] = [0, 0]
  const convert = async (i: number) => {
    most = Math.max(most, ++inside)
    await new Promise(resolve => setTimeout(resolve, 20))
    inside--
    return i
  }
  const all = Array.from({ length: 9 }, (_, i) => video.run(() => convert(i)))
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(most).toBe(3)
})

test('onLimit when it is full; without it LockTimeoutError', async () => {
  const { redis, locks } = setup()
  const one = locks.funnel('video').releaseAfter(30)
  await one.run(async () => {
    const keys = await redis.keys('*video*')
    expect(keys).toHaveLength(1)
    expect(await redis.pttl(keys[0] ?? '')).toBeLessThanOrEqual(30_000)
    expect(
      await one.run(
        () => 'ran',
        error => error.code,
      ),
    ).toBe('LOCK_TIMEOUT')
    await expect(one.run(() => 'ran')).rejects.toBeInstanceOf(LockTimeoutError)
    expect(await locks.funnel('other').run(() => 'ran')).toBe('ran')
  })
  expect(await one.run(() => 'ran')).toBe('ran')
})

test('what the section throws is thrown, also a time-out of another lock, and the place is free', async () => {
  const { locks } = setup()
  const one = locks.funnel('video')
  const inner = new LockTimeoutError('another', 5)
  const failing = one.run(
    () => {
      throw inner
    },
    () => 'limited',
  )
  await expect(failing).rejects.toBe(inner)
  expect(await one.run(() => 'ran')).toBe('ran')
})

test('bad input is refused by name', () => {
  const funnel = setup().locks.funnel('video')
  expect(() => funnel.limit(0)).toThrow(expect.objectContaining({ argument: 'permits' }))
  expect(() => funnel.block(-1)).toThrow(expect.objectContaining({ argument: 'seconds' }))
  expect(() => funnel.releaseAfter(0)).toThrow(expect.objectContaining({ argument: 'seconds' }))
})

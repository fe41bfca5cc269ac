import { uniquePrefix } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createMutex, RedisMutexStorage } from '../../src/index.js'

function setup() {
  const keyPrefix = uniquePrefix('storage')
  return [1, 2].map(() => {
    const redis = new Redis(inject('redisUrl'), { keyPrefix })
    onTestFinished(async () => {
      await redis.quit()
    })
    return new RedisMutexStorage(redis)
  }) as [RedisMutexStorage, RedisMutexStorage]
}

test('two storages lose none of 320 increments', async () => {
  const storages = setup()
  let counter = 0
  const increment = async () => {
    const before = counter
    await new Promise(resolve => setImmediate(resolve))
    counter = before + 1
  }
  const mutexes = storages.map(storage => createMutex({ timeout: 30_000, storage }))
  await Promise.all(
    Array.from({ length: 320 }, (_, i) => mutexes[i % 2]?.withLock('shared-resource', increment)),
  )
  expect(counter).toBe(320)
})

test("the document's advanced use; another's lock stays", async () => {
  const [mine, other] = setup()
  expect(await mine.acquire('my-resource')).toBe(true)
  expect(await mine.getLockInfo('my-resource')).toMatchObject({ locked: true })
  expect(await mine.extendLock('my-resource', 60_000)).toBe(true)
  expect((await mine.getLockInfo('my-resource')).ttl).toBeGreaterThan(50_000)
  expect(await other.extendLock('my-resource', 60_000)).toBe(false)
  await other.release('my-resource')
  expect(await other.isLocked('my-resource')).toBe(true)
  await other.forceRelease('my-resource')
  expect(await mine.getLockInfo('my-resource')).toEqual({ locked: false, ttl: 0 })
  await mine.release('my-resource')
})

test('a time-out is false and an error of withLock; an abort says so and never runs', async () => {
  const [mine, other] = setup()
  await mine.acquire('a')
  expect(await other.isLocked('a')).toBe(true)
  expect(await other.acquire('a', 300)).toBe(false)
  const mutex = createMutex({ timeout: 300, storage: other })
  let ran = false
  const run = (signal?: AbortSignal) => mutex.withLock('a', () => (ran = true), undefined, signal)
  await expect(run()).rejects.toThrow('Failed to acquire lock for key: a')
  await expect(run(AbortSignal.abort())).rejects.toThrow('aborted')
  expect(ran).toBe(false)
  await mine.release('a')
  await run()
  expect(ran).toBe(true)
})

test('the late release of a lost lease leaves the next one of the same storage alone', async () => {
  const [mine, other] = setup()
  await mine.acquire('a')
  await other.forceRelease('a')
  expect(await mine.extendLock('a', 1_000)).toBe(false)
  await mine.acquire('a')
  await mine.release('a')
  expect(await other.isLocked('a')).toBe(true)
  await mine.release('a')
  expect(await other.isLocked('a')).toBe(false)
})

import { uniquePrefix } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { expect, inject, onTestFinished, test } from 'vitest'
import {
  createSemaphore,
  RedisSemaphoreStorage,
  type SemaphoreStorage,
  type SemaphoreStorageOptions,
} from '../../src/index.js'
import { pause } from '../setup.js'

function setup(options: SemaphoreStorageOptions = {}) {
  const keyPrefix = uniquePrefix('storage')
  return [1, 2].map(() => {
    const redis = new Redis(inject('redisUrl'), { keyPrefix })
    onTestFinished(async () => {
      await redis.quit()
    })
    return new RedisSemaphoreStorage(redis, options)
  }) as [RedisSemaphoreStorage, RedisSemaphoreStorage]
}

/** The most sections that ran together. */
function meter() {
  const state = { inside: 0, most: 0 }
  const section = async () => {
    state.most = Math.max(state.most, ++state.inside)
    await pause(2)
    state.inside--
  }
  return { state, section }
}

test("the document's example: 5 permits are 5, over two storages", async () => {
  const [mine, other] = setup()
  const { state, section } = meter()
  const semaphores = [mine, other].map(redisSemaphoreStorage =>
    createSemaphore({ permits: 5, timeout: 30000, storage: redisSemaphoreStorage }),
  )
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => semaphores[i % 2]?.withPermit('database', section)),
  )
  expect(state).toEqual({ inside: 0, most: 5 })
  expect(await mine.getTotalPermits('database')).toBe(5)
  expect(await mine.getAvailablePermits('database')).toBe(5)
})

test("a foreign createSemaphore knows only the contract: the storage's own permits count", async () => {
  const [mine, other] = setup({ permits: 3 })
  const { state, section } = meter()
  const foreign = (storage: SemaphoreStorage) => async () => {
    if (!(await storage.acquire('a', 30_000))) throw new Error('no permit')
    try {
      await section()
    } finally {
      await storage.release('a')
    }
  }
  await Promise.all(Array.from({ length: 40 }, (_, i) => foreign(i % 2 ? mine : other)()))
  expect(state).toEqual({ inside: 0, most: 3 })
})

test("the document's advanced use", async () => {
  const [redisStorage, other] = setup({ permits: 4 })
  expect(await redisStorage.getSemaphoreInfo('database')).toEqual({
    total: 4,
    available: 4,
    acquired: 0,
    initialized: false,
  })
  await redisStorage.acquire('database')
  expect(await other.getSemaphoreInfo('database')).toEqual({
    total: 4,
    available: 3,
    acquired: 1,
    initialized: true,
  })
  await redisStorage.initialize('api-endpoint', 10)
  expect(await other.getTotalPermits('api-endpoint')).toBe(10)
  await redisStorage.increasePermits('database', 5)
  expect(await other.getTotalPermits('database')).toBe(9)
  await redisStorage.decreasePermits('api-endpoint', 2)
  expect(await other.getTotalPermits('api-endpoint')).toBe(8)
  await redisStorage.reset('database')
  expect(await other.getSemaphoreInfo('database')).toMatchObject({ total: 4, available: 4 })
  await other.reset('database', 2)
  expect(await redisStorage.getSemaphoreInfo('database')).toMatchObject({ total: 2, acquired: 0 })
  await redisStorage.clear('api-endpoint')
  expect(await redisStorage.getSemaphoreInfo('api-endpoint')).toMatchObject({ initialized: false })
})

test('a time-out is false and an error of withPermit; an abort says so and never runs', async () => {
  const [mine, other] = setup()
  await mine.acquire('K')
  expect(await other.getAvailablePermits('K')).toBe(0)
  expect(await other.acquire('K', 300)).toBe(false)
  const semaphore = createSemaphore({ timeout: 300, storage: other })
  let ran = false
  const run = (signal?: AbortSignal) =>
    semaphore.withPermit('K', () => (ran = true), undefined, signal)
  await expect(run()).rejects.toThrow('Failed to acquire permit for key: K')
  await expect(run(AbortSignal.abort())).rejects.toThrow('aborted')
  const later = new AbortController()
  const waiting = semaphore.withPermit('K', () => (ran = true), 20_000, later.signal)
  setTimeout(() => later.abort(), 20)
  await expect(waiting).rejects.toThrow('aborted')
  expect(ran).toBe(false)
  await mine.release('K')
  await run()
  expect(ran).toBe(true)
})

test('a storage gives back only what it took, and a lost permit before one that is held', async () => {
  const [mine, other] = setup({ permits: 2 })
  await mine.acquire('a')
  await other.release('a')
  expect(await mine.getAvailablePermits('a')).toBe(1)
  await other.reset('a')
  await mine.acquire('a')
  await mine.acquire('a')
  await mine.release('a')
  await mine.release('a')
  await mine.release('a')
  expect(await other.getSemaphoreInfo('a')).toMatchObject({ acquired: 0, available: 2 })
  await mine.release('a')
})

test('bad input is refused by name', async () => {
  const [storage] = setup()
  const redis = new Redis(inject('redisUrl'), { lazyConnect: true })
  const bad = { code: 'ARGUMENT_INVALID' }
  const wrong = (options: unknown) => () => new RedisSemaphoreStorage(redis, options as never)
  expect(wrong({ permits: 0 })).toThrow(expect.objectContaining({ ...bad, argument: 'permits' }))
  expect(wrong({ permit: 3 })).toThrow(expect.objectContaining({ ...bad, argument: 'permit' }))
  expect(() => createSemaphore({ permits: 2.5, storage })).toThrow(expect.objectContaining(bad))
  await expect(storage.initialize('a', 0)).rejects.toMatchObject({ ...bad, argument: 'permits' })
  await expect(storage.increasePermits('a', -1)).rejects.toMatchObject({ argument: 'amount' })
  await expect(storage.decreasePermits('a', 0)).rejects.toMatchObject({ argument: 'amount' })
  await expect(storage.acquire('')).rejects.toMatchObject({ ...bad, argument: 'name' })
})

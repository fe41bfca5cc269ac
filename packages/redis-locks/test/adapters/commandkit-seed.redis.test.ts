import { uniquePrefix } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createMutex, RedisMutexStorage } from '../../src/index.js'

/** The document's `new Redis()`, on this run's server. */
function client() {
  const redis = new Redis(inject('redisUrl'), { keyPrefix: uniquePrefix('seed') })
  onTestFinished(async () => void (await redis.quit()))
  return redis
}

test('Redis Mutex Storage: exclusive across all instances, and gives the result', async () => {
  const redis = client()
  let inside = 0
  const updateSharedResource = async () => {
    expect(++inside).toBe(1)
    await new Promise(resolve => setTimeout(resolve, 5))
    inside--
    return 'updated'
  }
  const instances = [1, 2, 3].map(() => {
    const redisMutexStorage = new RedisMutexStorage(redis)
    return createMutex({ timeout: 30000, storage: redisMutexStorage })
  })
  const results = await Promise.all(
    instances.map(mutex =>
      mutex.withLock('shared-resource', async () => {
        return await updateSharedResource()
      }),
    ),
  )
  expect(results).toEqual(['updated', 'updated', 'updated'])
})

test('Advanced Mutex Usage', async () => {
  const redisStorage = new RedisMutexStorage(client())
  const said: string[] = []
  const look = async () => {
    const lockInfo = await redisStorage.getLockInfo('my-resource')
    said.push(`Locked: ${lockInfo.locked}, TTL: ${lockInfo.ttl > 30_000}`)
  }
  await look()
  expect(await redisStorage.extendLock('my-resource', 60000)).toBe(false)
  await redisStorage.acquire('my-resource')
  await look()
  const extended = await redisStorage.extendLock('my-resource', 60000)
  if (extended) said.push('Lock extended by 60 seconds')
  await look()
  await redisStorage.forceRelease('my-resource')
  await look()
  expect(said).toEqual([
    'Locked: false, TTL: false',
    'Locked: true, TTL: false',
    'Lock extended by 60 seconds',
    'Locked: true, TTL: true',
    'Locked: false, TTL: false',
  ])
})

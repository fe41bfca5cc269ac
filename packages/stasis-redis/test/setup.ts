import { RedisClient } from '@gravito/plasma'
import { uniquePrefix } from '@gravito/redis-testing'
import { inject, onTestFinished } from 'vitest'
import { RedisStore, type RedisStoreOptions } from '../src/index.js'

/** A store of one test, on a client whose key prefix nobody else has. */
export function setup(options: RedisStoreOptions = {}) {
  const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('cache') })
  onTestFinished(async () => {
    await redis.connect()
    for await (const key of redis.scanIterator()) await redis.unlink(key)
    await redis.disconnect()
  })
  return { redis, store: new RedisStore({ client: redis, ...options }) }
}

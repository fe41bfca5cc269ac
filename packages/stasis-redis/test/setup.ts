import { RedisClient } from '@gravito/plasma'
import { uniquePrefix } from '@gravito/redis-testing'
import { inject, onTestFinished } from 'vitest'
import { RedisStore, type RedisStoreOptions } from '../src/index.js'

/** A store of one test, on a client whose key prefix nobody else has. */
export function setup(options: RedisStoreOptions = {}) {
  const keyPrefix = uniquePrefix('cache')
  const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix })
  onTestFinished(async () => {
    await redis.connect()
    for await (const key of redis.scanIterator()) await redis.unlink(key)
    await redis.disconnect()
  })
  return {
    redis,
    keyPrefix,
    store: new RedisStore({ client: redis, deadlineMs: 5_000, ...options }),
  }
}

/** A promise and what settles it. */
export function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

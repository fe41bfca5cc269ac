import { RedisClient } from '@gravito/plasma'
import { type RedisServer, startRedis, waitUntil } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { RedisStore, type RedisStoreOptions } from '../../src/index.js'

/** A server of the test's own, a store with a near cache on it, and a foreign client. */
export async function nearOwn(options: RedisStoreOptions = {}) {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  return { server, ...nearAt(server, options) }
}

/** A store with a near cache at a server, and a client that knows nothing of it. */
export function nearAt(server: RedisServer, options: RedisStoreOptions = {}) {
  const redis = new RedisClient({ port: server.port, keyPrefix: 'app:', retryDelay: 20 })
  const foreign = new Redis(server.port, server.host, { retryStrategy: () => 20 })
  foreign.on('error', () => undefined)
  const told: unknown[] = []
  const onError = (error: unknown) => told.push(error)
  const store = new RedisStore({ client: redis, near: true, onError, ...options })
  onTestFinished(async () => {
    await store.close()
    await redis.disconnect({ timeoutMs: 100 })
    foreign.disconnect()
  })
  return { redis, foreign, store, told }
}

/** Resolves when Redis tells the store of every change. */
export async function isLive(store: RedisStore): Promise<void> {
  await waitUntil('the near cache is live', async () => {
    await store.get(store.tagKey('is it live?', ['live']))
    return store.stats().near?.live === true
  })
}

/** Where the store of `nearAt` has an entry without tags. */
export const placeOf = (key: string): string => `app:cache:v:{${key}}`

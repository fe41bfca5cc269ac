import { createClient, type RedisClientOptions } from 'redis'
import type { BenchmarkClient } from '../client.js'

/** node-redis as it comes, or with options; its pipelines are a MULTI sent without MULTI. */
export async function openNodeRedis(
  url: string,
  options: RedisClientOptions = {},
): Promise<BenchmarkClient> {
  const redis = createClient({ url, ...options })
  // Without a listener a lost connection would end the process; the pending command rejects too.
  redis.on('error', () => undefined)
  await redis.connect()
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
    incr: key => redis.incr(key),
    hset: (key, fields) => redis.hSet(key, fields),
    hgetall: key => redis.hGetAll(key),
    zadd: (key, score, value) => redis.zAdd(key, { score, value }),
    getAll: keys => {
      const pipeline = redis.multi()
      for (const key of keys) pipeline.get(key)
      return pipeline.execAsPipeline()
    },
    setAll: (keys, value) => {
      const pipeline = redis.multi()
      for (const key of keys) pipeline.set(key, value)
      return pipeline.execAsPipeline()
    },
    close: () => redis.close(),
  }
}

/** node-redis without its default timeout, a timer for every command: its best. */
export const openUntimed = (url: string): Promise<BenchmarkClient> =>
  openNodeRedis(url, { commandOptions: { timeout: undefined } })

import { Redis, type RedisOptions } from 'ioredis'
import type { BenchmarkClient } from '../client.js'

/** What ioredis and its descendants have in common, as far as it is used here. */
type Instance = Pick<
  Redis,
  'get' | 'set' | 'incr' | 'hset' | 'hgetall' | 'zadd' | 'pipeline' | 'quit'
>

/** ioredis as it comes, or with options. */
export async function openIoredis(
  url: string,
  options: RedisOptions = {},
): Promise<BenchmarkClient> {
  const redis = new Redis(url, { lazyConnect: true, ...options })
  await redis.connect()
  return overIoredis(redis)
}

/** ioredis with its own way to send commands together. */
export const openAutoPipelined = (url: string): Promise<BenchmarkClient> =>
  openIoredis(url, { enableAutoPipelining: true })

export function overIoredis(redis: Instance): BenchmarkClient {
  const replies = (results: [error: Error | null, reply: unknown][] | null) =>
    (results ?? []).map(([error, reply]) => {
      if (error) throw error
      return reply
    })
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
    incr: key => redis.incr(key),
    hset: (key, fields) => redis.hset(key, fields),
    hgetall: key => redis.hgetall(key),
    zadd: (key, score, member) => redis.zadd(key, score, member),
    getAll: async keys => {
      const pipeline = redis.pipeline()
      for (const key of keys) pipeline.get(key)
      return replies(await pipeline.exec())
    },
    setAll: async (keys, value) => {
      const pipeline = redis.pipeline()
      for (const key of keys) pipeline.set(key, value)
      return replies(await pipeline.exec())
    },
    close: () => redis.quit(),
  }
}

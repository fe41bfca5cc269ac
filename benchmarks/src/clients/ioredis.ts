import { Redis } from 'ioredis'
import type { BenchmarkClient } from '../client.js'

/** ioredis as it comes, without options. */
export async function openIoredis(url: string): Promise<BenchmarkClient> {
  const redis = new Redis(url, { lazyConnect: true })
  await redis.connect()
  const replies = (results: [error: Error | null, reply: unknown][] | null) =>
    (results ?? []).map(([error, reply]) => {
      if (error) throw error
      return reply
    })
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
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

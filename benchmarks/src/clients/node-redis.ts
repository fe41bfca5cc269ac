import { createClient } from 'redis'
import type { BenchmarkClient } from '../client.js'

/** node-redis as it comes; its pipelines are a MULTI sent without MULTI. */
export async function openNodeRedis(url: string): Promise<BenchmarkClient> {
  const redis = createClient({ url })
  // Without a listener a lost connection would end the process; the pending command rejects too.
  redis.on('error', () => undefined)
  await redis.connect()
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
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

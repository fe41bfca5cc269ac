import { RedisClient } from '@gravito/plasma'
import type { BenchmarkClient } from '../client.js'

/** One connection of plasma; its pipelines in the callback form. */
export async function openPlasma(url: string): Promise<BenchmarkClient> {
  const redis = new RedisClient({ url }, 'benchmark')
  await redis.connect()
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
    getAll: keys => redis.pipeline(batch => keys.map(key => batch.get(key))),
    setAll: (keys, value) => redis.pipeline(batch => keys.map(key => batch.set(key, value))),
    close: () => redis.disconnect(),
  }
}

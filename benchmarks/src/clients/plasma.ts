import { type ConnectionConfig, RedisClient } from '@gravito/plasma'
import type { BenchmarkClient } from '../client.js'

/** One connection of plasma as it comes; its pipelines in the callback form. */
export async function openPlasma(
  url: string,
  options: ConnectionConfig = {},
): Promise<BenchmarkClient> {
  const redis = new RedisClient({ url, ...options }, 'benchmark')
  await redis.connect()
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
    incr: key => redis.incr(key),
    hset: (key, fields) => redis.hset(key, fields),
    hgetall: key => redis.hgetall(key),
    zadd: (key, score, member) => redis.zadd(key, { score, member }),
    getAll: keys => redis.pipeline(batch => keys.map(key => batch.get(key))),
    setAll: (keys, value) => redis.pipeline(batch => keys.map(key => batch.set(key, value))),
    close: () => redis.disconnect(),
  }
}

/** plasma with its fast path switched off. */
export const openPlain = (url: string): Promise<BenchmarkClient> =>
  openPlasma(url, { fastPath: false })

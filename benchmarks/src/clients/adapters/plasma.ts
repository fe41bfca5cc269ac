import { type ConnectionConfig, defineScript, RedisClient } from '@gravito/plasma'
import { type BenchmarkClient, INCREASE } from '../client.js'
import type { Target } from '../target.js'

const increase = defineScript({ keys: ['key'], args: ['by'], lua: INCREASE })

/** One connection of plasma as it comes; its pipelines in the callback form. */
export async function openPlasma(
  target: Target,
  options: ConnectionConfig = {},
): Promise<BenchmarkClient> {
  const redis = new RedisClient({ ...configOf(target), ...options }, 'benchmark')
  await redis.connect()
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
    setNew: (key, value, px) => redis.set(key, value, { px, nx: true }),
    mget: keys => redis.mget(...keys),
    incr: key => redis.incr(key),
    hset: (key, fields) => redis.hset(key, fields),
    hgetall: key => redis.hgetall(key),
    zadd: (key, score, member) => redis.zadd(key, { score, member }),
    increaseByScript: (key, by) => redis.run(increase, [key], [by]) as Promise<number>,
    getAll: keys => redis.pipeline(batch => keys.map(key => batch.get(key))),
    setAll: (keys, value) => redis.pipeline(batch => keys.map(key => batch.set(key, value))),
    close: () => redis.disconnect(),
  }
}

/** plasma with its fast path switched off. */
export const openPlain = (target: Target): Promise<BenchmarkClient> =>
  openPlasma(target, { fastPath: false })

function configOf(target: Target): ConnectionConfig {
  switch (target.kind) {
    case 'single':
      return { url: target.url }
    case 'tls':
      return { url: target.url, tls: { ca: target.ca } }
    case 'cluster':
      return { cluster: true, nodes: [...target.nodes] }
  }
}

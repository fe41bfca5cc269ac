import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { type BenchmarkClient, INCREASE } from '../client.js'
import type { Target } from '../target.js'

/** What ioredis and its descendants have in common, as far as it is used here. */
export type Instance = Pick<
  Redis,
  | 'get'
  | 'set'
  | 'mget'
  | 'incr'
  | 'hset'
  | 'hgetall'
  | 'zadd'
  | 'evalsha'
  | 'script'
  | 'pipeline'
  | 'quit'
>

/** ioredis as it comes, or with options. */
export async function openIoredis(
  target: Target,
  options: RedisOptions = {},
): Promise<BenchmarkClient> {
  const redis = connected(target, options)
  await redis.connect()
  return overIoredis(redis)
}

/** ioredis with its own way to send commands together. */
export const openAutoPipelined = (target: Target): Promise<BenchmarkClient> =>
  openIoredis(target, { enableAutoPipelining: true })

function connected(target: Target, options: RedisOptions): Redis | Cluster {
  if (target.kind === 'cluster')
    return new Cluster([...target.nodes], { lazyConnect: true, ...options })
  const tls = target.kind === 'tls' ? { tls: { ca: target.ca } } : {}
  return new Redis(target.url, { lazyConnect: true, ...tls, ...options })
}

export function overIoredis(redis: Instance): BenchmarkClient {
  const replies = (results: [error: Error | null, reply: unknown][] | null) =>
    (results ?? []).map(([error, reply]) => {
      if (error) throw error
      return reply
    })
  let sha: Promise<string> | undefined
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
    setNew: (key, value, ms) => redis.set(key, value, 'PX', ms, 'NX'),
    mget: keys => redis.mget(...keys),
    incr: key => redis.incr(key),
    hset: (key, fields) => redis.hset(key, fields),
    hgetall: key => redis.hgetall(key),
    zadd: (key, score, member) => redis.zadd(key, score, member),
    increaseByScript: async (key, by) => {
      sha ??= redis.script('LOAD', INCREASE) as Promise<string>
      return redis.evalsha(await sha, 1, key, by) as Promise<number>
    },
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

import { createClient, createCluster, type RedisClientOptions, type RedisClientType } from 'redis'
import { type BenchmarkClient, INCREASE } from '../client.js'
import type { Target } from '../target.js'

type CommandOptions = NonNullable<RedisClientOptions['commandOptions']>

/** node-redis as it comes, or with options; its pipelines are a MULTI sent without MULTI. */
export async function openNodeRedis(
  target: Target,
  commandOptions?: CommandOptions,
): Promise<BenchmarkClient> {
  const redis = made(target, commandOptions ? { commandOptions } : {})
  // Without a listener a lost connection would end the process; the pending command rejects too.
  redis.on('error', () => undefined)
  await redis.connect()
  let sha: Promise<string> | undefined
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
    setNew: (key, value, ms) =>
      redis.set(key, value, { expiration: { type: 'PX', value: ms }, condition: 'NX' }),
    mget: keys => redis.mGet(keys),
    incr: key => redis.incr(key),
    hset: (key, fields) => redis.hSet(key, fields),
    hgetall: key => redis.hGetAll(key),
    zadd: (key, score, value) => redis.zAdd(key, { score, value }),
    increaseByScript: async (key, by) => {
      sha ??= redis.scriptLoad(INCREASE)
      return (await redis.evalSha(await sha, { keys: [key], arguments: [String(by)] })) as number
    },
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
export const openUntimed = (target: Target): Promise<BenchmarkClient> =>
  openNodeRedis(target, { timeout: undefined })

function made(target: Target, options: { commandOptions?: CommandOptions }): RedisClientType {
  if (target.kind === 'cluster') {
    const rootNodes = target.nodes.map(socket => ({ socket }))
    // What is used of it here, both have alike.
    return createCluster({ rootNodes, ...options } as never) as unknown as RedisClientType
  }
  const socket = target.kind === 'tls' ? { socket: { tls: true, ca: target.ca } } : {}
  return createClient({ url: target.url, ...socket, ...options } as RedisClientOptions) as never
}

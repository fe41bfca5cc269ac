import { createClient } from 'redis'
import { type OpenCache, TTL_SECONDS } from '../adapter.js'

/** node-redis with its client-side cache and JSON; without a listener of errors it would end the process. */
export const openNodeRedisNear: OpenCache = async (url, namespace) => {
  const redis = createClient({
    url,
    RESP: 3,
    clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' },
  })
  redis.on('error', () => undefined)
  await redis.connect()
  const place = (key: string) => `${namespace}:${key}`
  const parse = (text: string | null) => (text === null ? undefined : JSON.parse(text))
  const get = async (key: string) => parse(await redis.get(place(key)))
  const set = (key: string, value: unknown) =>
    redis.set(place(key), JSON.stringify(value), { EX: TTL_SECONDS })
  return {
    get,
    set,
    getMany: async keys => (await redis.mGet(keys.map(place))).map(parse),
    remember: async (key, factory) => {
      const known = await get(key)
      if (known !== undefined) return known
      const value = await factory()
      await set(key, value)
      return value
    },
    clear: async () => {
      for await (const keys of redis.scanIterator({ MATCH: `${namespace}:*`, COUNT: 500 })) {
        if (keys.length > 0) await redis.unlink(keys)
      }
    },
    close: async () => redis.destroy(),
  }
}

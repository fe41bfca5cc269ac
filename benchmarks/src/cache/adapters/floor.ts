import { Redis } from 'ioredis'
import { type OpenCache, TTL_SECONDS } from '../adapter.js'

/** What one would write by hand: ioredis and JSON, tags as sets of keys. */
export const openFloor: OpenCache = async (url, namespace) => {
  const redis = new Redis(url)
  redis.on('error', () => undefined)
  const place = (key: string) => `${namespace}:${key}`
  const parse = (text: string | null) => (text === null ? undefined : JSON.parse(text))
  const get = async (key: string) => parse(await redis.get(place(key)))
  const set = (key: string, value: unknown) =>
    redis.set(place(key), JSON.stringify(value), 'EX', TTL_SECONDS)
  const removeAll = async () => {
    for await (const keys of redis.scanStream({ match: `${namespace}:*`, count: 500 })) {
      if ((keys as string[]).length > 0) await redis.unlink(keys as string[])
    }
  }
  return {
    get,
    set,
    getMany: async keys => (await redis.mget(keys.map(place))).map(parse),
    remember: async (key, factory) => {
      const known = await get(key)
      if (known !== undefined) return known
      const value = await factory()
      await set(key, value)
      return value
    },
    tagged: {
      set: (key, value, tags) => {
        const pipeline = redis.pipeline().set(place(key), JSON.stringify(value), 'EX', TTL_SECONDS)
        for (const tag of tags) pipeline.sadd(place(`tag:${tag}`), place(key))
        return pipeline.exec()
      },
      get,
      invalidate: async tag => {
        const keys = await redis.smembers(place(`tag:${tag}`))
        for (let i = 0; i < keys.length; i += 1_000) await redis.unlink(keys.slice(i, i + 1_000))
        await redis.unlink(place(`tag:${tag}`))
      },
    },
    clear: removeAll,
    close: async () => redis.disconnect(),
  }
}

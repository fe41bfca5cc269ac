import { createStorage } from 'unstorage'
import redisDriver from 'unstorage/drivers/redis'
import { type OpenCache, TTL_SECONDS } from '../adapter.js'

/** unstorage has no remember of its own. */
export const openUnstorage: OpenCache = async (url, namespace) => {
  const storage = createStorage({
    driver: redisDriver({ url, base: namespace, ttl: TTL_SECONDS }),
  })
  const get = async (key: string) => (await storage.getItem(key)) ?? undefined
  const set = (key: string, value: unknown) => storage.setItem(key, value as object)
  return {
    get,
    set,
    getMany: async keys => (await storage.getItems(keys)).map(({ value }) => value),
    remember: async (key, factory) => {
      const known = await get(key)
      if (known !== undefined) return known
      const value = await factory()
      await set(key, value)
      return value
    },
    clear: () => storage.clear(),
    close: () => storage.dispose(),
  }
}

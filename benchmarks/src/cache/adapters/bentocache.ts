import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { redisDriver } from 'bentocache/drivers/redis'
import { Redis } from 'ioredis'
import { type CacheAdapter, type OpenCache, TTL_SECONDS } from '../adapter.js'

const TTL = TTL_SECONDS * 1_000

/** bentocache in Redis alone. */
export const openBentocache: OpenCache = (url, namespace) => open(url, namespace, false)

/** bentocache in memory, then in Redis; without a bus. */
export const openBentocacheNear: OpenCache = (url, namespace) => open(url, namespace, true)

async function open(url: string, prefix: string, near: boolean): Promise<CacheAdapter> {
  const connection = new Redis(url)
  connection.on('error', () => undefined)
  const remote = bentostore().useL2Layer(redisDriver({ connection, prefix }))
  const store = near ? remote.useL1Layer(memoryDriver({ maxItems: 200_000 })) : remote
  const bento = new BentoCache({ default: 'cache', stores: { cache: store } })
  const get = (key: string) => bento.get({ key })
  return {
    get,
    set: (key, value) => bento.set({ key, value, ttl: TTL }),
    getMany: keys => Promise.all(keys.map(get)),
    remember: (key, factory) => bento.getOrSet({ key, ttl: TTL, factory }),
    tagged: {
      set: (key, value, tags) => bento.set({ key, value, ttl: TTL, tags }),
      get,
      invalidate: tag => bento.deleteByTag({ tags: [tag] }),
    },
    clear: () => bento.clear(),
    close: async () => connection.disconnect(),
  }
}

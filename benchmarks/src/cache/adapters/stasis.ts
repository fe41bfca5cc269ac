import { setTimeout as pause } from 'node:timers/promises'
import { RedisClient } from '@gravito/plasma'
import { RedisStore, type RedisStoreOptions } from '@gravito/stasis-redis'
import { type CacheAdapter, type OpenCache, TTL_SECONDS } from '../adapter.js'

/** Ours as it comes. */
export const openStasis: OpenCache = (url, namespace) => open(url, namespace, {})

/** Ours with the tokens of tags in the process. */
export const openNearTags: OpenCache = (url, namespace) => open(url, namespace, { near: 'tags' })

/** Ours with its near cache. */
export const openNear: OpenCache = (url, namespace) => open(url, namespace, { near: true })

async function open(
  url: string,
  namespace: string,
  options: RedisStoreOptions,
): Promise<CacheAdapter> {
  const client = new RedisClient({ url })
  await client.connect()
  const store = new RedisStore({ client, prefix: `${namespace}:`, ...options })
  return {
    get: key => store.get(key),
    set: (key, value) => store.put(key, value, TTL_SECONDS),
    getMany: async keys => {
      const values = await store.many(keys)
      return keys.map(key => values[key])
    },
    remember: (key, factory) => store.remember(key, TTL_SECONDS, factory),
    tagged: {
      set: (key, value, tags) => store.put(store.tagKey(key, tags), value, TTL_SECONDS),
      get: (key, tags) => store.get(store.tagKey(key, tags)),
      invalidate: tag => store.flushTags([tag]),
    },
    clear: () => store.flush(),
    close: async () => {
      await store.close()
      await client.disconnect()
    },
    warm: async key => {
      const deadline = performance.now() + 10_000
      while (options.near && !store.stats().near?.live) {
        if (performance.now() > deadline) throw new Error('the near cache is not live')
        await store.get(store.tagKey(key, ['warm']))
        await pause(5)
      }
    },
  }
}

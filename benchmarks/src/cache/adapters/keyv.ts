import KeyvRedis from '@keyv/redis'
import { createCache } from 'cache-manager'
import { Cacheable, type Keyv as CacheableKeyv } from 'cacheable'
import { Keyv } from 'keyv'
import { type CacheAdapter, type OpenCache, TTL_SECONDS } from '../adapter.js'

const TTL = TTL_SECONDS * 1_000

/** Keyv as its documentation makes it for Redis. */
function keyvOf(url: string, namespace: string): Keyv {
  const store = new KeyvRedis(url, { namespace, useUnlink: true })
  store.on('error', () => undefined)
  const keyv = new Keyv(store, { namespace, useKeyPrefix: false })
  keyv.on('error', () => undefined)
  return keyv
}

/** Keyv has no remember of its own. */
export const openKeyv: OpenCache = async (url, namespace) => {
  const keyv = keyvOf(url, namespace)
  return {
    get: key => keyv.get(key),
    set: (key, value) => keyv.set(key, value, TTL),
    getMany: keys => keyv.getMany(keys),
    remember: async (key, factory) => {
      const known = await keyv.get(key)
      if (known !== undefined) return known
      const value = await factory()
      await keyv.set(key, value, TTL)
      return value
    },
    clear: () => keyv.clear(),
    close: () => keyv.disconnect(),
  }
}

export const openCacheManager: OpenCache = async (url, namespace) => {
  const keyv = keyvOf(url, namespace)
  const cache = createCache({ stores: [keyv], ttl: TTL })
  return {
    get: key => cache.get(key),
    set: (key, value) => cache.set(key, value, TTL),
    getMany: keys => cache.mget(keys),
    remember: (key, factory) => cache.wrap(key, factory, TTL),
    clear: () => cache.clear(),
    close: () => keyv.disconnect(),
  }
}

/** cacheable in Redis alone. */
export const openCacheable: OpenCache = async (url, namespace) => {
  const keyv = keyvOf(url, namespace)
  return overCacheable(
    new Cacheable({ primary: keyv as unknown as CacheableKeyv, tags: true, ttl: TTL }),
    keyv,
  )
}

/** cacheable in memory, then in Redis. */
export const openCacheableNear: OpenCache = async (url, namespace) => {
  const keyv = keyvOf(url, namespace)
  return overCacheable(
    new Cacheable({ secondary: keyv as unknown as CacheableKeyv, tags: true, ttl: TTL }),
    keyv,
  )
}

function overCacheable(cache: Cacheable, keyv: Keyv): CacheAdapter {
  cache.on('error', () => undefined)
  return {
    get: key => cache.get(key),
    set: (key, value) => cache.set(key, value, TTL),
    getMany: keys => cache.getMany(keys),
    remember: (key, factory) => cache.getOrSet(key, factory, { ttl: TTL }),
    tagged: {
      set: (key, value, tags) => cache.set(key, value, { ttl: TTL, tags }),
      get: key => cache.get(key),
      invalidate: tag => cache.tags.invalidateTag(tag),
    },
    clear: () => cache.clear(),
    close: () => keyv.disconnect(),
  }
}

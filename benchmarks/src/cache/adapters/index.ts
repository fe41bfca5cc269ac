import type { OpenCache } from '../adapter.js'

/** How each cache is opened, by its name in the tables; a process loads its own only. */
export const CACHES = {
  'ioredis + JSON': async () => (await import('./floor.js')).openFloor,
  'stasis-redis': async () => (await import('./stasis.js')).openStasis,
  'stasis-redis, near tags': async () => (await import('./stasis.js')).openNearTags,
  'stasis-redis, near': async () => (await import('./stasis.js')).openNear,
  bentocache: async () => (await import('./bentocache.js')).openBentocache,
  'bentocache, L1': async () => (await import('./bentocache.js')).openBentocacheNear,
  cacheable: async () => (await import('./keyv.js')).openCacheable,
  'cacheable, L1': async () => (await import('./keyv.js')).openCacheableNear,
  keyv: async () => (await import('./keyv.js')).openKeyv,
  'cache-manager': async () => (await import('./keyv.js')).openCacheManager,
  unstorage: async () => (await import('./unstorage.js')).openUnstorage,
  'node-redis, client-side cache': async () => (await import('./node-redis.js')).openNodeRedisNear,
} as const satisfies Record<string, () => Promise<OpenCache>>

/** A cache's name in the tables. */
export type CacheName = keyof typeof CACHES

/** In the order of the tables; the first is what the others are compared with. */
export const CACHE_NAMES = Object.keys(CACHES) as CacheName[]

/** Open one on a server, in a namespace of its own. */
export async function openCache(name: CacheName, url: string, namespace: string) {
  const open: OpenCache = await CACHES[name]()
  return open(url, namespace)
}

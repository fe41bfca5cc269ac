export { CacheAwayError } from './breaker.js'
export * from './commandkit/index.js'
export type { CacheContract } from './contract.js'
export {
  CacheDeserializationError,
  CacheNotANumberError,
  CacheSerializationError,
  CacheValueTooLargeError,
} from './errors.js'
export {
  CACHE_CHANNEL,
  type CacheEventName,
  type CacheEvents,
  type CacheListener,
  type CacheMessage,
} from './events.js'
export type { Limiter, LimiterOptions } from './limiter.js'
export { NearFeedError } from './near/feed.js'
export type { NearStats } from './near/near-cache.js'
export type { NearOptions } from './near/options.js'
export type { RedisStoreOptions } from './options.js'
export type { RememberOptions } from './remember-options.js'
export { jsonPlus, type Serializer } from './serializer.js'
export type { ClientSource, ConnectionOptions } from './source.js'
export type { CacheLock, CacheStore, CacheTtl, CustomStoreConfig, TaggableStore } from './stasis.js'
export type { CacheStats } from './stats.js'
export { RedisStore, redisStore } from './store.js'
export * from './triva/index.js'

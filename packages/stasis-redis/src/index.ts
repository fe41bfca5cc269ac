export { CacheAwayError } from './availability/breaker.js'
export type { ClientSource, ConnectionOptions } from './client/source.js'
export * from './commandkit/index.js'
export type { Limiter, LimiterOptions } from './locks/limiter.js'
export type { NearStats } from './near/cache.js'
export { NearFeedError } from './near/feed.js'
export type { NearOptions } from './near/options.js'
export {
  CACHE_CHANNEL,
  type CacheEventName,
  type CacheEvents,
  type CacheListener,
  type CacheMessage,
} from './observability/events.js'
export type { CacheStats } from './observability/stats.js'
export type { RememberOptions, RememberTtl } from './remember/options.js'
export type { CacheContract } from './store/contract.js'
export {
  CacheDeserializationError,
  CacheNotANumberError,
  CacheSerializationError,
  CacheTimeoutError,
  CacheValueTooLargeError,
} from './store/errors.js'
export type { RedisStoreOptions } from './store/options.js'
export type {
  CacheLock,
  CacheStore,
  CacheTtl,
  CustomStoreConfig,
  TaggableStore,
} from './store/stasis.js'
export { RedisStore, redisStore } from './store/store.js'
export * from './triva/index.js'
export { jsonPlus, type Serializer } from './values/serializer.js'

export { LockLostError, LockStoreError, LockTimeoutError, RateLimitedError } from './errors.js'
export type { Lease, LeaseData } from './lease.js'
export { createLimiter, type GravitoLimiter } from './limiter.js'
export {
  createLockStore,
  createSitemapLock,
  type GravitoLockStore,
  type GravitoSitemapLock,
} from './lock-store.js'
export { createLocks, Locks, withLock } from './locks.js'
export type { Mutex, Section } from './mutex.js'
export {
  createMutex,
  type LockInfo,
  type MutexStorage,
  RedisMutexStorage,
} from './mutex-storage.js'
export type { AcquireOptions, LocksOptions, MutexOptions } from './options.js'
export {
  createRateLimiter,
  type RateLimiterOptions,
  type RateLimitStorage,
  type RateLimitStorageOptions,
  RedisRateLimitStorage,
} from './rate-limit-storage.js'
export type { RateLimit, RateLimiter, RateLimitOptions, SpendOptions } from './rate-limiter.js'
export type { Holder, LocksClient, LocksSource } from './store.js'
export type { Throttle } from './throttle.js'

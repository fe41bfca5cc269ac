export {
  createMutex,
  type LockInfo,
  type MutexStorage,
  RedisMutexStorage,
} from './adapters/commandkit/mutex-storage.js'
export {
  createRateLimiter,
  type RateLimiterOptions,
  type RateLimitStorage,
  type RateLimitStorageOptions,
  RedisRateLimitStorage,
} from './adapters/commandkit/rate-limit-storage.js'
export {
  createSemaphore,
  RedisSemaphoreStorage,
  type SemaphoreState,
  type SemaphoreStorage,
  type SemaphoreStorageOptions,
} from './adapters/commandkit/semaphore-storage.js'
export { createLimiter, type GravitoLimiter } from './adapters/gravito/limiter.js'
export {
  createLockStore,
  createSitemapLock,
  type GravitoLockStore,
  type GravitoSitemapLock,
} from './adapters/gravito/lock-store.js'
export type { Funnel } from './adapters/laravel/funnel.js'
export type { Throttle } from './adapters/laravel/throttle.js'
export {
  LockLostError,
  LockQuorumError,
  LockReplicasError,
  LockStoreError,
  LockTimeoutError,
  RateLimitedError,
} from './errors.js'
export type { Leader, LeaderOptions } from './kinds/leader.js'
export type { MultiLease, MultiLock, MultiSection } from './kinds/multi.js'
export type { Mutex } from './kinds/mutex.js'
export type { PermitHolder } from './kinds/permit-state.js'
export type { Lockable, ReadWriteLock, ReadWriteState } from './kinds/read-write.js'
export type {
  PermitOptions,
  Semaphore,
  SemaphoreInfo,
  SemaphoreOptions,
} from './kinds/semaphore.js'
export type { Lease, LeaseData } from './lease/lease.js'
export type { Section } from './lease/section.js'
export type {
  RateLimit,
  RateLimiter,
  RateLimitOptions,
  SpendOptions,
} from './limits/rate-limiter.js'
export { createLocks, Locks, withLock } from './locks.js'
export type { AcquireOptions, LocksOptions, MutexOptions } from './options.js'
export type { QuorumMutex, QuorumMutexOptions } from './quorum/mutex.js'
export { type QuorumLocks, type QuorumOptions, quorum } from './quorum/quorum.js'
export type { Holder, LocksClient, LocksSource } from './redis/store.js'
export type { DurationStats, LockStats, LocksStats } from './telemetry/stats.js'
export type { LockEvent, LockEventName, LockKind, LockListener } from './telemetry/telemetry.js'

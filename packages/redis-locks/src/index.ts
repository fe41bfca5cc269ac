export {
  LockLostError,
  LockQuorumError,
  LockReplicasError,
  LockStoreError,
  LockTimeoutError,
  RateLimitedError,
} from './errors.js'
export type { Funnel } from './funnel.js'
export type { Leader, LeaderOptions } from './leader.js'
export type { Lease, LeaseData } from './lease.js'
export { createLimiter, type GravitoLimiter } from './limiter.js'
export type { DurationStats, LockStats, LocksStats } from './lock-stats.js'
export {
  createLockStore,
  createSitemapLock,
  type GravitoLockStore,
  type GravitoSitemapLock,
} from './lock-store.js'
export { createLocks, Locks, withLock } from './locks.js'
export type { MultiLease, MultiLock, MultiSection } from './multi.js'
export type { Mutex } from './mutex.js'
export {
  createMutex,
  type LockInfo,
  type MutexStorage,
  RedisMutexStorage,
} from './mutex-storage.js'
export type { AcquireOptions, LocksOptions, MutexOptions } from './options.js'
export type { PermitHolder } from './permit-state.js'
export { type QuorumLocks, type QuorumOptions, quorum } from './quorum.js'
export type { QuorumMutex, QuorumMutexOptions } from './quorum-mutex.js'
export {
  createRateLimiter,
  type RateLimiterOptions,
  type RateLimitStorage,
  type RateLimitStorageOptions,
  RedisRateLimitStorage,
} from './rate-limit-storage.js'
export type { RateLimit, RateLimiter, RateLimitOptions, SpendOptions } from './rate-limiter.js'
export type { Lockable, ReadWriteLock, ReadWriteState } from './read-write.js'
export type { Section } from './section.js'
export type {
  PermitOptions,
  Semaphore,
  SemaphoreInfo,
  SemaphoreOptions,
} from './semaphore.js'
export {
  createSemaphore,
  RedisSemaphoreStorage,
  type SemaphoreState,
  type SemaphoreStorage,
  type SemaphoreStorageOptions,
} from './semaphore-storage.js'
export type { Holder, LocksClient, LocksSource } from './store.js'
export type { LockEvent, LockEventName, LockKind, LockListener } from './telemetry.js'
export type { Throttle } from './throttle.js'

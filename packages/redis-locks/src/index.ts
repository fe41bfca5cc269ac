export { LockLostError, LockReplicasError, LockStoreError, LockTimeoutError } from './errors.js'
export type { Lease, LeaseData } from './lease.js'
export { createLockStore, type GravitoLockStore } from './lock-store.js'
export { createLocks, Locks, withLock } from './locks.js'
export type { Mutex, Section } from './mutex.js'
export {
  createMutex,
  type LockInfo,
  type MutexStorage,
  RedisMutexStorage,
} from './mutex-storage.js'
export type { AcquireOptions, LocksOptions, MutexOptions } from './options.js'
export type { RateLimit, RateLimiter, RateLimitOptions } from './rate-limiter.js'
export type { Holder, LocksClient, LocksSource } from './store.js'

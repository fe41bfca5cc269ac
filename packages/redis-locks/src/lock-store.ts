import type { Lease } from './lease.js'
import type { Locks } from './locks.js'

/** What Gravito's schedulers take, and, without the last two methods, its sitemap builders. Times are seconds. */
export interface GravitoLockStore {
  acquire(key: string, ttlSeconds: number): Promise<boolean>
  /** Gives back what this store acquired, and never somebody else's lock. */
  release(key: string): Promise<void>
  /** Takes the lock from whoever holds it. */
  forceAcquire(key: string, ttlSeconds: number): Promise<boolean>
  exists(key: string): Promise<boolean>
}

/** Locks in the shape of Gravito's `LockStore`: a lease that is not renewed and ends after its seconds. */
export function createLockStore(locks: Locks): GravitoLockStore {
  const leases = new Map<string, Lease>()
  const acquire = async (key: string, ttlSeconds: number) => {
    const lease = await locks
      .mutex(key)
      .tryAcquire({ ttlMs: Math.round(ttlSeconds * 1_000), renew: false })
    if (!lease) return false
    leases.set(key, lease)
    lease.signal.addEventListener('abort', () => {
      if (leases.get(key) === lease) leases.delete(key)
    })
    return true
  }
  return {
    acquire,
    async release(key) {
      const lease = leases.get(key)
      leases.delete(key)
      await lease?.release()
    },
    async forceAcquire(key, ttlSeconds) {
      await locks.mutex(key).forceRelease()
      return acquire(key, ttlSeconds)
    },
    async exists(key) {
      return (await locks.mutex(key).inspect()) !== null
    },
  }
}

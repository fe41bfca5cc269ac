import type { Lease } from '../../lease/lease.js'
import type { Locks } from '../../locks.js'
import { checkMs } from '../../options.js'
import { milliseconds } from './limiter.js'

/** What Gravito's schedulers take. Times are seconds. */
export interface GravitoLockStore {
  acquire(key: string, ttlSeconds: number): Promise<boolean>
  /** Gives back what this store acquired, and never somebody else's lock. */
  release(key: string): Promise<void>
  /** Takes the lock from whoever holds it. */
  forceAcquire(key: string, ttlSeconds: number): Promise<boolean>
  exists(key: string): Promise<boolean>
}

/** What Gravito's sitemap builders take. Times are milliseconds. */
export interface GravitoSitemapLock {
  acquire(resource: string, ttlMs: number): Promise<boolean>
  /** Gives back what this lock acquired, and never somebody else's. */
  release(resource: string): Promise<void>
}

/** Locks in the shape of Gravito's `LockStore`: a lease that is not renewed and ends after its seconds. */
export function createLockStore(locks: Pick<Locks, 'mutex'>): GravitoLockStore {
  const owned = new Owned(locks)
  const ttl = (seconds: number) => milliseconds('ttlSeconds', seconds)
  return {
    acquire: async (key, ttlSeconds) => owned.acquire(key, ttl(ttlSeconds)),
    release: key => owned.release(key),
    async forceAcquire(key, ttlSeconds) {
      const ttlMs = ttl(ttlSeconds)
      await locks.mutex(key).forceRelease()
      return owned.acquire(key, ttlMs)
    },
    async exists(key) {
      return (await locks.mutex(key).inspect()) !== null
    },
  }
}

/** Locks in the shape of Gravito's `SitemapLock`: a lease that is not renewed and ends after its milliseconds. */
export function createSitemapLock(locks: Pick<Locks, 'mutex'>): GravitoSitemapLock {
  const owned = new Owned(locks)
  return {
    async acquire(resource, ttlMs) {
      checkMs('ttlMs', ttlMs, 1)
      return owned.acquire(resource, ttlMs)
    },
    release: resource => owned.release(resource),
  }
}

/** The leases that one store took, by key. */
class Owned {
  readonly #leases = new Map<string, Lease>()

  constructor(readonly locks: Pick<Locks, 'mutex'>) {}

  async acquire(key: string, ttlMs: number): Promise<boolean> {
    const lease = await this.locks.mutex(key).tryAcquire({ ttlMs, renew: false })
    if (!lease) return false
    this.#leases.set(key, lease)
    lease.signal.addEventListener('abort', () => {
      if (this.#leases.get(key) === lease) this.#leases.delete(key)
    })
    return true
  }

  async release(key: string): Promise<void> {
    const lease = this.#leases.get(key)
    this.#leases.delete(key)
    await lease?.release()
  }
}

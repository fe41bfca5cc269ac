import { LockTimeoutError } from '../../errors.js'
import type { Lease } from '../../lease/lease.js'
import { Locks } from '../../locks.js'
import type { LocksSource } from '../../redis/store.js'

/** CommandKit's storage of mutexes; milliseconds. */
export interface MutexStorage {
  acquire(key: string, timeout?: number, signal?: AbortSignal): Promise<boolean>
  release(key: string): Promise<void>
  isLocked(key: string): Promise<boolean>
}

export interface LockInfo {
  locked: boolean
  /** Remaining ms, 0 when it is free. */
  ttl: number
  /** The holder's ticket. */
  value?: string
}

/** CommandKit's default. */
const TIMEOUT_MS = 30_000

/** Mutexes of CommandKit's shape: leases that are renewed until `release`, given back only by the process that took them. */
export class RedisMutexStorage implements MutexStorage {
  readonly #locks: Locks
  /** By key, the oldest first: one that was lost may still have its release to come. */
  readonly #leases = new Map<string, Lease[]>()

  constructor(redis: LocksSource) {
    this.#locks = new Locks(redis, { prefix: 'mutex' })
  }

  /**
   * Wait for the lock at most `timeout` ms, 0 meaning 30 s.
   *
   * @returns false when the time was up
   * @throws an error that says "aborted" when the signal aborts, or LockStoreError
   */
  async acquire(key: string, timeout?: number, signal?: AbortSignal): Promise<boolean> {
    try {
      const options = { waitMs: timeout || TIMEOUT_MS, ...(signal && { signal }) }
      const lease = await this.#locks.mutex(key).acquire(options)
      this.#leases.set(key, [...(this.#leases.get(key) ?? []), lease])
      return true
    } catch (error) {
      if (signal?.aborted) throw new Error(`Lock "${key}" was aborted.`, { cause: error })
      if (error instanceof LockTimeoutError) return false
      throw error
    }
  }

  /** Give back what this storage took, and never somebody else's lock. */
  async release(key: string): Promise<void> {
    const [oldest, ...later] = this.#leases.get(key) ?? []
    if (later.length > 0) this.#leases.set(key, later)
    else this.#leases.delete(key)
    await oldest?.release()
  }

  async isLocked(key: string): Promise<boolean> {
    return (await this.getLockInfo(key)).locked
  }

  async getLockInfo(key: string): Promise<LockInfo> {
    const holder = await this.#locks.mutex(key).inspect()
    return holder
      ? { locked: true, ttl: holder.ttlMs, value: holder.ticket }
      : { locked: false, ttl: 0 }
  }

  /** Let this storage's lease last `ms` from now; false when it has none. */
  async extendLock(key: string, ms: number): Promise<boolean> {
    return (await this.#leases.get(key)?.at(-1)?.extend(ms)) ?? false
  }

  /** Take the lock away from whoever holds it. */
  async forceRelease(key: string): Promise<void> {
    await this.#locks.mutex(key).forceRelease()
  }
}

/** CommandKit's mutex over a storage. */
export function createMutex({ timeout, storage }: { timeout?: number; storage: MutexStorage }) {
  const defaultMs = timeout
  return {
    /** @throws `Failed to acquire lock for key: …` when the time is up */
    async withLock<Result>(
      key: string,
      fn: () => Promise<Result> | Result,
      timeout = defaultMs,
      signal?: AbortSignal,
    ): Promise<Result> {
      if (!(await storage.acquire(key, timeout, signal))) {
        throw new Error(`Failed to acquire lock for key: ${key}`)
      }
      try {
        return await fn()
      } finally {
        // The section's own outcome counts; what cannot be given back ends with its lease.
        await storage.release(key).catch(() => undefined)
      }
    },
  }
}

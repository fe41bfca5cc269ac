import { InvalidArgumentError } from '@gravito/plasma'
import { LockTimeoutError } from '../../errors.js'
import type { Semaphore } from '../../kinds/semaphore.js'
import type { Lease } from '../../lease/lease.js'
import { Locks } from '../../locks.js'
import { checkAmount } from '../../options.js'
import type { LocksSource } from '../../redis/store.js'

/** CommandKit's storage of semaphores; milliseconds. */
export interface SemaphoreStorage {
  acquire(key: string, timeout?: number, signal?: AbortSignal): Promise<boolean>
  release(key: string): Promise<void>
  getAvailablePermits(key: string): Promise<number>
  getTotalPermits(key: string): Promise<number>
}

export interface SemaphoreStorageOptions {
  /** Of a semaphore that was not initialized and that no `createSemaphore` of ours gave a number. Default 1. */
  permits?: number
}

/** How full a semaphore is. */
export interface SemaphoreState {
  total: number
  available: number
  acquired: number
  /** It has a limit of its own, is in use, or was used by this storage. */
  initialized: boolean
}

/** CommandKit's defaults. */
const TIMEOUT_MS = 30_000
const PERMITS = 1
const REMEMBERED = 10_000
const MAX_PERMITS = 1_000_000_000

/**
 * Semaphores of CommandKit's shape: permits are leases that are renewed until `release`, so those of a killed process
 * come back; given back only by the process that took them.
 */
export class RedisSemaphoreStorage implements SemaphoreStorage {
  readonly #locks: Locks
  readonly #permits: number
  readonly #leases = new Map<string, Lease[]>()
  /** What keys were used with, the latest last. */
  readonly #used = new Map<string, number>()

  /** @throws InvalidArgumentError naming a bad option */
  constructor(redis: LocksSource, options: SemaphoreStorageOptions = {}) {
    const { permits = PERMITS, ...rest } = options
    const [unknown] = Object.keys(rest)
    if (unknown) throw new InvalidArgumentError(unknown, 'is no option; known is permits')
    checkAmount('permits', permits, MAX_PERMITS)
    this.#locks = new Locks(redis, { prefix: 'semaphore' })
    this.#permits = permits
  }

  /**
   * Wait for a permit at most `timeout` ms, 0 meaning 30 s.
   *
   * @returns false when the time was up
   * @throws an error that says "aborted" when the signal aborts, or LockStoreError
   */
  async acquire(key: string, timeout?: number, signal?: AbortSignal): Promise<boolean> {
    return this.acquireOf(this.#permitsOf(key), key, timeout, signal)
  }

  /** `acquire` of a semaphore of so many permits, unless it was initialized with another number. */
  async acquireOf(
    permits: number,
    key: string,
    timeout?: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    this.#remember(key, permits)
    try {
      const options = { waitMs: timeout || TIMEOUT_MS, ...(signal && { signal }) }
      const lease = await this.#semaphore(key, permits).acquire(options)
      this.#leases.set(key, [...(this.#leases.get(key) ?? []), lease])
      return true
    } catch (error) {
      if (signal?.aborted) throw new Error(`Semaphore "${key}" was aborted.`, { cause: error })
      if (error instanceof LockTimeoutError) return false
      throw error
    }
  }

  /** Give back one of the permits that this storage took, one that was lost first, and never somebody else's. */
  async release(key: string): Promise<void> {
    const leases = this.#leases.get(key) ?? []
    const lease = leases.find(it => !it.isHeld()) ?? leases[0]
    const left = leases.filter(it => it !== lease)
    if (left.length > 0) this.#leases.set(key, left)
    else this.#leases.delete(key)
    await lease?.release()
  }

  async getAvailablePermits(key: string): Promise<number> {
    return (await this.#semaphore(key).info()).available
  }

  async getTotalPermits(key: string): Promise<number> {
    return (await this.#semaphore(key).info()).permits
  }

  async getSemaphoreInfo(key: string): Promise<SemaphoreState> {
    const { permits, available, held, isSet } = await this.#semaphore(key).info()
    const initialized = isSet || held > 0 || this.#used.has(key)
    return { total: permits, available, acquired: held, initialized }
  }

  /** Give the semaphore a limit of its own, for all processes. */
  async initialize(key: string, permits: number): Promise<void> {
    await this.#semaphore(key).setPermits(permits)
  }

  async increasePermits(key: string, amount: number): Promise<void> {
    checkAmount('amount', amount, MAX_PERMITS)
    await this.#semaphore(key).addPermits(amount)
  }

  /** What is held already stays so; never below 0. */
  async decreasePermits(key: string, amount: number): Promise<void> {
    checkAmount('amount', amount, MAX_PERMITS)
    await this.#semaphore(key).addPermits(-amount)
  }

  /** All permits free again, and the limit `permits`, or what it was at first. */
  async reset(key: string, permits?: number): Promise<void> {
    const semaphore = this.#semaphore(key)
    if (permits === undefined) await semaphore.resetPermits()
    else await semaphore.setPermits(permits)
    await semaphore.forceRelease()
  }

  /** Nothing stays of it. */
  async clear(key: string): Promise<void> {
    await this.reset(key)
    this.#used.delete(key)
  }

  #permitsOf(key: string): number {
    return this.#used.get(key) ?? this.#permits
  }

  #semaphore(key: string, permits = this.#permitsOf(key)): Semaphore {
    return this.#locks.semaphore(key, { permits })
  }

  #remember(key: string, permits: number): void {
    this.#used.delete(key)
    this.#used.set(key, permits)
    const [oldest] = this.#used.keys()
    if (this.#used.size > REMEMBERED && oldest !== undefined) this.#used.delete(oldest)
  }
}

/**
 * CommandKit's semaphore over a storage. Ours is told how many `permits`; another storage has to know by itself.
 *
 * @throws InvalidArgumentError for permits that cannot be
 */
export function createSemaphore({
  permits,
  timeout,
  storage,
}: {
  permits?: number
  timeout?: number
  storage: SemaphoreStorage
}) {
  if (permits !== undefined) checkAmount('permits', permits, MAX_PERMITS)
  const defaultMs = timeout
  const acquire: SemaphoreStorage['acquire'] = (...args) =>
    permits !== undefined && storage instanceof RedisSemaphoreStorage
      ? storage.acquireOf(permits, ...args)
      : storage.acquire(...args)
  return {
    /** @throws `Failed to acquire permit for key: …` when the time is up */
    async withPermit<Result>(
      key: string,
      fn: () => Promise<Result> | Result,
      timeout = defaultMs,
      signal?: AbortSignal,
    ): Promise<Result> {
      if (!(await acquire(key, timeout, signal))) {
        throw new Error(`Failed to acquire permit for key: ${key}`)
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

import { InvalidArgumentError } from '@gravito/plasma'
import type { Lease, Mutex } from '@gravito/redis-locks'
import type { CacheLock } from './stasis.js'

/** A lock of Stasis on a mutex: a lease of fixed length, given back by its owner only. */
export class RedisCacheLock implements CacheLock {
  readonly #mutex: () => Mutex
  #lease: Lease | null = null

  /** @param mutex asked when the lock is used, so that a lock may be made before Redis is configured */
  constructor(mutex: () => Mutex) {
    this.#mutex = mutex
  }

  async acquire(): Promise<boolean> {
    const lease = await this.#mutex().tryAcquire()
    if (lease) this.#lease = lease
    return lease !== null
  }

  async release(): Promise<void> {
    const lease = this.#lease
    this.#lease = null
    await lease?.release()
  }

  /**
   * The release wakes the next in line; `sleepMillis` is not needed and ignored.
   *
   * @throws LockTimeoutError when the lock is not free within `seconds`
   */
  async block<Result>(seconds: number, callback: () => Promise<Result> | Result): Promise<Result> {
    if (typeof seconds !== 'number' || !(seconds >= 0)) {
      throw new InvalidArgumentError('seconds', 'must be a number from 0 up')
    }
    return this.#mutex().run(() => callback(), { waitMs: Math.round(seconds * 1_000) })
  }
}

/** Whole milliseconds of a lock's seconds. */
export function lockMs(seconds: number): number {
  if (Number.isFinite(seconds) && seconds > 0) return Math.max(1, Math.round(seconds * 1_000))
  throw new InvalidArgumentError('seconds', 'must be a number above 0')
}

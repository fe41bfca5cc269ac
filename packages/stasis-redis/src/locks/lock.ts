import { InvalidArgumentError } from '@gravito/plasma'
import { createLocks, type Lease, type Locks, type Mutex } from '@gravito/redis-locks'
import type { Guard } from '../availability/breaker.js'
import type { Client } from '../client/many-keys.js'
import type { CacheLock } from '../store/stasis.js'
import { type Limiter, type LimiterOptions, RedisLimiter } from './limiter.js'

/** A lock of Stasis on a mutex: a lease of fixed length, given back by its owner only. */
export class RedisCacheLock implements CacheLock {
  readonly #mutex: () => Mutex
  readonly #guard: Guard
  #lease: Lease | null = null

  /** @param mutex asked when the lock is used, so that a lock may be made before Redis is configured */
  constructor(mutex: () => Mutex, guard: Guard) {
    this.#mutex = mutex
    this.#guard = guard
  }

  async acquire(): Promise<boolean> {
    let asked: Promise<Lease | null> | undefined
    try {
      const lease = await this.#guard(() => {
        asked = this.#mutex().tryAcquire()
        return asked
      })
      if (lease) this.#lease = lease
      return lease !== null
    } catch (error) {
      asked?.then(late => late?.release()).catch(() => undefined)
      throw error
    }
  }

  async release(): Promise<void> {
    const lease = this.#lease
    this.#lease = null
    if (lease) await this.#guard(() => lease.release())
  }

  /**
   * The release wakes the next in line; `sleepMillis` is not needed and ignored.
   *
   * @throws LockTimeoutError when the lock is not free within `seconds`
   */
  async block<Result>(seconds: number, callback: () => Promise<Result> | Result): Promise<Result> {
    const waitMs = waitMsOf(seconds)
    await this.#guard(async () => undefined)
    return this.#mutex().run(() => callback(), { waitMs })
  }
}

/** The locks of one store. */
export class StoreLocks {
  readonly #client: () => Client
  readonly #prefix: string
  readonly #guard: Guard
  #made: { client: Client; locks: Locks } | undefined

  /** @param guard in front of what asks Redis */
  constructor(client: () => Client, prefix: string, guard: Guard) {
    this.#client = client
    this.#prefix = prefix
    this.#guard = guard
  }

  lock(name: string, seconds: number): CacheLock {
    const options = { ttlMs: lockMs(seconds), renew: false }
    return new RedisCacheLock(() => this.#locks().mutex(name, options), this.#guard)
  }

  /** @param report told of attempts that were allowed while Redis was away */
  limiter(options: LimiterOptions, report: (error: unknown, key: string) => void): Limiter {
    return new RedisLimiter(() => this.#locks(), this.#guard, report, options)
  }

  /** The facade may have been configured anew since the last lock. */
  #locks(): Locks {
    const client = this.#client()
    if (this.#made?.client !== client)
      this.#made = { client, locks: createLocks(client, { prefix: this.#prefix }) }
    return this.#made.locks
  }
}

/** Whole milliseconds of the seconds to wait for a lock. */
export function waitMsOf(seconds: number): number {
  if (typeof seconds === 'number' && seconds >= 0) return Math.round(seconds * 1_000)
  throw new InvalidArgumentError('seconds', 'must be a number from 0 up')
}

/** Whole milliseconds of a lock's seconds. */
export function lockMs(seconds: number): number {
  if (Number.isFinite(seconds) && seconds > 0) return Math.max(1, Math.round(seconds * 1_000))
  throw new InvalidArgumentError('seconds', 'must be a number above 0')
}

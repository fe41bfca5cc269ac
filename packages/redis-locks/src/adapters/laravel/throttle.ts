import { RateLimitedError } from '../../errors.js'
import type { Locks } from '../../locks.js'
import { checkAmount, checkFunction } from '../../options.js'
import { milliseconds } from '../gravito/limiter.js'

interface Settings {
  readonly times: number
  readonly everyMs: number
  readonly waitMs: number
}

/**
 * A rate limit in the words of Laravel; times are seconds. Each call gives a new one, so that a part can be kept.
 * It ends with `run`: an object with a `then` would run by being awaited.
 *
 * @example
 * await locks.throttle('mail').allow(10).every(60).block(5).run(send, () => retryLater())
 */
export class Throttle {
  readonly #locks: Pick<Locks, 'rateLimiter'>
  readonly #name: string
  readonly #settings: Settings

  constructor(
    locks: Pick<Locks, 'rateLimiter'>,
    name: string,
    settings: Settings = { times: 1, everyMs: 1_000, waitMs: 0 },
  ) {
    this.#locks = locks
    this.#name = name
    this.#settings = settings
  }

  /** How often it may run within `every`; default 1. */
  allow(times: number): Throttle {
    checkAmount('times', times, Number.MAX_SAFE_INTEGER)
    return this.#with({ times })
  }

  /** Seconds; default 1. */
  every(seconds: number): Throttle {
    return this.#with({ everyMs: milliseconds('seconds', seconds) })
  }

  /** Wait at most so many seconds for the limit; default 0. */
  block(seconds: number): Throttle {
    return this.#with({ waitMs: seconds === 0 ? 0 : milliseconds('seconds', seconds) })
  }

  /**
   * Run `fn` if the limit allows, else `onLimit`.
   *
   * @throws RateLimitedError when there is no `onLimit`; LockStoreError when Redis fails
   */
  async run<Result, Limited = never>(
    fn: () => Promise<Result> | Result,
    onLimit?: (limited: RateLimitedError) => Promise<Limited> | Limited,
  ): Promise<Result | Limited> {
    checkFunction('fn', fn)
    const { times, everyMs, waitMs } = this.#settings
    const limiter = this.#locks.rateLimiter('throttle', { limit: times, windowMs: everyMs })
    try {
      await limiter.acquire(this.#name, { waitMs })
    } catch (error) {
      if (onLimit && error instanceof RateLimitedError) return onLimit(error)
      throw error
    }
    return fn()
  }

  #with(changed: Partial<Settings>): Throttle {
    return new Throttle(this.#locks, this.#name, { ...this.#settings, ...changed })
  }
}

import { LockTimeoutError } from '../../errors.js'
import type { Locks } from '../../locks.js'
import { checkAmount, checkFunction } from '../../options.js'
import { milliseconds } from '../gravito/limiter.js'

interface Settings {
  readonly permits: number
  readonly ttlMs: number
  readonly waitMs: number
}

/**
 * A semaphore in the words of Laravel; times are seconds. Each call gives a new one, so that a part can be kept. It ends
 * with `run`: an object with a `then` would run by being awaited.
 *
 * @example
 * await locks.funnel('video').limit(3).block(5).run(convert, () => retryLater())
 */
export class Funnel {
  readonly #locks: Pick<Locks, 'semaphore'>
  readonly #name: string
  readonly #settings: Settings

  constructor(
    locks: Pick<Locks, 'semaphore'>,
    name: string,
    settings: Settings = { permits: 1, ttlMs: 60_000, waitMs: 0 },
  ) {
    this.#locks = locks
    this.#name = name
    this.#settings = settings
  }

  /** How many run at a time; default 1. */
  limit(permits: number): Funnel {
    checkAmount('permits', permits, Number.MAX_SAFE_INTEGER)
    return this.#with({ permits })
  }

  /** Seconds until the place of a dead process is free again, default 60; a living one keeps its place. */
  releaseAfter(seconds: number): Funnel {
    return this.#with({ ttlMs: milliseconds('seconds', seconds) })
  }

  /** Wait at most so many seconds for a place; default 0. */
  block(seconds: number): Funnel {
    return this.#with({ waitMs: seconds === 0 ? 0 : milliseconds('seconds', seconds) })
  }

  /**
   * Run `fn` when there is a place, else `onLimit`.
   *
   * @throws LockTimeoutError when there is no `onLimit`; LockStoreError when Redis fails
   */
  async run<Result, Limited = never>(
    fn: () => Promise<Result> | Result,
    onLimit?: (limited: LockTimeoutError) => Promise<Limited> | Limited,
  ): Promise<Result | Limited> {
    checkFunction('fn', fn)
    const { permits, ttlMs, waitMs } = this.#settings
    const semaphore = this.#locks.semaphore(this.#name, { permits })
    let lease: Awaited<ReturnType<typeof semaphore.acquire>>
    try {
      lease = await semaphore.acquire({ ttlMs, waitMs })
    } catch (error) {
      if (onLimit && error instanceof LockTimeoutError) return onLimit(error)
      throw error
    }
    try {
      return await fn()
    } finally {
      // The outcome of `fn` is what counts; a place that cannot be given back ends with its lease.
      await lease.release().catch(() => false)
    }
  }

  #with(changed: Partial<Settings>): Funnel {
    return new Funnel(this.#locks, this.#name, { ...this.#settings, ...changed })
  }
}

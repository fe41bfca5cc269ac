import { InvalidArgumentError, isRedisError } from '@gravito/plasma'
import type { Locks, RateLimit, RateLimitOptions } from '@gravito/redis-locks'
import { type Guard, isAway } from '../availability/breaker.js'
import type { OnError } from '../availability/soft.js'

/** Limits in the shape that Gravito's `ThrottleRequests` takes. */
export interface Limiter {
  /**
   * Spend one of `maxAttempts` per `decaySeconds`; what is refused costs nothing.
   *
   * @throws InvalidArgumentError, and CacheAwayError and others unless `failOpen`
   */
  attempt(key: string, maxAttempts: number, decaySeconds: number): Promise<RateLimit>
  /** Forget the attempts of `key`. */
  clear(key: string): Promise<void>
}

/** How a limiter behaves. */
export interface LimiterOptions {
  /** Default `sliding-window`: exact over any window. */
  algorithm?: RateLimitOptions['algorithm']
  /** Allow every attempt while Redis is away, which `onError` is told; default false: the attempt rejects. */
  failOpen?: boolean
}

const KNOWN = ['algorithm', 'failOpen']
/** Of the limiter; in a Cluster each key has a slot of its own. */
const NAME = 'attempts'

/** Limits in Redis, by the server's clock, one command each. */
export class RedisLimiter implements Limiter {
  readonly #locks: () => Locks
  readonly #guard: Guard
  readonly #onError: OnError
  readonly #algorithm: RateLimitOptions['algorithm']
  readonly #failOpen: boolean

  /** @throws InvalidArgumentError naming the option */
  constructor(locks: () => Locks, guard: Guard, onError: OnError, options: LimiterOptions) {
    checkLimiter(options)
    const { algorithm, failOpen = false } = options
    this.#locks = locks
    this.#guard = guard
    this.#onError = onError
    this.#algorithm = algorithm
    this.#failOpen = failOpen
  }

  async attempt(key: string, maxAttempts: number, decaySeconds: number): Promise<RateLimit> {
    const windowMs = checkAttempt(key, maxAttempts, decaySeconds)
    const reset = Math.ceil((Date.now() + windowMs) / 1_000)
    if (maxAttempts === 0) return { allowed: false, remaining: 0, reset, retryAfterMs: windowMs }
    try {
      return await this.#ask(() => this.#limit(maxAttempts, windowMs).attempt(key))
    } catch (error) {
      if (!this.#failOpen || !isAway(error)) throw error
      this.#onError(error, key)
      return { allowed: true, remaining: maxAttempts - 1, reset, retryAfterMs: 0 }
    }
  }

  async clear(key: string): Promise<void> {
    checkLimitKey(key)
    await this.#ask(() => this.#limit(1, 1).reset(key))
  }

  /** With the client's own error, which says whether Redis is away. */
  #ask<Reply>(question: () => Promise<Reply>): Promise<Reply> {
    return this.#guard(() =>
      question().catch(error => {
        throw isRedisError(error, 'LOCK_STORE') && error.cause ? error.cause : error
      }),
    )
  }

  #limit(limit: number, windowMs: number) {
    const options = { limit, windowMs, ...(this.#algorithm && { algorithm: this.#algorithm }) }
    return this.#locks().rateLimiter(NAME, options)
  }
}

/** @throws InvalidArgumentError naming the option */
export function checkLimiter(options: LimiterOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new InvalidArgumentError('options', `must be { ${KNOWN.join(', ')} }`, 'limiter')
  const unknown = Object.keys(options).find(it => !KNOWN.includes(it))
  if (unknown !== undefined)
    throw new InvalidArgumentError(unknown, `is no option; known are ${KNOWN.join(', ')}`)
  if (!['boolean', 'undefined'].includes(typeof options.failOpen))
    throw new InvalidArgumentError('failOpen', 'must be true or false')
}

/**
 * The window in milliseconds.
 *
 * @throws InvalidArgumentError naming the argument
 */
export function checkAttempt(key: string, maxAttempts: number, decaySeconds: number): number {
  checkLimitKey(key)
  if (!Number.isSafeInteger(maxAttempts) || maxAttempts < 0)
    throw new InvalidArgumentError('maxAttempts', 'must be a whole number from 0 up', 'attempt')
  if (!Number.isFinite(decaySeconds) || decaySeconds <= 0)
    throw new InvalidArgumentError('decaySeconds', 'must be a number above 0', 'attempt')
  return Math.max(1, Math.round(decaySeconds * 1_000))
}

/** @throws InvalidArgumentError */
export function checkLimitKey(key: string): void {
  if (typeof key === 'string' && key !== '') return
  throw new InvalidArgumentError('key', 'must be a text that is not empty')
}

import { InvalidArgumentError } from '@gravito/plasma'
import type { RateLimit, RateLimitOptions } from '../../limits/rate-limiter.js'
import type { Locks } from '../../locks.js'

/** Gravito's limiter; times are seconds. */
export interface GravitoLimiter {
  attempt(key: string, maxAttempts: number, decaySeconds: number): Promise<RateLimit>
  clear(key: string): Promise<void>
}

/**
 * A limiter in the shape of Gravito's, exact under concurrency. Attempts on the same key with another `maxAttempts`
 * share what was spent.
 */
export function createLimiter(
  locks: Pick<Locks, 'rateLimiter'>,
  options: Omit<RateLimitOptions, 'limit' | 'windowMs'> = {},
): GravitoLimiter {
  if (typeof locks?.rateLimiter !== 'function') {
    throw new InvalidArgumentError('locks', 'must be what createLocks(redis) gave')
  }
  const limiter = (limit: number, windowMs: number) =>
    locks.rateLimiter('attempts', { ...options, limit, windowMs })
  limiter(1, 1)
  return {
    async attempt(key, maxAttempts, decaySeconds) {
      return limiter(maxAttempts, milliseconds('decaySeconds', decaySeconds)).attempt(key)
    },
    async clear(key) {
      await limiter(1, 1).reset(key)
    },
  }
}

/** @throws InvalidArgumentError unless `seconds` is a millisecond at least */
export function milliseconds(name: string, seconds: unknown): number {
  const ms = typeof seconds === 'number' ? Math.round(seconds * 1_000) : Number.NaN
  if (Number.isSafeInteger(ms) && ms >= 1) return ms
  throw new InvalidArgumentError(name, 'must be a number of seconds, 0.001 at least')
}

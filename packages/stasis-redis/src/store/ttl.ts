import { InvalidArgumentError, RedisConfigError } from '@gravito/plasma'
import type { CacheTtl } from './stasis.js'

/** Milliseconds, `null` for ever, or `expired`: a time that has passed means that the entry is forgotten. */
export type Lifetime = number | null | 'expired'

/**
 * What a TTL of Stasis means now. Fractions of a second count as milliseconds, at least one.
 *
 * @throws InvalidArgumentError for NaN, infinity, an invalid Date, or no time at all
 */
export function lifetime(ttl: CacheTtl, fallback: number | null): Lifetime {
  if (ttl === null) return null
  const seconds = ttl === undefined ? fallback : ttl instanceof Date ? secondsUntil(ttl) : ttl
  if (seconds === null) return null
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    throw new InvalidArgumentError(
      'ttl',
      'must be a number of seconds, a valid Date, null or undefined',
    )
  }
  if (seconds <= 0) return 'expired'
  const ms = Math.max(1, Math.round(seconds * 1_000))
  if (!Number.isSafeInteger(ms))
    throw new InvalidArgumentError('ttl', 'is too long; null means for ever')
  return ms
}

/** @throws RedisConfigError unless it is a time, or `null` for ever */
export function checkDefaultTtl(seconds: number | null): void {
  if (seconds === null || (Number.isFinite(seconds) && seconds > 0)) return
  throw new RedisConfigError('defaultTtl', 'must be a number of seconds above 0, or null for ever')
}

const secondsUntil = (date: Date): number => (date.getTime() - Date.now()) / 1_000

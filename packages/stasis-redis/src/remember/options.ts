import { InvalidArgumentError } from '@gravito/plasma'
import type { CacheTtl } from '../store/stasis.js'
import { type Lifetime, lifetime } from '../store/ttl.js'

/** A TTL, or what makes one from the value, when that is known: 0 for one that is not to be kept. */
export type RememberTtl<Value> = CacheTtl | ((value: Value) => CacheTtl)

/** How `remember` and `flexible` treat an entry's age. */
export interface RememberOptions {
  /** Seconds after the TTL in which the old value is served while one caller in the fleet makes a new one. Default 0. */
  staleSeconds?: number
  /**
   * Seconds after the TTL (and `staleSeconds`) in which the old value is served when the factory or Redis fails; the
   * factory is then left alone for a second. No other read gets it. Default 0.
   */
  graceSeconds?: number
  /** Seconds for which a factory's `null` or `undefined` is remembered; default 0: not at all. */
  negativeTtl?: number
  /** Refresh early by chance (XFetch): 1 is the optimum of theory, more is earlier, 0 (default) is never. */
  beta?: number
  /** Shorten the TTL by up to this share (0 to 1) by chance, so that entries do not expire together. Default 0. */
  jitter?: number
  /**
   * Seconds that a caller waits for the value, whoever computes it. Then it gets the last value in its grace, or a
   * CacheTimeoutError; the computation goes on, and its value is kept. Default 0: as long as it takes.
   */
  timeoutSeconds?: number
}

/** Milliseconds and shares. */
export interface ResolvedRemember {
  readonly staleMs: number
  readonly graceMs: number
  readonly negativeMs: number
  readonly beta: number
  readonly jitter: number
  readonly timeoutMs: number
}

/** What holds without options. */
export const PLAIN: ResolvedRemember = {
  staleMs: 0,
  graceMs: 0,
  negativeMs: 0,
  beta: 0,
  jitter: 0,
  timeoutMs: 0,
}

/** Milliseconds to keep a value, or what says so once it is known. */
export type LifetimeOf<Value> = Lifetime | ((value: Value) => Lifetime)

/** @throws InvalidArgumentError naming `ttl`, at once or when the value is known */
export const lifetimeOf = <Value>(
  ttl: RememberTtl<Value>,
  fallback: number | null,
): LifetimeOf<Value> =>
  typeof ttl === 'function' ? value => lifetime(ttl(value), fallback) : lifetime(ttl, fallback)

export const lifetimeFor = <Value>(ms: LifetimeOf<Value>, value: Value): Lifetime =>
  typeof ms === 'function' ? ms(value) : ms

/** A TTL that is shorter by up to the share `jitter`, by chance. */
export const jittered = (ms: number | null, jitter: number): number | null =>
  ms === null ? null : Math.max(1, Math.round(ms * (1 - jitter * Math.random())))

const KNOWN = Object.keys({
  staleSeconds: 0,
  graceSeconds: 0,
  negativeTtl: 0,
  beta: 0,
  jitter: 0,
  timeoutSeconds: 0,
} satisfies Required<RememberOptions>)

/** @throws InvalidArgumentError naming the option */
export function resolveRemember(options?: RememberOptions): ResolvedRemember {
  if (options === undefined) return PLAIN
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new InvalidArgumentError('options', `must be { ${KNOWN.join(', ')} }`, 'remember')
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name))
      throw new InvalidArgumentError(
        name,
        `is no option; known are ${KNOWN.join(', ')}`,
        'remember',
      )
  }
  const { staleSeconds = 0, graceSeconds = 0, negativeTtl = 0, beta = 0, jitter = 0 } = options
  const { timeoutSeconds = 0 } = options
  for (const [name, value] of Object.entries({
    staleSeconds,
    graceSeconds,
    negativeTtl,
    beta,
    jitter,
    timeoutSeconds,
  })) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw new InvalidArgumentError(name, 'must be a number from 0 up', 'remember')
  }
  if (jitter > 1) throw new InvalidArgumentError('jitter', 'must be at most 1', 'remember')
  const staleMs = Math.round(staleSeconds * 1_000)
  const graceMs = Math.round(graceSeconds * 1_000)
  const negativeMs = Math.ceil(negativeTtl * 1_000)
  const timeoutMs = Math.ceil(timeoutSeconds * 1_000)
  return { staleMs, graceMs, negativeMs, beta, jitter, timeoutMs }
}

import { InvalidArgumentError } from '@gravito/plasma'

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
}

/** Milliseconds and shares. */
export interface ResolvedRemember {
  readonly staleMs: number
  readonly graceMs: number
  readonly negativeMs: number
  readonly beta: number
  readonly jitter: number
}

/** What holds without options. */
export const PLAIN: ResolvedRemember = { staleMs: 0, graceMs: 0, negativeMs: 0, beta: 0, jitter: 0 }

/** A TTL that is shorter by up to the share `jitter`, by chance. */
export const jittered = (ms: number | null, jitter: number): number | null =>
  ms === null ? null : Math.max(1, Math.round(ms * (1 - jitter * Math.random())))

const KNOWN = Object.keys({
  staleSeconds: 0,
  graceSeconds: 0,
  negativeTtl: 0,
  beta: 0,
  jitter: 0,
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
  for (const [name, value] of Object.entries({
    staleSeconds,
    graceSeconds,
    negativeTtl,
    beta,
    jitter,
  })) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw new InvalidArgumentError(name, 'must be a number from 0 up', 'remember')
  }
  if (jitter > 1) throw new InvalidArgumentError('jitter', 'must be at most 1', 'remember')
  const staleMs = Math.round(staleSeconds * 1_000)
  const graceMs = Math.round(graceSeconds * 1_000)
  return { staleMs, graceMs, negativeMs: Math.ceil(negativeTtl * 1_000), beta, jitter }
}

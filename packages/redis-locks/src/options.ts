import { InvalidArgumentError } from '@gravito/plasma'

/** How locks behave unless a call says otherwise. */
export interface LocksOptions {
  /** In front of every key; no braces. Default `lock`. */
  prefix?: string
  /** Milliseconds that a lease lasts without renewal, default 10 000. */
  ttlMs?: number
  /** Milliseconds that `acquire` waits, default 10 000; `Infinity` waits as long as it takes. */
  waitMs?: number
  /** Renew a held lease every third of `ttlMs`, default true. */
  renew?: boolean
  /** What runs inside `run` may take the same lock again, which costs nothing; default false. */
  reentrant?: boolean
  /** So many replicas must have a lease when it is granted and renewed, default 0; not on a Cluster. */
  minReplicas?: number
}

/** Options of one mutex. */
export type MutexOptions = Omit<LocksOptions, 'prefix'>

/** Options of one acquisition. */
export interface AcquireOptions extends MutexOptions {
  /** Ends the wait with its reason. */
  signal?: AbortSignal
}

export type ResolvedOptions = Required<LocksOptions>

export const DEFAULTS: ResolvedOptions = {
  prefix: 'lock',
  ttlMs: 10_000,
  waitMs: 10_000,
  renew: true,
  reentrant: false,
  minReplicas: 0,
}

/**
 * `options` over `defaults`, checked.
 *
 * @throws InvalidArgumentError naming the option
 */
export function resolve(
  defaults: ResolvedOptions,
  options: AcquireOptions & LocksOptions,
): ResolvedOptions {
  checkOptions(options)
  const names = Object.keys(options)
  if (names.length === 0) return defaults
  for (const name of names) {
    if (!(name in DEFAULTS) && name !== 'signal') {
      throw new InvalidArgumentError(
        name,
        `is no option; known are ${Object.keys(DEFAULTS).join(', ')}, signal`,
      )
    }
  }
  const resolved = over(defaults, options)
  const { prefix, ttlMs, waitMs, minReplicas } = resolved
  const { signal } = options
  if (typeof prefix !== 'string' || prefix === '' || /[{}]/.test(prefix)) {
    throw new InvalidArgumentError('prefix', 'must be a text without braces that is not empty')
  }
  checkMs('ttlMs', ttlMs, 1)
  if (waitMs !== Number.POSITIVE_INFINITY) checkMs('waitMs', waitMs, 0)
  for (const name of ['renew', 'reentrant'] as const) {
    if (typeof resolved[name] !== 'boolean') {
      throw new InvalidArgumentError(name, 'must be true or false')
    }
  }
  if (!Number.isSafeInteger(minReplicas) || minReplicas < 0) {
    throw new InvalidArgumentError('minReplicas', 'must be a whole number from 0 up')
  }
  checkSignal(signal)
  return resolved
}

/** Name by name: the spread of an object costs more than a whole lease. */
function over(defaults: ResolvedOptions, options: LocksOptions): ResolvedOptions {
  const { prefix, ttlMs, waitMs, renew, reentrant, minReplicas } = options
  return {
    prefix: prefix === undefined ? defaults.prefix : prefix,
    ttlMs: ttlMs === undefined ? defaults.ttlMs : ttlMs,
    waitMs: waitMs === undefined ? defaults.waitMs : waitMs,
    renew: renew === undefined ? defaults.renew : renew,
    reentrant: reentrant === undefined ? defaults.reentrant : reentrant,
    minReplicas: minReplicas === undefined ? defaults.minReplicas : minReplicas,
  }
}

/** @throws InvalidArgumentError unless it is an object */
export function checkOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return
  throw new InvalidArgumentError('options', 'must be an object')
}

/** @throws InvalidArgumentError unless it is left out or an AbortSignal */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  throw new InvalidArgumentError('signal', 'must be an AbortSignal')
}

/** @throws InvalidArgumentError naming an option that is not known */
export function checkNames(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find(name => !known.includes(name))
  if (unknown === undefined) return
  throw new InvalidArgumentError(unknown, `is no option; known are ${known.join(', ')}`)
}

/** @throws InvalidArgumentError unless it is a function */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value === 'function') return
  throw new InvalidArgumentError(name, `must be a function, not ${typeof value}`)
}

/** @throws InvalidArgumentError unless `value` is a whole number of milliseconds of at least `min` */
export function checkMs(name: string, value: unknown, min: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= min) return
  const shown = typeof value === 'number' ? String(value) : typeof value
  throw new InvalidArgumentError(
    name,
    `must be a whole number of milliseconds from ${min} up, not ${shown}`,
  )
}

/** @throws InvalidArgumentError unless `value` is a whole number from 1 to `most` */
export function checkAmount(name: string, value: unknown, most: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most) return
  throw new InvalidArgumentError(name, `must be a whole number from 1 to ${most}`)
}

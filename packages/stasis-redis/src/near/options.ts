import { RedisConfigError } from '@gravito/plasma'

/** A cache in this process's memory, which Redis itself keeps true (CLIENT TRACKING). */
export interface NearOptions {
  /** At most so many entries, default 10 000; those not used lately leave first. */
  maxEntries?: number
  /** At most about so many bytes, default 64 MiB. */
  maxBytes?: number
  /** Seconds after which an entry is read from Redis again, whatever its TTL there; default 60. */
  ttlSeconds?: number
  /**
   * `true`: everybody gets the same value, deeply frozen, which saves a copy at each hit. Default `false`: each hit
   * is a copy. Values that cannot be frozen (Date, Map, Set, Buffer, …) are copies in any case.
   */
  frozen?: boolean
}

export interface ResolvedNear {
  readonly maxEntries: number
  readonly maxBytes: number
  readonly ttlMs: number
  readonly frozen: boolean
  /** Values too, not only the tokens of tags. */
  readonly values: boolean
}

const KNOWN = ['maxEntries', 'maxBytes', 'ttlSeconds', 'frozen']
const MIB = 1_048_576

/** @throws RedisConfigError naming the option */
export function resolveNear(
  near: boolean | 'tags' | NearOptions | undefined,
): ResolvedNear | undefined {
  if (near === undefined || near === false) return undefined
  const options = near === true || near === 'tags' ? {} : near
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new RedisConfigError('near', `must be true, 'tags' or { ${KNOWN.join(', ')} }`)
  }
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name))
      throw new RedisConfigError(`near.${name}`, `is no option; known are ${KNOWN.join(', ')}`)
  }
  const { maxEntries = 10_000, maxBytes = 64 * MIB, ttlSeconds = 60, frozen = false } = options
  for (const [name, value] of Object.entries({ maxEntries, maxBytes })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RedisConfigError(`near.${name}`, 'must be a whole number from 1 up')
  }
  if (!Number.isFinite(ttlSeconds) || ttlSeconds <= 0)
    throw new RedisConfigError('near.ttlSeconds', 'must be a number of seconds above 0')
  if (typeof frozen !== 'boolean') throw new RedisConfigError('near.frozen', 'must be a boolean')
  return { maxEntries, maxBytes, ttlMs: ttlSeconds * 1_000, frozen, values: near !== 'tags' }
}

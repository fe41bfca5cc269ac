import { RedisError } from '@gravito/plasma'

/** A value that the serializer cannot write exactly; nothing was stored. */
export class CacheSerializationError extends RedisError {
  static override readonly kind = 'CacheSerializationError'

  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`Cache key "${key}" cannot hold this value: ${why}`, {
      code: 'CACHE_SERIALIZATION',
      cause,
    })
  }
}

/** `increment` or `decrement` on an entry that holds no whole number; it is unchanged. */
export class CacheNotANumberError extends RedisError {
  static override readonly kind = 'CacheNotANumberError'

  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    super(`Cache key "${key}" holds no whole number that could be counted.`, {
      code: 'CACHE_NOT_A_NUMBER',
      cause,
    })
  }
}

import { RedisError } from '@gravito/plasma'

/** A value that the serializer cannot write exactly; nothing was stored. */
export class CacheSerializationError extends RedisError {
  static override readonly kind = 'CacheSerializationError'

  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    super(`Cache key "${shown(key)}" cannot hold this value: ${reason(cause)}`, {
      code: 'CACHE_SERIALIZATION',
      cause,
    })
  }
}

/** A value above `maxValueBytes`; it was not stored, and an older one is gone. */
export class CacheValueTooLargeError extends RedisError {
  static override readonly kind = 'CacheValueTooLargeError'

  constructor(
    readonly key: string,
    readonly bytes: number,
    maxBytes: number,
  ) {
    super(
      `Cache key "${shown(key)}" was not stored: ${bytes} bytes, at most ${maxBytes} (maxValueBytes).`,
      {
        code: 'CACHE_VALUE_TOO_LARGE',
      },
    )
  }
}

/** An entry that the serializer cannot read: written by another one, or by a newer version. It is unchanged. */
export class CacheDeserializationError extends RedisError {
  static override readonly kind = 'CacheDeserializationError'

  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    super(
      `Cache key "${shown(key)}" holds what this serializer cannot read; put or forget it: ${reason(cause)}`,
      { code: 'CACHE_DESERIALIZATION', cause },
    )
  }
}

/** `increment` or `decrement` on an entry that holds no whole number; it is unchanged. */
export class CacheNotANumberError extends RedisError {
  static override readonly kind = 'CacheNotANumberError'

  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    super(`Cache key "${shown(key)}" holds no whole number that could be counted.`, {
      code: 'CACHE_NOT_A_NUMBER',
      cause,
    })
  }
}

/** `remember` took longer than `timeoutSeconds`, and no older value was there. The computation goes on. */
export class CacheTimeoutError extends RedisError {
  static override readonly kind = 'CacheTimeoutError'

  constructor(
    readonly key: string,
    timeoutMs: number,
  ) {
    super(
      `Cache key "${shown(key)}" was not computed within ${timeoutMs} ms (timeoutSeconds); it is computed on.`,
      { code: 'CACHE_TIMEOUT' },
    )
  }
}

const SHOWN_CHARACTERS = 100

const shown = (key: string): string =>
  key.length > SHOWN_CHARACTERS ? `${key.slice(0, SHOWN_CHARACTERS)}…` : key

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

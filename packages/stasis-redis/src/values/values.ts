import {
  CacheDeserializationError,
  CacheSerializationError,
  CacheValueTooLargeError,
} from '../store/errors.js'
import { pack, unpack } from './compression.js'
import { unwrap, wrap } from './envelope.js'
import { jsonPlus, type Serializer } from './serializer.js'

const AGELESS = { staleMs: 0, graceMs: 0, computeMs: 0 }

/** Up to this character, a text may start with the mark of an envelope or of compression. */
const LAST_MARK = 4
/** No UTF-16 unit takes more bytes of UTF-8. */
const BYTES_PER_CHARACTER = 3

/** Bytes of a value's text, and who is told of a value that is not stored. */
export interface ValueLimits {
  /** From so many on it is compressed. */
  readonly compressBytes: number
  /** With more it is not stored. */
  readonly maxBytes: number
  readonly onSkip: (error: CacheValueTooLargeError, key: string) => void
}

const NO_LIMITS: ValueLimits = {
  compressBytes: Number.POSITIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
  onSkip: () => undefined,
}

/** A serializer whose failures name the key, and the limits of its texts. */
export class Values {
  readonly #serializer: Serializer
  readonly #limits: ValueLimits

  constructor(serializer: Serializer, limits = NO_LIMITS) {
    this.#serializer = serializer
    this.#limits = limits
  }

  /** Is what it reads made of nothing but its own fields, unless it is of a class? */
  get isOwnFormat(): boolean {
    return this.#serializer === jsonPlus
  }

  /**
   * `null` for a value that is too large, which is told.
   *
   * @throws CacheSerializationError
   */
  write(key: string, value: unknown): string | null {
    const text = this.serialize(key, value)
    return text === null ? null : wrap({ text, ...AGELESS })
  }

  /**
   * The text without an envelope; `null` for a value that is too large, which is told.
   *
   * @throws CacheSerializationError
   */
  serialize(key: string, value: unknown): string | null {
    const { compressBytes, maxBytes, onSkip } = this.#limits
    const text = pack(this.#serialize(key, value), compressBytes)
    if (text.length * BYTES_PER_CHARACTER <= maxBytes) return text
    const bytes = Buffer.byteLength(text)
    if (bytes <= maxBytes) return text
    onSkip(new CacheValueTooLargeError(key, bytes, maxBytes), key)
    return null
  }

  #serialize(key: string, value: unknown): string {
    try {
      const text: unknown = this.#serializer.serialize(value)
      if (typeof text === 'string') return text
      throw new TypeError(`the serializer gave ${typeof text} instead of text`)
    } catch (error) {
      throw new CacheSerializationError(key, error)
    }
  }

  /** @throws CacheDeserializationError */
  read(key: string, text: string): unknown {
    try {
      const isPlain = text.charCodeAt(0) > LAST_MARK
      return this.#serializer.deserialize(isPlain ? text : unpack(unwrap(text).text))
    } catch (error) {
      throw new CacheDeserializationError(key, error)
    }
  }

  /** `null` for what cannot be read, and for what is no value. */
  tryRead(key: string, text: string): unknown {
    try {
      return this.read(key, text) ?? null
    } catch {
      return null
    }
  }
}

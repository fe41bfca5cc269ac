import { unwrap, wrap } from './envelope.js'
import { CacheDeserializationError, CacheSerializationError } from './errors.js'
import type { Serializer } from './serializer.js'

const AGELESS = { staleMs: 0, graceMs: 0, computeMs: 0 }

/** A serializer whose failures name the key. */
export class Values {
  readonly #serializer: Serializer

  constructor(serializer: Serializer) {
    this.#serializer = serializer
  }

  /** @throws CacheSerializationError */
  write(key: string, value: unknown): string {
    return wrap({ text: this.serialize(key, value), ...AGELESS })
  }

  /**
   * The text without an envelope.
   *
   * @throws CacheSerializationError
   */
  serialize(key: string, value: unknown): string {
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
      return this.#serializer.deserialize(unwrap(text).text)
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

import { randomBytes } from 'node:crypto'
import type { RedisClient, RedisManager } from '@gravito/plasma'
import type { KeySpace } from './keys.js'
import { TOKEN } from './scripts.js'

/** Starts an entry that depends on tags: the mark, the tokens, a line's end, then the payload. */
const HEADER = '\u0001'
const HEADER_END = '\n'

/**
 * Tags by tokens: each tag has a random token, an entry carries the tokens of its tags, and it is a hit only while
 * they are current. Flushing a tag removes its token, whatever the number of entries; a token that was evicted
 * makes entries stale, never wrong. No list of keys exists that could grow.
 */
export class Tags {
  readonly #client: () => RedisClient | RedisManager
  readonly #keys: KeySpace

  constructor(client: () => RedisClient | RedisManager, keys: KeySpace) {
    this.#client = client
    this.#keys = keys
  }

  /** The header of a new entry; read it before the value is computed, so that a flush meanwhile makes it stale. */
  async header(tags: readonly string[], ttlMs: number | null): Promise<string> {
    const client = this.#client()
    const tokens = await Promise.all(
      tags.map(tag => client.run(TOKEN, [this.#keys.token(tag)], [fresh(), ttlMs ?? 0])),
    )
    return write(tokens)
  }

  /** The header that a valid entry starts with, `null` when a tag has no token: then there is none. */
  async current(tags: readonly string[]): Promise<string | null> {
    const client = this.#client()
    const tokens = await Promise.all(tags.map(tag => client.get(this.#keys.token(tag))))
    return tokens.includes(null) ? null : write(tokens as string[])
  }

  /** Every entry with any of the tags is stale from now on. */
  async flush(tags: readonly string[]): Promise<void> {
    const client = this.#client()
    await Promise.all([...new Set(tags)].map(tag => client.unlink(this.#keys.token(tag))))
  }
}

/** The payload of an entry that starts with `header`; `null` for another entry. */
export const payloadAfter = (header: string, entry: string): string | null =>
  entry.startsWith(header) ? entry.slice(header.length) : null

const write = (tokens: readonly string[]): string => HEADER + tokens.join(',') + HEADER_END

const fresh = (): string => randomBytes(9).toString('base64url')

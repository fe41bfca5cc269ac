import { randomBytes } from 'node:crypto'
import { type Client, getAll, unlinkAll } from '../client/many-keys.js'
import type { KeySpace } from '../entries/keys.js'
import type { NearCache } from '../near/cache.js'
import type { NearEntry } from '../near/memory.js'
import { TOKEN } from './script.js'

/** The tokens of a list of tags; the same object as long as none of them changes. */
export interface KnownTokens {
  readonly tokens: readonly NearEntry[]
  /** Where Redis keeps them. */
  readonly places: readonly string[]
  /** What an entry that carries them starts with. */
  readonly header: string
}

/**
 * Where the tokens of tags come from. Each tag has a random token, an entry carries the tokens of its tags, and it
 * is a hit only while they are current.
 */
export interface TokenSource {
  /** What this process knows to be current; `undefined` when it does not know all tokens. */
  peek(tags: readonly string[], now: number): KnownTokens | undefined
  /** Does this process know tokens at all? */
  readonly isNear: boolean
  /** Where Redis keeps them, by position. */
  places(tags: readonly string[]): string[]
  /** The current tokens by position, `null` for a tag that has none. */
  current(tags: readonly string[]): Promise<(string | null)[]>
  /** The current tokens, made where there are none, alive for at least `ttlMs` (`null`: for ever). */
  issue(tags: readonly string[], ttlMs: number | null): Promise<string[]>
  /** Every entry that carries a token of these tags is stale from now on. */
  revoke(tags: readonly string[]): Promise<void>
}

/**
 * Tokens in Redis, a key per tag. Revoking removes that key, whatever the number of entries; a token that was
 * evicted makes entries stale, never wrong. No list of keys exists that could grow.
 */
export class RedisTokens implements TokenSource {
  readonly #client: () => Client
  readonly #keys: KeySpace
  readonly #near: NearCache | undefined
  readonly #known = new WeakMap<readonly string[], KnownTokens>()

  constructor(client: () => Client, keys: KeySpace, near?: NearCache) {
    this.#client = client
    this.#keys = keys
    this.#near = near
  }

  get isNear(): boolean {
    return this.#near !== undefined
  }

  peek(tags: readonly string[], now: number): KnownTokens | undefined {
    const near = this.#near
    if (!near) return undefined
    const last = this.#known.get(tags)
    if (last?.tokens.every((token, i) => near.peek(last.places[i] as string, now) === token))
      return last
    return this.#look(near, tags, now)
  }

  #look(near: NearCache, tags: readonly string[], now: number): KnownTokens | undefined {
    const places = this.places(tags)
    const tokens: NearEntry[] = []
    for (const place of places) {
      const token = near.peek(place, now)
      if (!token) return undefined
      tokens.push(token)
    }
    const header = headerOf(tokens.map(token => token.text))
    if (header === null) return undefined
    const known = { places, tokens, header }
    this.#known.set(tags, known)
    return known
  }

  places(tags: readonly string[]): string[] {
    return tags.map(tag => this.#keys.token(tag))
  }

  current(tags: readonly string[]): Promise<(string | null)[]> {
    const places = this.places(tags)
    return this.#near ? this.#near.read(places) : getAll(this.#client(), places)
  }

  issue(tags: readonly string[], ttlMs: number | null): Promise<string[]> {
    const client = this.#client()
    return Promise.all(
      this.places(tags).map(token => client.run(TOKEN, [token], [fresh(), ttlMs ?? 0])),
    )
  }

  async revoke(tags: readonly string[]): Promise<void> {
    const places = this.places([...new Set(tags)])
    try {
      await unlinkAll(this.#client(), places)
    } finally {
      for (const place of places) this.#near?.drop(place)
    }
  }
}

/** What an entry with these tokens starts with; `null` when one is missing, because then no entry is valid. */
export function headerOf(tokens: readonly (string | null | undefined)[]): string | null {
  if (tokens.length === 0) return ''
  return tokens.every(Boolean) ? `\u0001${tokens.join(',')}\n` : null
}

const fresh = (): string => randomBytes(9).toString('base64url')

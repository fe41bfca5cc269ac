import { type Client, getAll } from '../client/many-keys.js'
import type { NearFeedError } from './feed.js'
import { Memory, type NearEntry } from './memory.js'
import type { ResolvedNear } from './options.js'
import { Servers } from './servers.js'

/** Bytes of an entry beside its texts. */
const OVERHEAD_BYTES = 200
/** UTF-16. */
const BYTES_PER_CHARACTER = 2

/** What the memory of this process holds. */
export interface NearStats {
  /** Does Redis tell of every change at the moment? Otherwise nothing is kept, and reads go to Redis. */
  live: boolean
  entries: number
  /** An estimate. */
  bytes: number
}

/**
 * Texts of Redis in this process, kept true by the servers. A read that a change overtakes is not kept: it leaves a
 * mark before it is sent, which the change removes.
 */
export class NearCache {
  readonly #client: () => Client
  readonly #prefixes: readonly string[]
  readonly #options: ResolvedNear
  readonly #memory: Memory
  readonly #servers: Servers
  readonly #marks = new Map<string, object>()
  #keyPrefix = ''
  #closed = false

  /** @param prefixes of the keys that are read, none of which is the start of another */
  constructor(
    client: () => Client,
    prefixes: readonly string[],
    options: ResolvedNear,
    refused: (error: NearFeedError) => void,
  ) {
    this.#client = client
    this.#prefixes = prefixes
    this.#options = options
    this.#memory = new Memory(options.maxEntries, options.maxBytes)
    this.#servers = new Servers({
      reset: () => this.dropAll(),
      changed: keys => this.#changed(keys),
      refused,
    })
  }

  /** What is known of a key, without asking Redis. */
  peek(key: string, now = performance.now()): NearEntry | undefined {
    const entry = this.#memory.get(key)
    if (entry === undefined) return undefined
    if (entry.until <= now) {
      this.#memory.delete(key)
      return undefined
    }
    entry.used = true
    return entry
  }

  /** The texts by position, `null` for keys that do not exist; only what is not known is read from Redis. */
  async read(keys: readonly string[]): Promise<(string | null)[]> {
    const known = keys.map(key => this.peek(key)?.text)
    const missing = keys.filter((_, i) => known[i] === undefined)
    if (missing.length === 0) return known as string[]
    const loaded = await this.#load(missing)
    let next = 0
    return known.map(text => text ?? loaded[next++] ?? null)
  }

  /** This process changed the key: its next read sees that. */
  drop(key: string): void {
    this.#memory.delete(key)
    this.#marks.delete(key)
  }

  dropAll(): void {
    this.#memory.clear()
    this.#marks.clear()
  }

  /** A value of the entry is kept too; false when there is no room for it. */
  grow(key: string, entry: NearEntry, bytes: number): boolean {
    return this.#memory.grow(key, entry, bytes)
  }

  stats(): NearStats {
    return { live: this.#servers.live, entries: this.#memory.size, bytes: this.#memory.bytes }
  }

  /** End the connections; from then on everything is read from Redis. */
  close(): void {
    this.#closed = true
    this.#servers.close()
  }

  async #load(keys: readonly string[]): Promise<(string | null)[]> {
    const client = this.#client()
    if (!this.#closed) this.#servers.follow(client.ioredis, () => this.#wirePrefixes(client))
    if (!this.#servers.live) return getAll(client, keys)
    const marks = keys.map(key => this.#mark(key))
    const sent = performance.now()
    try {
      const [texts, lifetimes] = await Promise.all([
        getAll(client, keys),
        Promise.all(keys.map(key => client.pttl(key))),
      ])
      for (const [i, key] of keys.entries()) {
        const text = texts[i] ?? null
        if (text !== null && this.#marks.get(key) === marks[i])
          this.#keep(key, text, lifetimes[i] as number, sent)
      }
      return texts
    } finally {
      for (const [i, key] of keys.entries())
        if (this.#marks.get(key) === marks[i]) this.#marks.delete(key)
    }
  }

  #mark(key: string): object {
    const mark = this.#marks.get(key) ?? {}
    this.#marks.set(key, mark)
    return mark
  }

  /** Redis tells of an expired key late or never, so that the entry has to know its end. */
  #keep(key: string, text: string, pttl: number, sent: number): void {
    if (pttl < -1) return
    const { ttlMs } = this.#options
    const expires = pttl === -1 ? Number.POSITIVE_INFINITY : sent + pttl
    const size = text.length + key.length
    this.#memory.set(key, {
      text,
      until: Math.min(expires, sent + ttlMs),
      expires,
      bytes: size * BYTES_PER_CHARACTER + OVERHEAD_BYTES,
      skip: 0,
      carries: undefined,
      value: undefined,
      model: undefined,
      used: false,
    })
  }

  #changed(keys: readonly Buffer[] | null): void {
    if (keys === null) {
      this.dropAll()
      return
    }
    for (const bytes of keys) {
      const key = bytes.toString()
      if (key.startsWith(this.#keyPrefix)) this.drop(key.slice(this.#keyPrefix.length))
      else this.dropAll()
    }
  }

  #wirePrefixes(client: Client): string[] {
    this.#keyPrefix = client.keyPrefix
    return this.#prefixes.map(prefix => this.#keyPrefix + prefix)
  }
}

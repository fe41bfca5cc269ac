import { randomBytes } from 'node:crypto'
import { isRedisError } from '@gravito/plasma'
import type { Guard } from '../availability/breaker.js'
import { type Client, getAll } from '../client/many-keys.js'
import type { NearCache } from '../near/cache.js'
import type { NearEntry } from '../near/memory.js'
import { CacheNotANumberError } from '../store/errors.js'
import { headerOf, type TokenSource } from '../tags/tokens.js'
import { graceOf, HEAD_BYTES } from '../values/envelope.js'
import type { KeySpace } from './keys.js'
import { ADD, INCREMENT, REMOVE, TAKE } from './scripts.js'
import { keysOf, sweep } from './sweep.js'
import type { TaggedName } from './tagged-keys.js'

export const LONGEST_COMPUTATION_MS = 3_600_000

/**
 * Entries as Redis holds them: payloads as text, behind the tokens of their tags. An entry whose tokens are no
 * longer current does not exist.
 */
export class Entries {
  readonly #client: () => Client
  readonly #keys: KeySpace
  readonly #tokens: TokenSource
  readonly #near: NearCache | undefined

  /** @param near where values are kept too, if they are */
  constructor(client: () => Client, keys: KeySpace, tokens: TokenSource, near?: NearCache) {
    this.#client = client
    this.#keys = keys
    this.#tokens = tokens
    this.#near = near
  }

  /** An entry that this process has, with its tags current; `undefined` when Redis has to be asked. */
  peek(name: TaggedName): NearEntry | undefined {
    if (!this.#near) return undefined
    const now = performance.now()
    const entry = this.#near.peek(this.#keys.entry(name), now)
    if (!entry || name.tags.length === 0) return entry
    const known = this.#tokens.peek(name.tags, now)
    if (!known) return undefined
    if (entry.carries === known) return entry
    if (!entry.text.startsWith(known.header)) return undefined
    entry.skip = known.header.length
    entry.carries = known
    return entry
  }

  /** One payload, in one round trip; `null` when there is none. */
  read(name: TaggedName): Promise<string | null> {
    const place = this.#keys.entry(name)
    if (name.tags.length === 0) return this.#get(place)
    const known = this.#tokens.peek(name.tags, performance.now())
    if (known) return this.#get(place).then(text => payload(text, known.header))
    return this.#readTagged(place, name.tags)
  }

  /** Payloads by position, all in one round trip. */
  async readAll(names: readonly TaggedName[]): Promise<(string | null)[]> {
    const places = names.map(name => this.#keys.entry(name))
    if (names.every(name => name.tags.length === 0)) return this.#getAll(places)
    const tags = [...new Set(names.flatMap(name => name.tags))]
    const [texts, tokens] = await this.#getWithTokens(places, tags)
    const tokenOf = new Map(tags.map((tag, i) => [tag, tokens[i]]))
    return names.map((name, i) =>
      payload(texts[i] ?? null, headerOf(name.tags.map(tag => tokenOf.get(tag)))),
    )
  }

  /** Remove an entry; resolves with its payload, which one of many callers gets. */
  async take(name: TaggedName): Promise<string | null> {
    const entry = this.#changing(name, this.#client().run(TAKE, this.#pair(name), []))
    if (name.tags.length === 0) return entry
    const [text, tokens] = await Promise.all([entry, this.#tokens.current(name.tags)])
    return payload(text, headerOf(tokens))
  }

  /** Remove an entry; resolves with false when there was none. */
  async remove(name: TaggedName): Promise<boolean> {
    if (name.tags.length > 0) return (await this.take(name)) !== null
    return this.#changing(name, this.#client().run(REMOVE, this.#pair(name), []))
  }

  /** What `write` needs. Taken before a value is computed, it makes the entry stale if a tag is flushed meanwhile. */
  async header({ tags }: TaggedName, ttlMs: number | null): Promise<string> {
    return tags.length === 0 ? '' : (headerOf(await this.#tokens.issue(tags, ttlMs)) as string)
  }

  async write(name: TaggedName, text: string, ttlMs: number | null): Promise<void> {
    const options = ttlMs === null ? {} : { px: ttlMs }
    await this.#changing(name, this.#client().set(this.#keys.entry(name), text, options))
  }

  /** Write unless there is an entry; resolves with true when written. */
  async add(name: TaggedName, text: string, ttlMs: number | null): Promise<boolean> {
    const entry = this.#keys.entry(name)
    if (name.tags.length > 0) {
      const header = await this.header(name, ttlMs)
      return this.#changing(name, this.#client().run(ADD, [entry], [header, text, ttlMs ?? 0]))
    }
    const options = ttlMs === null ? { nx: true } : { nx: true, px: ttlMs }
    return (await this.#changing(name, this.#client().set(entry, text, options))) === 'OK'
  }

  /** Is there one that is within its time? */
  async exists(name: TaggedName): Promise<boolean> {
    const left = await this.#left(name)
    return left !== null
  }

  /**
   * Add to a whole number, from 0 when there is none, and keep its expiry.
   *
   * @throws CacheNotANumberError
   */
  async increment(name: TaggedName, amount: number): Promise<number> {
    try {
      const counted =
        name.tags.length === 0
          ? this.#client().incrby(this.#keys.entry(name), amount)
          : this.#incrementTagged(name, amount)
      return await this.#changing(name, counted)
    } catch (error) {
      if (isRedisError(error, 'ERR') && error.message.includes('not an integer')) {
        throw new CacheNotANumberError(name.name, error)
      }
      throw error
    }
  }

  /** Set an entry's expiry, and let its tags' tokens live as long; resolves with false when there is none. */
  async touch(name: TaggedName, ttlMs: number | null): Promise<boolean> {
    const left = await this.#left(name)
    if (!left) return false
    const keptMs = ttlMs && ttlMs + left.graceMs
    await this.header(name, keptMs)
    const entry = this.#keys.entry(name)
    if (keptMs !== null)
      return (await this.#changing(name, this.#client().pexpire(entry, keptMs))) === 1
    await this.#changing(name, this.#client().persist(entry))
    return true
  }

  /** Milliseconds until an entry is gone, negative when it never is or there is none; its tags do not matter. */
  leftMs(name: TaggedName): Promise<number> {
    return this.#client().pttl(this.#keys.entry(name))
  }

  /** Milliseconds until an entry expires; `null` when it never does or there is none. */
  async ttl(name: TaggedName): Promise<number | null> {
    const left = await this.#left(name)
    return left === null || left.ms < 0 ? null : left.ms
  }

  /** The grace of an entry, and milliseconds until that begins, negative for never; `null` when there is none. */
  async #left(name: TaggedName): Promise<{ ms: number; graceMs: number } | null> {
    const tagged = name.tags.length > 0
    const [ms, start] = await Promise.all([
      this.leftMs(name),
      tagged ? this.read(name) : this.#client().getrange(this.#keys.entry(name), 0, HEAD_BYTES),
    ])
    if (ms === -2 || start === null) return null
    const graceMs = graceOf(start)
    if (ms === -1) return { ms, graceMs }
    return ms > graceMs ? { ms: ms - graceMs, graceMs } : null
  }

  /**
   * Remove everything but the locks, some hundred keys at a time. Nothing is kept of a computation that began before: on
   * one server by a new generation, in a Cluster because its lease goes first.
   */
  async flush(guard: Guard): Promise<void> {
    const client = this.#client()
    try {
      const isOwn = (key: string) => this.#keys.isOwn(key)
      const isNew = !client.isCluster && (await guard(() => this.#newGeneration()))
      if (!isNew) await sweep(client, this.#keys.leases, guard)
      await sweep(client, isNew ? this.#keys.all : this.#keys.flushed, guard, isOwn)
    } finally {
      this.#near?.dropAll()
    }
  }

  /** False on a server that is too full to write it. */
  async #newGeneration(): Promise<boolean> {
    const value = randomBytes(9).toString('base64url')
    try {
      await this.#client().set(this.#keys.generation, value, { px: LONGEST_COMPUTATION_MS })
      return true
    } catch (error) {
      if (isRedisError(error, 'OOM')) return false
      throw error
    }
  }

  /** An entry of this process takes more memory; false when that is too much. */
  grow(name: TaggedName, entry: NearEntry, bytes: number): boolean {
    return this.#near?.grow(this.#keys.entry(name), entry, bytes) ?? false
  }

  /** Somebody of this process has changed the entry. */
  changed(name: TaggedName): void {
    this.#near?.drop(this.#keys.entry(name))
  }

  /** The names of untagged entries that match the glob. */
  async names(glob: string, guard: Guard): Promise<string[]> {
    const keys = await keysOf(this.#client(), this.#keys.entries(glob), guard)
    return [...new Set(keys.map(key => this.#keys.nameOf(key)))]
  }

  async #readTagged(place: string, tags: readonly string[]): Promise<string | null> {
    const [[text = null], tokens] = await this.#getWithTokens([place], tags)
    return payload(text, headerOf(tokens))
  }

  /** In one command where no part is known and one server has all. */
  async #getWithTokens(
    places: readonly string[],
    tags: readonly string[],
  ): Promise<[texts: (string | null)[], tokens: (string | null)[]]> {
    const client = this.#client()
    if (this.#near || this.#tokens.isNear || client.isCluster)
      return Promise.all([this.#getAll(places), this.#tokens.current(tags)])
    const all = await getAll(client, [...places, ...this.#tokens.places(tags)])
    return [all.slice(0, places.length), all.slice(places.length)]
  }

  #get(key: string): Promise<string | null> {
    if (!this.#near) return this.#client().get(key)
    return this.#near.read([key]).then(([text = null]) => text)
  }

  #getAll(keys: readonly string[]): Promise<(string | null)[]> {
    return this.#near ? this.#near.read(keys) : getAll(this.#client(), keys)
  }

  /** Whoever reads after the change sees it, before Redis tells of it. */
  async #changing<Result>(name: TaggedName, change: Promise<Result>): Promise<Result> {
    try {
      return await change
    } finally {
      this.changed(name)
    }
  }

  #pair(name: TaggedName): [entry: string, lease: string] {
    return [this.#keys.entry(name), this.#keys.lease(name)]
  }

  /** A counter that exists leaves its tokens' expiry alone, or each would make its tags' tokens immortal. */
  async #incrementTagged(name: TaggedName, amount: number): Promise<number> {
    const count = (header: string, start: 0 | 1) =>
      this.#client().run(INCREMENT, [this.#keys.entry(name)], [header, amount, start])
    const current = headerOf(await this.#tokens.current(name.tags))
    const counted = current === null ? null : await count(current, 0)
    return counted ?? Number(await count(await this.header(name, null), 1))
  }
}

const payload = (text: string | null, header: string | null): string | null =>
  text !== null && header !== null && text.startsWith(header) ? text.slice(header.length) : null

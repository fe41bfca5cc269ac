import { InvalidArgumentError } from '@gravito/plasma'
import { createLocks, type Locks } from '@gravito/redis-locks'
import { Breaker } from './breaker.js'
import { Entries } from './entries.js'
import { checkTags, KeySpace, readTags, type TaggedName, writeTags } from './keys.js'
import { Leases } from './leases.js'
import { type Limiter, type LimiterOptions, RedisLimiter } from './limiter.js'
import { lockMs, RedisCacheLock } from './lock.js'
import type { Client } from './many-keys.js'
import type { NearEntry } from './near/memory.js'
import { NearCache } from './near/near-cache.js'
import { freezeDeep, isShareable } from './near/sharing.js'
import { type RedisStoreOptions, type ResolvedStoreOptions, resolveOptions } from './options.js'
import { type Factory, Remembering } from './remember.js'
import { type RememberOptions, resolveRemember } from './remember-options.js'
import type { CacheLock, CacheStore, CacheTtl, CustomStoreConfig, TaggableStore } from './stasis.js'
import { type CacheStats, Counts } from './stats.js'
import { RedisTokens, type TokenSource } from './tags.js'
import { type Lifetime, lifetime } from './ttl.js'
import { Values } from './values.js'

/** An entry ready to be written, `null` for one to forget. */
type Prepared = { payload: string; ms: number | null } | null

/**
 * The cache store that Stasis selects. `null` is never a hit. A TTL of 0, below 0 or in the past forgets the entry.
 * A key made by `tagKey` carries its tags: the entry is invisible without them, and any of them flushes it.
 */
export class RedisStore implements CacheStore, TaggableStore {
  readonly #options: ResolvedStoreOptions
  readonly #keys: KeySpace
  readonly #tokens: TokenSource
  readonly #entries: Entries
  readonly #remembering: Remembering
  readonly #values: Values
  readonly #near: NearCache | undefined
  readonly #counts = new Counts()
  #locks: { client: Client; locks: Locks } | undefined

  /** @throws RedisConfigError */
  constructor(options: RedisStoreOptions = {}) {
    this.#options = resolveOptions(options)
    const { client, prefix, serializer, limits, leaseMs, deadlineMs, near, onError } = this.#options
    const report = (error: unknown, key: string) => {
      this.#counts.errors++
      onError(error, key)
    }
    this.#values = new Values(serializer, { ...limits, onSkip: report })
    this.#keys = new KeySpace(prefix)
    if (near) {
      const prefixes = [this.#keys.tokens, ...(near.values ? this.#keys.values : [])]
      this.#near = new NearCache(client, prefixes, near, error => report(error, ''))
    }
    this.#tokens = new RedisTokens(client, this.#keys, this.#near)
    const values = near?.values ? this.#near : undefined
    this.#entries = new Entries(client, this.#keys, this.#tokens, values)
    const leases = new Leases(client, this.#keys, leaseMs)
    const breaker = new Breaker(deadlineMs)
    this.#remembering = new Remembering(this.#entries, leases, breaker, this.#counts, report)
  }

  /**
   * The value, `null` when there is none.
   *
   * @throws CacheDeserializationError
   */
  async get<Value = unknown>(key: string): Promise<Value | null> {
    const name = readTags(key)
    const near = this.#entries.peek(name)
    if (near) return this.#nearValue<Value>(name, near)
    return this.#value<Value>(name, await this.#entries.read(name))
  }

  /**
   * Write a value; `null` and `undefined` forget the entry.
   *
   * @throws CacheSerializationError, InvalidArgumentError: then the old entry is unchanged
   */
  async put(key: string, value: unknown, ttl?: CacheTtl): Promise<void> {
    const name = readTags(key)
    await this.#put(name, this.#prepare(name, value, this.#lifetime(ttl)))
  }

  /**
   * Write a value unless there is one; resolves with true when written. A TTL that is over adds nothing.
   *
   * @throws CacheSerializationError, InvalidArgumentError, also for `null`, which would be no entry
   */
  async add(key: string, value: unknown, ttl?: CacheTtl): Promise<boolean> {
    const name = readTags(key)
    const ms = this.#lifetime(ttl)
    if (value === null || value === undefined) {
      throw new InvalidArgumentError('value', `is ${value}, which is never a hit`, 'add')
    }
    const payload = this.#values.write(name.name, value)
    if (payload === null || ms === 'expired') return false
    const added = await this.#entries.add(name, payload, ms)
    if (added) this.#counts.sets++
    return added
  }

  /** Remove an entry; resolves with false when there was none. */
  async forget(key: string): Promise<boolean> {
    const name = readTags(key)
    this.#remembering.leave(name)
    const removed = await this.#entries.remove(name)
    if (removed) this.#counts.deletes++
    return removed
  }

  /** Remove every entry of this store's prefix, a few at a time; locks stay, and so do all other keys. */
  async flush(): Promise<void> {
    this.#remembering.leaveAll()
    await this.#entries.flush()
  }

  /**
   * Add to the whole number of an entry, from 0 when there is none; the expiry stays, a new one has none.
   *
   * @throws CacheNotANumberError
   */
  async increment(key: string, value = 1): Promise<number> {
    if (!Number.isSafeInteger(value))
      throw new InvalidArgumentError('value', 'must be a whole number', 'increment')
    return this.#entries.increment(readTags(key), value)
  }

  /** Subtract from the whole number of an entry. */
  async decrement(key: string, value = 1): Promise<number> {
    return this.increment(key, -value)
  }

  /** A lock that lasts `seconds` (default 10) unless it is given back; `flush` leaves it alone. */
  lock(name: string, seconds = 10): CacheLock {
    const options = { ttlMs: lockMs(seconds), renew: false }
    return new RedisCacheLock(() => this.#locksNow().mutex(name, options))
  }

  /** Limits of attempts for the whole fleet; `flush` leaves them alone. */
  limiter(options: LimiterOptions = {}): Limiter {
    return new RedisLimiter(() => this.#locksNow(), this.#options, options)
  }

  /** Every entry with any of the tags is gone, in one step for any number of entries. */
  async flushTags(tags: readonly string[]): Promise<void> {
    checkTags(tags)
    this.#remembering.leaveTags(tags)
    await this.#tokens.revoke(tags)
  }

  /** A key that carries its tags, for every method of this store that takes one. */
  tagKey(key: string, tags: readonly string[]): string {
    return writeTags(key, tags)
  }

  /** Nothing to do: the key carries its tags, and no index exists. */
  tagIndexAdd(_tags: readonly string[], _taggedKey: string): void {}

  /** Nothing to do: see `tagIndexAdd`. */
  tagIndexRemove(_taggedKey: string): void {}

  /** Is there an entry? Counts as no read. */
  async has(key: string): Promise<boolean> {
    const name = readTags(key)
    return this.#entries.peek(name) !== undefined || this.#entries.exists(name)
  }

  /** Many values by key in one round trip, `null` for each that is missing. */
  async many<Value = unknown>(keys: readonly string[]): Promise<Record<string, Value | null>> {
    const names = keys.map(readTags)
    const near = names.map(name => this.#entries.peek(name))
    const asked = names.filter((_, i) => near[i] === undefined)
    const payloads = asked.length === 0 ? [] : await this.#entries.readAll(asked)
    let next = 0
    const values = names.map((name, i) => {
      const known = near[i]
      if (known) return this.#nearValue<Value>(name, known)
      return this.#value<Value>(name, payloads[next++] ?? null)
    })
    return Object.fromEntries(keys.map((key, i) => [key, values[i] ?? null]))
  }

  /** Write many values with one TTL. When one cannot be stored, none is. */
  async putMany(values: Readonly<Record<string, unknown>>, ttl?: CacheTtl): Promise<void> {
    const ms = this.#lifetime(ttl)
    const prepared = Object.entries(values).map(([key, value]) => {
      const name = readTags(key)
      return [name, this.#prepare(name, value, ms)] as const
    })
    await Promise.all(prepared.map(([name, entry]) => this.#put(name, entry)))
  }

  /** Write a value for ever. */
  async forever(key: string, value: unknown): Promise<void> {
    await this.put(key, value, null)
  }

  /** The value, which is removed; of many callers one gets it. */
  async pull<Value = unknown>(key: string): Promise<Value | null> {
    const name = readTags(key)
    this.#remembering.leave(name)
    const payload = await this.#entries.take(name)
    if (payload !== null) this.#counts.deletes++
    return this.#value<Value>(name, payload)
  }

  /** Let an entry expire later or sooner; resolves with false when there is none. */
  async touch(key: string, ttl?: CacheTtl): Promise<boolean> {
    const ms = this.#lifetime(ttl)
    return ms === 'expired' ? this.forget(key) : this.#entries.touch(readTags(key), ms)
  }

  /** Seconds until an entry expires, `null` when it never does or there is none. */
  async ttl(key: string): Promise<number | null> {
    const ms = await this.#entries.ttl(readTags(key))
    return ms === null ? null : ms / 1_000
  }

  /**
   * The value, or what `factory` makes, which is kept. One caller in the fleet calls its factory, the others wait for
   * it; when its process dies, another takes over. A value that was forgotten, or whose tag was flushed, while it was
   * made is not kept. What cannot be read is made anew. While Redis is away the factory's value is not kept.
   */
  async remember<Value>(
    key: string,
    ttl: CacheTtl,
    factory: Factory<Value>,
    options?: RememberOptions,
  ): Promise<Value> {
    const name = readTags(key)
    return this.#remembering.get({
      ...resolveRemember(options),
      name,
      ms: this.#lifetime(ttl),
      factory,
      share: near => this.#tryShare(name, near) as Value | null,
      read: text => this.#values.tryRead(name.name, text) as Value | null,
      serialize: value => this.#values.serialize(name.name, value),
    })
  }

  /** `remember` for ever. */
  rememberForever<Value>(
    key: string,
    factory: Factory<Value>,
    options?: RememberOptions,
  ): Promise<Value> {
    return this.remember(key, null, factory, options)
  }

  /**
   * `remember` with a value that is fresh for `fresh` seconds and served until `stale` seconds, while one caller in the
   * fleet makes a new one in the background.
   */
  async flexible<Value>(
    key: string,
    [fresh, stale]: readonly [fresh: number, stale: number],
    factory: Factory<Value>,
    options?: Omit<RememberOptions, 'staleSeconds'>,
  ): Promise<Value> {
    return this.remember(key, fresh, factory, { ...options, staleSeconds: stale - fresh })
  }

  /** The names of untagged entries that match the glob; long names in their shortened form. */
  async keys(glob = '*'): Promise<string[]> {
    return this.#entries.names(glob)
  }

  stats(): CacheStats {
    return this.#counts.snapshot(this.#near?.stats())
  }

  /** End the connections of the near cache, without which the store goes on; the client stays its owner's to close. */
  async close(): Promise<void> {
    this.#near?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The value of an entry in this process: a copy, unless nobody can change it. */
  #share({ name }: TaggedName, near: NearEntry): unknown {
    if (near.value !== undefined) return near.value
    const value = this.#values.read(name, near.skip === 0 ? near.text : near.text.slice(near.skip))
    const frozen = this.#options.near?.frozen
    if (isShareable(value) || (frozen && freezeDeep(value))) near.value = value
    return value
  }

  #tryShare(name: TaggedName, near: NearEntry): unknown {
    try {
      return this.#share(name, near) ?? null
    } catch {
      return null
    }
  }

  #prepare({ name }: TaggedName, value: unknown, ms: Lifetime): Prepared {
    if (value === null || value === undefined || ms === 'expired') return null
    const payload = this.#values.write(name, value)
    return payload === null ? null : { payload, ms }
  }

  async #put(name: TaggedName, entry: Prepared): Promise<void> {
    this.#remembering.leave(name)
    if (entry) {
      const header = await this.#entries.header(name, entry.ms)
      await this.#write(name, header + entry.payload, entry.ms)
    } else if (await this.#entries.remove(name)) this.#counts.deletes++
  }

  async #write(name: TaggedName, text: string, ms: number | null): Promise<void> {
    await this.#entries.write(name, text, ms)
    this.#counts.sets++
  }

  #value<Value>({ name }: TaggedName, payload: string | null): Value | null {
    return this.#counted(payload === null ? null : this.#values.read(name, payload))
  }

  #nearValue<Value>(name: TaggedName, near: NearEntry): Value | null {
    const value = this.#counted<Value>(this.#share(name, near))
    if (value !== null) this.#counts.nearHits++
    return value
  }

  #counted<Value>(value: unknown): Value | null {
    if (value === null || value === undefined) this.#counts.misses++
    else this.#counts.hits++
    return (value ?? null) as Value | null
  }

  #lifetime(ttl: CacheTtl): Lifetime {
    return lifetime(ttl, this.#options.defaultTtl)
  }

  /** The facade may have been configured anew since the last lock. */
  #locksNow(): Locks {
    const client = this.#options.client()
    if (this.#locks?.client !== client) {
      this.#locks = { client, locks: createLocks(client, { prefix: this.#keys.locks }) }
    }
    return this.#locks.locks
  }
}

/** The entry of Stasis' configuration that selects this store. */
export function redisStore(options: RedisStoreOptions = {}): CustomStoreConfig<RedisStore> {
  return { driver: 'custom', store: new RedisStore(options) }
}

import { allOf } from '../client/many-keys.js'
import { checkTags, readTags, type TaggedName, writeTags } from '../entries/tagged-keys.js'
import type { Limiter, LimiterOptions } from '../locks/limiter.js'
import type { CacheEventName, CacheListener } from '../observability/events.js'
import type { CacheStats } from '../observability/stats.js'
import {
  lifetimeOf,
  type RememberOptions,
  type RememberTtl,
  resolveRemember,
} from '../remember/options.js'
import type { Factory } from '../remember/wanted.js'
import { byKey } from './by-key.js'
import {
  checkAdded,
  checkAmount,
  checkFactory,
  checkGlob,
  checkKeys,
  checkTimes,
  checkValues,
  isNothing,
} from './checks.js'
import { type RedisStoreOptions, type ResolvedStoreOptions, resolveOptions } from './options.js'
import { assemble, type Parts } from './parts.js'
import type { CacheLock, CacheStore, CacheTtl, CustomStoreConfig, TaggableStore } from './stasis.js'
import { type Lifetime, lifetime } from './ttl.js'

/** An entry ready to be written, `null` for one to forget. */
type Prepared = { payload: string; ms: number | null } | null

/**
 * The cache store that Stasis selects. `null` is never a hit. A TTL of 0, below 0 or in the past forgets the entry.
 * A key made by `tagKey` carries its tags: the entry is invisible without them, and any of them flushes it.
 */
export class RedisStore implements CacheStore, TaggableStore {
  readonly #options: ResolvedStoreOptions
  readonly #it: Parts

  /** @throws RedisConfigError */
  constructor(options: RedisStoreOptions = {}) {
    this.#options = resolveOptions(options)
    this.#it = assemble(this.#options)
  }

  /**
   * The value, `null` when there is none.
   *
   * @throws CacheDeserializationError
   */
  get<Value = unknown>(key: string): Promise<Value | null> {
    try {
      return this.#it.reads.get<Value>(this.#it.nameOf(key))
    } catch (error) {
      return Promise.reject(error)
    }
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
    checkAdded(value)
    const payload = this.#it.values.write(name.name, value)
    if (payload === null || ms === 'expired') return false
    const added = await this.#it.access.change(name, () => this.#it.entries.add(name, payload, ms))
    if (added) this.#it.counts.written(name.name, ms)
    return added
  }

  /** Remove an entry; resolves with false when there was none. */
  async forget(key: string): Promise<boolean> {
    return this.#forget(readTags(key))
  }

  /** Remove many entries; resolves with how many there were. */
  async forgetMany(keys: readonly string[]): Promise<number> {
    checkKeys(keys, 'forgetMany')
    const names = keys.map(readTags)
    const removed = await allOf(names.map(name => this.#forget(name)))
    return removed.filter(Boolean).length
  }

  /** Remove every entry of this store's prefix, a few at a time; locks stay, and so do all other keys. */
  async flush(): Promise<void> {
    this.#it.remembering.leaveAll()
    await this.#it.access.flush(guard => this.#it.entries.flush(guard))
    this.#it.counts.flushed(null)
  }

  /**
   * Add to the whole number of an entry, from 0 when there is none; the expiry stays, a new one has none.
   *
   * @throws CacheNotANumberError
   */
  async increment(key: string, value = 1): Promise<number> {
    checkAmount(value)
    const name = readTags(key)
    const sum = await this.#it.access.change(name, () => this.#it.entries.increment(name, value))
    this.#it.counts.written(name.name)
    return sum
  }

  /** Subtract from the whole number of an entry. */
  async decrement(key: string, value = 1): Promise<number> {
    return this.increment(key, -value)
  }

  /** A lock that lasts `seconds` (default 10) unless it is given back; `flush` leaves it alone. */
  lock(name: string, seconds = 10): CacheLock {
    return this.#it.locks.lock(name, seconds)
  }

  /** Limits of attempts for the whole fleet; `flush` leaves them alone. */
  limiter(options: LimiterOptions = {}): Limiter {
    return this.#it.locks.limiter(options, (error, key) => this.#it.counts.failed(error, key))
  }

  /** Every entry with any of the tags is gone, in one step for any number of entries. */
  async flushTags(tags: readonly string[]): Promise<void> {
    checkTags(tags)
    this.#it.remembering.leaveTags(tags)
    await this.#it.access.flushTags(tags, () => this.#it.tokens.revoke(tags))
    this.#it.counts.flushed(tags)
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
    return this.#it.reads.has(this.#it.nameOf(key))
  }

  /** Many values by key in one round trip, `null` for each that is missing. */
  async many<Value = unknown>(keys: readonly string[]): Promise<Record<string, Value | null>> {
    checkKeys(keys, 'many')
    const values = await this.#it.reads.many<Value>(keys.map(this.#it.nameOf))
    return byKey(keys, values)
  }

  /** Write many values with one TTL. When one cannot be stored, none is. */
  async putMany(values: Readonly<Record<string, unknown>>, ttl?: CacheTtl): Promise<void> {
    checkValues(values)
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
    this.#it.remembering.leave(name)
    const text = await this.#it.access.change(name, () => this.#it.entries.take(name))
    if (text !== null) this.#it.counts.removed(name.name)
    return this.#it.reads.value<Value>(name, text)
  }

  /** Let an entry expire later or sooner; resolves with false when there is none. */
  async touch(key: string, ttl?: CacheTtl): Promise<boolean> {
    const ms = this.#lifetime(ttl)
    if (ms === 'expired') return this.forget(key)
    const name = readTags(key)
    return this.#it.access.change(name, () => this.#it.entries.touch(name, ms))
  }

  /** Seconds until an entry expires, `null` when it never does or there is none. */
  async ttl(key: string): Promise<number | null> {
    const name = readTags(key)
    const ms = await this.#it.access.change(name, () => this.#it.entries.ttl(name))
    return ms === null ? null : ms / 1_000
  }

  /**
   * The value, or what `factory` makes, which is kept. One caller in the fleet calls its factory, the others wait for
   * it; when its process dies, another takes over. A value that was forgotten, or whose tag was flushed, while it was
   * made is not kept. What cannot be read is made anew. While Redis is away the factory's value is not kept.
   *
   * @throws CacheTimeoutError with `timeoutSeconds`
   */
  remember<Value>(
    key: string,
    ttl: RememberTtl<Value>,
    factory: Factory<Value>,
    options?: RememberOptions,
  ): Promise<Value> {
    try {
      checkFactory(factory)
      const name = this.#it.nameOf(key)
      const ms = lifetimeOf(ttl, this.#options.defaultTtl)
      const { staleMs, graceMs, negativeMs, beta, jitter, timeoutMs } = resolveRemember(options)
      if (staleMs === 0 && graceMs === 0 && beta === 0) {
        const near = this.#it.reads.near<Value>(name)
        if (near !== null) return Promise.resolve(near)
      }
      return this.#it.remembering.get({
        staleMs,
        graceMs,
        negativeMs,
        beta,
        jitter,
        timeoutMs,
        name,
        ms,
        factory,
        share: near => this.#it.reads.share<Value>(name, near),
        read: text => this.#it.values.tryRead(name.name, text) as Value | null,
        serialize: value => this.#it.values.serialize(name.name, value),
      })
    } catch (error) {
      return Promise.reject(error)
    }
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
   * `remember` with a value that is fresh for the first of `times`, in seconds, and served until the second, while one
   * caller in the fleet makes a new one in the background.
   */
  async flexible<Value>(
    key: string,
    times: readonly [fresh: number, stale: number],
    factory: Factory<Value>,
    options?: Omit<RememberOptions, 'staleSeconds'>,
  ): Promise<Value> {
    checkTimes(times)
    const [fresh, stale] = times
    return this.remember(key, fresh, factory, { ...options, staleSeconds: stale - fresh })
  }

  /** The names of untagged entries that match the glob; long names in their shortened form. */
  async keys(glob = '*'): Promise<string[]> {
    checkGlob(glob)
    return this.#it.entries.names(glob, this.#it.access.guard)
  }

  stats(): CacheStats {
    return this.#it.counts.snapshot(this.#it.near?.stats())
  }

  /**
   * Hear what the store does.
   *
   * @example
   * cache.on('miss', ({ key }) => console.log('not cached:', key))
   */
  on<Name extends CacheEventName>(event: Name, listener: CacheListener<Name>): this {
    this.#it.listeners.on(event, listener)
    return this
  }

  off<Name extends CacheEventName>(event: Name, listener: CacheListener<Name>): this {
    this.#it.listeners.off(event, listener)
    return this
  }

  /**
   * End the connections of the near cache, without which the store goes on, and what is tried again in the
   * background. The client stays its owner's to close.
   */
  async close(): Promise<void> {
    this.#it.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #forget(name: TaggedName): Promise<boolean> {
    this.#it.remembering.leave(name)
    const removed = await this.#it.access.forget(name, () => this.#it.entries.remove(name))
    if (removed) this.#it.counts.removed(name.name)
    return removed
  }

  #prepare({ name }: TaggedName, value: unknown, ms: Lifetime): Prepared {
    if (isNothing(value) || ms === 'expired') return null
    const payload = this.#it.values.write(name, value)
    return payload === null ? null : { payload, ms }
  }

  #put(name: TaggedName, entry: Prepared): Promise<void> {
    this.#it.remembering.leave(name)
    return this.#it.access.write(name, async () => {
      if (entry) {
        const header = await this.#it.entries.header(name, entry.ms)
        await this.#it.entries.write(name, header + entry.payload, entry.ms)
        this.#it.counts.written(name.name, entry.ms)
      } else if (await this.#it.entries.remove(name)) this.#it.counts.removed(name.name)
    })
  }

  #lifetime(ttl: CacheTtl): Lifetime {
    return lifetime(ttl, this.#options.defaultTtl)
  }
}

/** The entry of Stasis' configuration that selects this store. */
export function redisStore(options: RedisStoreOptions = {}): CustomStoreConfig<RedisStore> {
  return { driver: 'custom', store: new RedisStore(options) }
}

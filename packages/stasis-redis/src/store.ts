import {
  InvalidArgumentError,
  isRedisError,
  type RedisClient,
  type RedisManager,
} from '@gravito/plasma'
import { createLocks, type Locks } from '@gravito/redis-locks'
import { CacheNotANumberError, CacheSerializationError } from './errors.js'
import { KeySpace, readTags, type TaggedName, writeTags } from './keys.js'
import { lockMs, RedisCacheLock } from './lock.js'
import { type RedisStoreOptions, type ResolvedStoreOptions, resolveOptions } from './options.js'
import { ADD, INCREMENT } from './scripts.js'
import type { CacheLock, CacheStore, CacheTtl, CustomStoreConfig, TaggableStore } from './stasis.js'
import { payloadAfter, Tags } from './tags.js'
import { lifetime } from './ttl.js'

/** What a store has done since it was made. */
export interface CacheStats {
  hits: number
  misses: number
  sets: number
  deletes: number
  /** Hits in all reads, 0 to 1; 0 before the first. */
  hitRate: number
}

const SCAN_COUNT = 500

/**
 * The cache store that Stasis selects. `null` is never a hit. A TTL of 0, below 0 or in the past forgets the entry.
 * A key made by `tagKey` carries its tags: the entry is invisible without them, and any of them flushes it.
 */
export class RedisStore implements CacheStore, TaggableStore {
  readonly #options: ResolvedStoreOptions
  readonly #keys: KeySpace
  readonly #tags: Tags
  readonly #inFlight = new Map<string, Promise<unknown>>()
  readonly #counts = { hits: 0, misses: 0, sets: 0, deletes: 0 }
  #locks: Locks | undefined

  /** @throws RedisConfigError */
  constructor(options: RedisStoreOptions = {}) {
    this.#options = resolveOptions(options)
    this.#keys = new KeySpace(this.#options.prefix)
    this.#tags = new Tags(this.#options.client, this.#keys)
  }

  /** The value, `null` when there is none. */
  async get<Value = unknown>(key: string): Promise<Value | null> {
    const name = readTags(key)
    const entry = this.#client.get(this.#keys.entry(name))
    const header = name.tags.length > 0 ? this.#tags.current(name.tags) : ''
    return this.#read<Value>(await entry, await header)
  }

  /**
   * Write a value; `null` and `undefined` forget the entry.
   *
   * @throws CacheSerializationError, InvalidArgumentError: then the old entry is unchanged
   */
  async put(key: string, value: unknown, ttl?: CacheTtl): Promise<void> {
    const name = readTags(key)
    const ms = lifetime(ttl, this.#options.defaultTtl)
    if (value === null || value === undefined || ms === 'expired') {
      await this.forget(key)
      return
    }
    const payload = this.#serialize(name.name, value)
    await this.#write(name, await this.#header(name, ms), payload, ms)
  }

  /** Write a value unless there is one; resolves with true when written. */
  async add(key: string, value: unknown, ttl?: CacheTtl): Promise<boolean> {
    const name = readTags(key)
    const ms = lifetime(ttl, this.#options.defaultTtl)
    if (value === null || value === undefined) {
      throw new InvalidArgumentError('value', `is ${value}, which is never a hit`, 'add')
    }
    const payload = this.#serialize(name.name, value)
    if (ms === 'expired') return false
    const header = await this.#header(name, ms)
    const added = await this.#client.run(ADD, [this.#keys.entry(name)], [header, payload, ms ?? 0])
    if (added) this.#counts.sets++
    return added
  }

  /** Remove an entry; resolves with false when there was none. */
  async forget(key: string): Promise<boolean> {
    const removed = await this.#client.unlink(this.#keys.entry(readTags(key)))
    this.#counts.deletes += removed
    return removed === 1
  }

  /** Remove every entry of this store's prefix, a few at a time; locks stay, and so do all other keys. */
  async flush(): Promise<void> {
    for (const glob of this.#keys.flushed) {
      const removals: Promise<number>[] = []
      let batch: string[] = []
      for await (const key of this.#client.scanIterator({ match: glob, count: SCAN_COUNT })) {
        batch.push(key)
        if (batch.length < SCAN_COUNT) continue
        removals.push(this.#unlink(batch))
        batch = []
      }
      removals.push(this.#unlink(batch))
      await Promise.all(removals)
    }
  }

  /**
   * Add to the whole number of an entry, from 0 when there is none; the expiry stays.
   *
   * @throws CacheNotANumberError
   */
  async increment(key: string, value = 1): Promise<number> {
    if (!Number.isSafeInteger(value))
      throw new InvalidArgumentError('value', 'must be a whole number', 'increment')
    const name = readTags(key)
    const entry = this.#keys.entry(name)
    try {
      if (name.tags.length === 0) return await this.#client.incrby(entry, value)
      const header = await this.#tags.header(name.tags, null)
      const text = await this.#client.run(INCREMENT, [entry], [header, value])
      return Number(payloadAfter(header, text))
    } catch (error) {
      if (isRedisError(error, 'ERR') && error.message.includes('not an integer')) {
        throw new CacheNotANumberError(name.name, error)
      }
      throw error
    }
  }

  /** Subtract from the whole number of an entry. */
  async decrement(key: string, value = 1): Promise<number> {
    return this.increment(key, -value)
  }

  /** A lock that lasts `seconds` (default 10) unless it is given back; `flush` leaves it alone. */
  lock(name: string, seconds = 10): CacheLock {
    this.#locks ??= createLocks(this.#client, { prefix: this.#keys.locks })
    return new RedisCacheLock(this.#locks.mutex(name, { ttlMs: lockMs(seconds), renew: false }))
  }

  /** Every entry with any of the tags is gone, in one step for any number of entries. */
  async flushTags(tags: readonly string[]): Promise<void> {
    await this.#tags.flush(tags)
  }

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
    if (name.tags.length === 0) return (await this.#client.exists(this.#keys.entry(name))) === 1
    const [entry, header] = await Promise.all([
      this.#client.get(this.#keys.entry(name)),
      this.#tags.current(name.tags),
    ])
    return entry !== null && header !== null && payloadAfter(header, entry) !== null
  }

  /** Many values by key, `null` for each that is missing. */
  async many<Value = unknown>(keys: readonly string[]): Promise<Record<string, Value | null>> {
    const values = await Promise.all(
      keys.map(async key => [key, await this.get<Value>(key)] as const),
    )
    return Object.fromEntries(values)
  }

  /** Write many values with one TTL. */
  async putMany(values: Readonly<Record<string, unknown>>, ttl?: CacheTtl): Promise<void> {
    await Promise.all(Object.entries(values).map(([key, value]) => this.put(key, value, ttl)))
  }

  /** Write a value for ever. */
  async forever(key: string, value: unknown): Promise<void> {
    await this.put(key, value, null)
  }

  /** The value, which is removed; of many callers one gets it. */
  async pull<Value = unknown>(key: string): Promise<Value | null> {
    const name = readTags(key)
    const header = name.tags.length > 0 ? await this.#tags.current(name.tags) : ''
    const entry = await this.#client.getdel(this.#keys.entry(name))
    if (entry !== null) this.#counts.deletes++
    return this.#read<Value>(entry, header)
  }

  /** Let an entry expire later or sooner; resolves with false when there is none. */
  async touch(key: string, ttl?: CacheTtl): Promise<boolean> {
    const name = readTags(key)
    const ms = lifetime(ttl, this.#options.defaultTtl)
    if (ms === 'expired') return this.forget(key)
    if (!(await this.has(key))) return false
    await this.#header(name, ms)
    const entry = this.#keys.entry(name)
    if (ms === null) await this.#client.persist(entry)
    else await this.#client.pexpire(entry, ms)
    return true
  }

  /** Seconds until an entry expires, `null` when it never does or there is none. */
  async ttl(key: string): Promise<number | null> {
    const ms = await this.#client.pttl(this.#keys.entry(readTags(key)))
    return ms < 0 ? null : ms / 1_000
  }

  /**
   * The value, or what `factory` makes, which is kept; callers of this process share one factory call. A tag that
   * is flushed meanwhile leaves nothing stale behind.
   */
  remember<Value>(
    key: string,
    ttl: CacheTtl,
    factory: () => Promise<Value> | Value,
  ): Promise<Value> {
    const running = this.#inFlight.get(key) as Promise<Value> | undefined
    if (running) return running
    const made = this.#remember(key, ttl, factory).finally(() => this.#inFlight.delete(key))
    this.#inFlight.set(key, made)
    return made
  }

  /** The names of untagged entries that match the glob; long names in their shortened form. */
  async keys(glob = '*'): Promise<string[]> {
    const names = new Set<string>()
    for await (const key of this.#client.scanIterator({
      match: this.#keys.entries(glob),
      count: SCAN_COUNT,
    })) {
      names.add(this.#keys.nameOf(key))
    }
    return [...names]
  }

  stats(): CacheStats {
    const { hits, misses } = this.#counts
    return { ...this.#counts, hitRate: hits + misses === 0 ? 0 : hits / (hits + misses) }
  }

  get #client(): RedisClient | RedisManager {
    return this.#options.client()
  }

  async #remember<Value>(
    key: string,
    ttl: CacheTtl,
    factory: () => Promise<Value> | Value,
  ): Promise<Value> {
    const name = readTags(key)
    const ms = lifetime(ttl, this.#options.defaultTtl)
    const found = await this.get<Value>(key)
    if (found !== null) return found
    const header = ms === 'expired' ? '' : await this.#header(name, ms)
    const value = await factory()
    if (value === null || value === undefined || ms === 'expired') return value
    await this.#write(name, header, this.#serialize(name.name, value), ms)
    return value
  }

  async #header({ tags }: TaggedName, ms: number | null): Promise<string> {
    return tags.length === 0 ? '' : this.#tags.header(tags, ms)
  }

  async #write(
    name: TaggedName,
    header: string,
    payload: string,
    ms: number | null,
  ): Promise<void> {
    const entry = this.#keys.entry(name)
    await this.#client.set(entry, header + payload, ms === null ? {} : { px: ms })
    this.#counts.sets++
  }

  #read<Value>(entry: string | null, header: string | null): Value | null {
    const payload = entry === null || header === null ? null : payloadAfter(header, entry)
    const value = payload === null ? null : (this.#options.serializer.deserialize(payload) as Value)
    if (value === null || value === undefined) this.#counts.misses++
    else this.#counts.hits++
    return value ?? null
  }

  #serialize(key: string, value: unknown): string {
    try {
      return this.#options.serializer.serialize(value)
    } catch (error) {
      throw new CacheSerializationError(key, error)
    }
  }

  async #unlink(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0
    if (!this.#client.isCluster) return this.#client.unlink([...keys])
    const removed = await Promise.all(keys.map(key => this.#client.unlink(key)))
    return removed.reduce((sum, one) => sum + one, 0)
  }
}

/** The entry of Stasis' configuration that selects this store. */
export function redisStore(options: RedisStoreOptions = {}): CustomStoreConfig<RedisStore> {
  return { driver: 'custom', store: new RedisStore(options) }
}

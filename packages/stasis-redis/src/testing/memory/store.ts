import { InvalidArgumentError, RedisConfigError } from '@gravito/plasma'
import { checkTags, readTags, type TaggedName, writeTags } from '../../entries/tagged-keys.js'
import { checkLimiter, type Limiter, type LimiterOptions } from '../../locks/limiter.js'
import { lockMs } from '../../locks/lock.js'
import { type CacheEventName, type CacheListener, Listeners } from '../../observability/events.js'
import { type CacheStats, Counts } from '../../observability/stats.js'
import {
  lifetimeOf,
  type RememberOptions,
  type RememberTtl,
  resolveRemember,
} from '../../remember/options.js'
import type { Factory } from '../../remember/wanted.js'
import { byKey } from '../../store/by-key.js'
import {
  checkAdded,
  checkAmount,
  checkFactory,
  checkGlob,
  checkKeys,
  checkTimes,
  checkValues,
  isNothing,
} from '../../store/checks.js'
import type { CacheContract } from '../../store/contract.js'
import { CacheNotANumberError } from '../../store/errors.js'
import type { CacheLock, CacheTtl } from '../../store/stasis.js'
import { checkDefaultTtl, type Lifetime, lifetime } from '../../store/ttl.js'
import { jsonPlus, type Serializer } from '../../values/serializer.js'
import { Values } from '../../values/values.js'
import { MemoryEntries } from './entries.js'
import { globPattern } from './glob.js'
import { MemoryLimiter } from './limiter.js'
import { MemoryLock, MemoryLocks } from './lock.js'
import { MemoryRemembering } from './remembering.js'

/** How a store in memory behaves; the meanings are those of RedisStore. */
export interface MemoryStoreOptions {
  /** Seconds for entries whose TTL is `undefined`, default `null`: for ever. */
  defaultTtl?: number | null
  /** Values are stored as its text, so that nobody shares an object with the cache. */
  serializer?: Serializer
  /** Above so many entries, the one used longest ago goes; default: no bound. */
  maxItems?: number
  /** Told of refreshes that failed in the background. */
  onError?: (error: unknown, key: string) => void
}

/**
 * RedisStore's twin for tests: the same contract in this process, by `Date.now()` and `setTimeout`, so that a test's
 * fake clock rules it.
 */
export class MemoryStore implements CacheContract {
  readonly #defaultTtl: number | null
  readonly #values: Values
  readonly #entries: MemoryEntries
  readonly #remembering: MemoryRemembering
  readonly #listeners = new Listeners('memory:')
  readonly #counts: Counts
  readonly #locks = new MemoryLocks()
  readonly #attempts = new Map<string, number[]>()

  /** @throws RedisConfigError naming the option */
  constructor(options: MemoryStoreOptions = {}) {
    const { defaultTtl = null, serializer = jsonPlus, onError = () => undefined } = options
    const { maxItems = Number.POSITIVE_INFINITY } = options
    checkDefaultTtl(defaultTtl)
    if (!(typeof maxItems === 'number' && maxItems >= 1))
      throw new RedisConfigError('maxItems', 'must be a number from 1 up')
    this.#defaultTtl = defaultTtl
    this.#values = new Values(serializer)
    this.#entries = new MemoryEntries(maxItems)
    this.#counts = new Counts(onError, this.#listeners)
    this.#remembering = new MemoryRemembering(this.#entries, this.#values, this.#counts)
  }

  async get<Value = unknown>(key: string): Promise<Value | null> {
    const name = readTags(key)
    return this.#value<Value>(name, this.#entries.read(name)?.text)
  }

  async put(key: string, value: unknown, ttl?: CacheTtl): Promise<void> {
    this.#put([[readTags(key), value]], this.#lifetime(ttl))
  }

  async add(key: string, value: unknown, ttl?: CacheTtl): Promise<boolean> {
    const name = readTags(key)
    const ms = this.#lifetime(ttl)
    checkAdded(value)
    const text = this.#values.write(name.name, value)
    if (text === null || ms === 'expired' || this.#entries.read(name)) return false
    this.#entries.write(name, text, ms)
    this.#counts.written(name.name, ms)
    return true
  }

  async forget(key: string): Promise<boolean> {
    return this.#remove(readTags(key)) !== undefined
  }

  async forgetMany(keys: readonly string[]): Promise<number> {
    checkKeys(keys, 'forgetMany')
    return keys.map(readTags).filter(name => this.#remove(name) !== undefined).length
  }

  async flush(): Promise<void> {
    this.#remembering.leaveAll()
    this.#entries.clear()
    this.#counts.flushed(null)
  }

  async increment(key: string, value = 1): Promise<number> {
    checkAmount(value)
    const name = readTags(key)
    const current = this.#entries.read(name)
    const sum = Number(current?.text ?? 0) + value
    if (!/^-?\d+$/.test(current?.text ?? '0') || !Number.isSafeInteger(sum)) {
      const cause = new RangeError('value is not an integer or out of range')
      throw new CacheNotANumberError(name.name, cause)
    }
    const text = String(sum)
    if (!this.#entries.change(name, { text })) this.#entries.write(name, text, null)
    return sum
  }

  async decrement(key: string, value = 1): Promise<number> {
    return this.increment(key, -value)
  }

  lock(name: string, seconds = 10): CacheLock {
    if (typeof name !== 'string' || name === '')
      throw new InvalidArgumentError('name', 'must be a text that is not empty')
    return new MemoryLock(this.#locks, name, lockMs(seconds))
  }

  /** Limits of this process; the algorithm is always `sliding-window`, and nothing is ever away. */
  limiter(options: LimiterOptions = {}): Limiter {
    checkLimiter(options)
    return new MemoryLimiter(this.#attempts)
  }

  async flushTags(tags: readonly string[]): Promise<void> {
    checkTags(tags)
    this.#remembering.leaveTags(tags)
    this.#entries.removeTagged(tags)
    this.#counts.flushed(tags)
  }

  tagKey(key: string, tags: readonly string[]): string {
    return writeTags(key, tags)
  }

  tagIndexAdd(_tags: readonly string[], _taggedKey: string): void {}

  tagIndexRemove(_taggedKey: string): void {}

  async has(key: string): Promise<boolean> {
    return this.#entries.read(readTags(key)) !== undefined
  }

  async many<Value = unknown>(keys: readonly string[]): Promise<Record<string, Value | null>> {
    checkKeys(keys, 'many')
    const values = await Promise.all(keys.map(key => this.get<Value>(key)))
    return byKey(keys, values)
  }

  async putMany(values: Readonly<Record<string, unknown>>, ttl?: CacheTtl): Promise<void> {
    checkValues(values)
    const entries = Object.entries(values).map(([key, value]) => [readTags(key), value] as const)
    this.#put(entries, this.#lifetime(ttl))
  }

  async forever(key: string, value: unknown): Promise<void> {
    await this.put(key, value, null)
  }

  async pull<Value = unknown>(key: string): Promise<Value | null> {
    const name = readTags(key)
    return this.#value<Value>(name, this.#remove(name)?.text)
  }

  async touch(key: string, ttl?: CacheTtl): Promise<boolean> {
    const ms = this.#lifetime(ttl)
    if (ms === 'expired') return this.forget(key)
    const endsAt = ms === null ? Number.POSITIVE_INFINITY : Date.now() + ms
    return this.#entries.change(readTags(key), { endsAt })
  }

  async ttl(key: string): Promise<number | null> {
    const endsAt = this.#entries.read(readTags(key))?.endsAt ?? Number.POSITIVE_INFINITY
    return endsAt === Number.POSITIVE_INFINITY ? null : (endsAt - Date.now()) / 1_000
  }

  async remember<Value>(
    key: string,
    ttl: RememberTtl<Value>,
    factory: Factory<Value>,
    options?: RememberOptions,
  ): Promise<Value> {
    checkFactory(factory)
    const [name, ms] = [readTags(key), lifetimeOf(ttl, this.#defaultTtl)]
    return this.#remembering.get({ ...resolveRemember(options), name, ms, factory })
  }

  rememberForever<Value>(
    key: string,
    factory: Factory<Value>,
    options?: RememberOptions,
  ): Promise<Value> {
    return this.remember(key, null, factory, options)
  }

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

  async keys(glob = '*'): Promise<string[]> {
    checkGlob(glob)
    const pattern = globPattern(glob)
    return this.#entries.names().filter(name => pattern.test(name))
  }

  stats(): CacheStats {
    return this.#counts.snapshot()
  }

  on<Name extends CacheEventName>(event: Name, listener: CacheListener<Name>): this {
    this.#listeners.on(event, listener)
    return this
  }

  off<Name extends CacheEventName>(event: Name, listener: CacheListener<Name>): this {
    this.#listeners.off(event, listener)
    return this
  }

  /** Nothing to do. */
  async close(): Promise<void> {}

  /** Everything is written as text before anything is stored. */
  #put(values: readonly (readonly [TaggedName, unknown])[], ms: Lifetime): void {
    const texts = values.map(([name, value]) =>
      isNothing(value) || ms === 'expired' ? null : this.#values.write(name.name, value),
    )
    for (const [i, [name]] of values.entries()) {
      const text = texts[i] ?? null
      if (text === null || ms === 'expired') this.#remove(name)
      else {
        this.#remembering.leave(name)
        this.#entries.write(name, text, ms)
        this.#counts.written(name.name, ms)
      }
    }
  }

  #remove(name: TaggedName) {
    this.#remembering.leave(name)
    const removed = this.#entries.remove(name)
    if (removed) this.#counts.removed(name.name)
    return removed
  }

  #value<Value>({ name }: TaggedName, text: string | undefined): Value | null {
    const value = text === undefined ? null : this.#values.read(name, text)
    if (isNothing(value)) this.#counts.miss(name)
    else this.#counts.hit(name)
    return (value ?? null) as Value | null
  }

  #lifetime(ttl: CacheTtl): Lifetime {
    return lifetime(ttl, this.#defaultTtl)
  }
}

/** A store of the same contract as RedisStore, in this process' memory. */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return new MemoryStore(options)
}

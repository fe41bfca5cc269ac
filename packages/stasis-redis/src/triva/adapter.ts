import { InvalidArgumentError, RedisConfigError } from '@gravito/plasma'
import { type OnError, Soft, warnNowAndThen } from '../availability/soft.js'
import type { Client } from '../client/many-keys.js'
import {
  type ClientSource,
  type ConnectionOptions,
  clientFrom,
  type Source,
} from '../client/source.js'
import { escapeGlob } from '../entries/keys.js'
import { keysOf, sweep } from '../entries/sweep.js'
import { CacheDeserializationError, CacheSerializationError } from '../store/errors.js'
import { jsonPlus } from '../values/serializer.js'
import { DELETE_IF, OwnLocks } from './own-locks.js'
import type { TrivaAdapter, TrivaStats } from './types.js'

/** Triva's `database`: where Redis is, and how the adapter behaves. */
export interface RedisAdapterOptions extends ConnectionOptions {
  /** Run on this instead of a connection of its own: a plasma client, a connection's name, an ioredis client. */
  client?: ClientSource
  /** In front of every key, default `triva:`; `clear` and `keys` see nothing else. */
  prefix?: string
  /** Milliseconds after which Redis counts as away, default 300. */
  deadlineMs?: number
  /** Told of every failure that reads as a miss; default: a warning of the process, once a minute. */
  onError?: OnError
}

/** Keys that start so are locks: `set` takes one only when it is free, `delete` gives back only what was taken here. */
const LOCK = 'lock:'

/**
 * The cache of Triva in Redis. Values are exact for Date, Map, Set, BigInt, Buffer and more. While Redis is away reads
 * miss and `set` is false; `delete`, `clear` and `keys` reject, so that none of them pretends.
 */
export class RedisAdapter implements TrivaAdapter {
  readonly #source: Source
  readonly #prefix: string
  readonly #soft: Soft
  readonly #locks = new OwnLocks()
  readonly #counts = { hits: 0, misses: 0, sets: 0, deletes: 0 }

  /** @throws RedisConfigError naming the option */
  constructor(options: RedisAdapterOptions = {}) {
    const { client, prefix = 'triva:', deadlineMs = 300, onError, ...connection } = options
    if (typeof prefix !== 'string' || prefix === '')
      throw new RedisConfigError('prefix', 'must be a text that is not empty')
    if (!Number.isSafeInteger(deadlineMs) || deadlineMs < 1)
      throw new RedisConfigError('deadlineMs', 'must be a whole number of milliseconds from 1 up')
    if (onError !== undefined && typeof onError !== 'function')
      throw new RedisConfigError('onError', 'must be a function')
    const [extra] = Object.keys(connection)
    if (client !== undefined && extra !== undefined)
      throw new RedisConfigError(extra, 'cannot be combined with client')
    this.#source = clientFrom(client ?? connection, 'triva')
    this.#prefix = prefix
    this.#soft = new Soft(this.#source.client, deadlineMs, onError ?? warnNowAndThen('Triva'))
  }

  /** Open the connection; rejects when Redis cannot be reached. */
  async connect(): Promise<void> {
    await this.#client().connect()
  }

  /** Close the connection, if this adapter opened it. Idempotent. */
  async disconnect(): Promise<void> {
    this.#soft.close()
    await this.#source.close()
  }

  /** The value, `null` when there is none. */
  async get(key: string): Promise<unknown | null> {
    const place = this.#place(key)
    const value = await this.#soft.run(key, undefined, async ask => {
      const text = await ask(() => this.#client().get(place))
      if (text === null) return undefined
      if (key.startsWith(LOCK)) this.#locks.read(key, text)
      return { found: read(key, text) }
    })
    this.#counts[value ? 'hits' : 'misses']++
    return value?.found ?? null
  }

  /**
   * Write a value for `ttl` milliseconds, or for ever. A time of 0 or less means that there is no entry.
   *
   * @returns false when a `lock:` key is held, by whomever, and when nothing could be written
   */
  async set(key: string, value: unknown, ttl: number | null = null): Promise<boolean> {
    const place = this.#place(key)
    const ms = wholeMs(ttl)
    const isLock = key.startsWith(LOCK)
    const text = await this.#soft.run(key, undefined, async () => write(key, value))
    if (text === undefined || (isLock && ms !== null && ms <= 0)) return false
    const done = await this.#soft.run(key, false, ask =>
      ask(async () => {
        if (ms !== null && ms <= 0) return (await this.#client().unlink(place)) >= 0
        const time = ms === null ? {} : { px: ms }
        const options = isLock ? { ...time, nx: true } : time
        return (await this.#client().set(place, text, options)) === 'OK'
      }),
    )
    if (done && isLock) this.#locks.took(key, text, ms)
    if (done) this.#counts.sets++
    return done
  }

  /**
   * Remove an entry, a lock only when it was taken here and is still held.
   *
   * @returns false when there was none to remove
   */
  async delete(key: string): Promise<boolean> {
    const place = this.#place(key)
    const removed = key.startsWith(LOCK)
      ? await this.#release(key, place)
      : (await this.#soft.ask(() => this.#client().unlink(place))) === 1
    if (removed) this.#counts.deletes++
    return removed
  }

  /** Remove every key of this adapter but the locks; resolves with how many. */
  async clear(): Promise<number> {
    const locks = this.#prefix + LOCK
    const removed = await sweep(
      this.#client(),
      this.#glob('*'),
      this.#soft.ask,
      key => !key.startsWith(locks),
    )
    this.#counts.deletes += removed
    return removed
  }

  /** The keys that match a glob, sorted; Triva's own form `users:.*` means `users:*`. */
  async keys(pattern?: string | null): Promise<string[]> {
    const found = await keysOf(this.#client(), this.#glob(glob(pattern)), this.#soft.ask)
    return [...new Set(found.map(key => key.slice(this.#prefix.length)))].sort()
  }

  /** Is there an entry? Counts as no read. */
  async has(key: string): Promise<boolean> {
    const place = this.#place(key)
    return this.#soft.run(key, false, ask =>
      ask(async () => (await this.#client().exists(place)) === 1),
    )
  }

  stats(): TrivaStats {
    const { hits, misses } = this.#counts
    const hitRate = hits + misses === 0 ? 0 : hits / (hits + misses)
    return { ...this.#counts, errors: this.#soft.errors, hitRate }
  }

  async #release(key: string, place: string): Promise<boolean> {
    const ticket = this.#locks.ticket(key)
    if (ticket === undefined) return false
    try {
      return await this.#soft.ask(() => this.#client().run(DELETE_IF, [place], [ticket]))
    } catch (error) {
      this.#locks.took(key, ticket, null)
      throw error
    }
  }

  /** A glob over the own keys. */
  #glob(names: string): string {
    return escapeGlob(this.#prefix) + names
  }

  #client(): Client {
    return this.#source.client()
  }

  #place(key: string): string {
    if (typeof key === 'string' && key !== '') return this.#prefix + key
    throw new InvalidArgumentError('key', 'must be a text that is not empty')
  }
}

function glob(pattern: string | null | undefined): string {
  if (pattern === undefined || pattern === null) return '*'
  if (typeof pattern !== 'string') throw new InvalidArgumentError('pattern', 'must be a glob')
  return pattern.replaceAll('.*', '*')
}

function wholeMs(ttl: number | null | undefined): number | null {
  if (ttl === undefined || ttl === null) return null
  if (Number.isFinite(ttl)) return Math.ceil(ttl)
  throw new InvalidArgumentError('ttl', 'must be a number of milliseconds, or null for ever')
}

function write(key: string, value: unknown): string {
  try {
    return jsonPlus.serialize(value)
  } catch (error) {
    throw new CacheSerializationError(key, error)
  }
}

function read(key: string, text: string): unknown {
  try {
    return jsonPlus.deserialize(text)
  } catch (error) {
    throw new CacheDeserializationError(key, error)
  }
}

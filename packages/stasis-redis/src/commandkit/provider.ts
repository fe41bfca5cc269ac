import { InvalidArgumentError, RedisConfigError } from '@gravito/plasma'
import { type OnError, Soft, warnNowAndThen } from '../availability/soft.js'
import { type Client, unlinkAll } from '../client/many-keys.js'
import { type ClientSource, clientFrom, type Source } from '../client/source.js'
import { escapeGlob } from '../entries/keys.js'
import { sweep } from '../entries/sweep.js'
import { CacheDeserializationError, CacheSerializationError } from '../store/errors.js'
import { jsonPlus } from '../values/serializer.js'
import { Owed } from './owed.js'
import type { Awaitable, CacheEntry, CacheProvider } from './types.js'

/** How a provider behaves. */
export interface ProviderOptions {
  /** In front of every key, default `commandkit:cache:`; `clear` removes what starts with it. */
  prefix?: string
  /** Milliseconds after which Redis counts as away, default 300. */
  deadlineMs?: number
  /** Told of every failure; default: a warning of the process, once a minute. */
  onError?: OnError
}

/**
 * The cache of CommandKit in Redis. A failure never reaches the function that is cached: it is reported, and reads as a
 * miss. What could not be deleted while Redis was away is a miss until it has been.
 */
export class RedisCacheProvider implements CacheProvider {
  /** May be replaced. Default: JSON, exact for Date, Map, Set, BigInt, Buffer and more. */
  serialize: (value: unknown) => Awaitable<string> = jsonPlus.serialize
  /** May be replaced. */
  deserialize: (text: string) => Awaitable<unknown> = jsonPlus.deserialize
  readonly #source: Source
  readonly #prefix: string
  readonly #soft: Soft
  readonly #owed = new Owed()

  /** @throws RedisConfigError naming the option */
  constructor(client?: ClientSource, options: ProviderOptions = {}) {
    const { prefix = 'commandkit:cache:', deadlineMs = 300 } = options
    const { onError = warnNowAndThen('CommandKit') } = options
    if (typeof prefix !== 'string' || prefix === '')
      throw new RedisConfigError('prefix', 'must be a text that is not empty')
    if (!Number.isSafeInteger(deadlineMs) || deadlineMs < 1)
      throw new RedisConfigError('deadlineMs', 'must be a whole number of milliseconds from 1 up')
    if (typeof onError !== 'function') throw new RedisConfigError('onError', 'must be a function')
    this.#source = clientFrom(client, 'commandkit')
    this.#prefix = prefix
    this.#soft = new Soft(this.#source.client, deadlineMs, onError)
  }

  /** Failures so far. */
  get errors(): number {
    return this.#soft.errors
  }

  /** The value and when it expires, `undefined` when there is none. */
  async get<Value>(key: string): Promise<CacheEntry<Value> | undefined> {
    const place = this.#place(key)
    return this.#soft.run(key, undefined, async ask => {
      const [text, leftMs] = await ask(async () => {
        await this.#settle()
        const client = this.#client()
        return Promise.all([client.get(place), client.pttl(place)])
      })
      if (text === null || leftMs === GONE) return undefined
      const value = await this.#read<Value>(key, text)
      return leftMs < 0 ? { value } : { value, ttl: Date.now() + leftMs }
    })
  }

  /** Write a value for `ttl` milliseconds, or for ever; a time of 0 or less deletes it. */
  async set<Value>(key: string, value: Value, ttl?: number): Promise<void> {
    const place = this.#place(key)
    const ms = wholeMs(ttl)
    if (ms !== undefined && ms <= 0) return this.delete(key)
    await this.#soft.run(key, undefined, async ask => {
      const text = await this.#write(key, value)
      await ask(async () => {
        await this.#settle()
        await this.#client().set(place, text, ms === undefined ? {} : { px: ms })
      })
    })
  }

  async exists(key: string): Promise<boolean> {
    const place = this.#place(key)
    return this.#soft.run(key, false, ask =>
      ask(async () => {
        await this.#settle()
        return (await this.#client().exists(place)) === 1
      }),
    )
  }

  async delete(key: string): Promise<void> {
    this.#owed.add(this.#place(key))
    await this.#soft.run(key, undefined, ask => ask(() => this.#settle()))
  }

  /** Remove the keys of this provider and no others, a few hundred at a time. */
  async clear(): Promise<void> {
    this.#owed.all()
    await this.#soft.run('*', undefined, async ask => {
      await ask(() => this.#client().exists(this.#prefix))
      await this.#settle()
    })
  }

  /** Let a value expire in `ttl` milliseconds; 0 or less deletes it. */
  async expire(key: string, ttl: number): Promise<void> {
    const place = this.#place(key)
    const ms = wholeMs(ttl)
    if (ms === undefined) throw new InvalidArgumentError('ttl', 'must be a number of milliseconds')
    if (ms <= 0) return this.delete(key)
    await this.#soft.run(key, undefined, ask =>
      ask(async () => {
        await this.#settle()
        await this.#client().pexpire(place, ms)
      }),
    )
  }

  /** Close the connection, if this provider opened it. */
  async disconnect(): Promise<void> {
    this.#soft.close()
    await this.#source.close()
  }

  /** Delete what is owed; nothing is read or written before that. */
  async #settle(): Promise<void> {
    await this.#owed.settle(
      places => unlinkAll(this.#client(), places),
      () => this.#removeAll(),
    )
  }

  /** However long it takes: what is owed has to be done once. */
  async #removeAll(): Promise<void> {
    const match = `${escapeGlob(this.#prefix)}*`
    await sweep(this.#client(), match, step => step())
  }

  async #read<Value>(key: string, text: string): Promise<Value> {
    try {
      return (await this.deserialize(text)) as Value
    } catch (error) {
      throw new CacheDeserializationError(key, error)
    }
  }

  async #write(key: string, value: unknown): Promise<string> {
    try {
      const text: unknown = await this.serialize(value)
      if (typeof text === 'string') return text
      throw new TypeError(`serialize gave ${typeof text} instead of text`)
    } catch (error) {
      throw new CacheSerializationError(key, error)
    }
  }

  #client(): Client {
    return this.#source.client()
  }

  #place(key: string): string {
    if (typeof key === 'string' && key !== '') return this.#prefix + key
    throw new InvalidArgumentError('key', 'must be a text that is not empty')
  }
}

/** What PTTL says of a key that does not exist. */
const GONE = -2

/** @throws InvalidArgumentError for NaN and infinity */
function wholeMs(ttl: number | null | undefined): number | undefined {
  if (ttl === undefined || ttl === null) return undefined
  if (Number.isFinite(ttl)) return Math.ceil(ttl)
  throw new InvalidArgumentError('ttl', 'must be a number of milliseconds')
}

import {
  anyNumber,
  encodeRest,
  FIRST_KEY,
  flag,
  isOptions,
  type Key,
  list,
  pairs,
  type Value,
  type ValuesOf,
  wholeNumber,
} from './arguments.js'
import { ELEMENT_SCAN, type ScanOptions, scanArguments } from './keys.js'
import { record } from './replies.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** One step of a scan over a hash: done when `cursor` is `'0'` again. */
export interface ScannedFields {
  cursor: string
  fields: Record<string, string>
}

/** One step of a scan over the names of a hash's fields. */
export interface ScannedFieldNames {
  cursor: string
  fields: string[]
}

const RANDOM = { withValues: flag }
const HASH_SCAN = { ...ELEMENT_SCAN, noValues: flag }

export abstract class Hashes<M extends Mode> extends Sender<M> {
  /** One field of the hash at `key`. */
  hget(key: Key, field: Value) {
    return this.send<string | null>('hget', [key, field], FIRST_KEY)
  }

  /**
   * Write fields of the hash at `key`; resolves with how many are new.
   *
   * @example
   * await redis.hset('user:1', { name: 'Ada', visits: 1 })
   * await redis.hset('user:1', 'name', 'Ada', 'visits', 1)
   */
  hset<T extends ValuesOf<T>>(key: Key, fields: T | ReadonlyMap<Value, Value>): Returns<M, number>
  hset(key: Key, ...flat: Value[]): Returns<M, number>
  hset(key: Key, ...given: unknown[]): Returns<M, number> {
    return this.send('hset', [key, ...pairs('fields', given)], FIRST_KEY)
  }

  /** Like `hset`, resolving with `'OK'`; kept for older code. */
  hmset<T extends ValuesOf<T>>(key: Key, fields: T | ReadonlyMap<Value, Value>): Returns<M, 'OK'>
  hmset(key: Key, ...flat: Value[]): Returns<M, 'OK'>
  hmset(key: Key, ...given: unknown[]): Returns<M, 'OK'> {
    return this.send('hmset', [key, ...pairs('fields', given)], FIRST_KEY)
  }

  /** Write `field` unless it exists; resolves with 1 when written. */
  hsetnx(key: Key, field: Value, value: Value) {
    return this.send<0 | 1>('hsetnx', [key, field, value], FIRST_KEY)
  }

  /** Many fields of the hash at `key`, `null` for each that is missing. */
  hmget(key: Key, ...fields: (Value | readonly Value[])[]) {
    return this.send<(string | null)[]>('hmget', [key, ...list('fields', fields)], FIRST_KEY)
  }

  /** The whole hash at `key`, `{}` when there is none. */
  hgetall(key: Key) {
    return this.send('hgetall', [key], FIRST_KEY, record)
  }

  /** Remove fields; resolves with how many were there. */
  hdel(key: Key, ...fields: (Value | readonly Value[])[]) {
    return this.send<number>('hdel', [key, ...list('fields', fields)], FIRST_KEY)
  }

  /** 1 when the hash at `key` has `field`. */
  hexists(key: Key, field: Value) {
    return this.send<0 | 1>('hexists', [key, field], FIRST_KEY)
  }

  /** Add `increment` to the number in `field`; resolves with the sum. */
  hincrby(key: Key, field: Value, increment: number | bigint) {
    return this.send<number>(
      'hincrby',
      [key, field, wholeNumber('increment', increment)],
      FIRST_KEY,
    )
  }

  /** Add a fractional `increment` to the number in `field`. */
  hincrbyfloat(key: Key, field: Value, increment: number) {
    return this.send(
      'hincrbyfloat',
      [key, field, anyNumber('increment', increment)],
      FIRST_KEY,
      Number,
    )
  }

  /** The names of all fields. */
  hkeys(key: Key) {
    return this.send<string[]>('hkeys', [key], FIRST_KEY)
  }

  /** The values of all fields. */
  hvals(key: Key) {
    return this.send<string[]>('hvals', [key], FIRST_KEY)
  }

  /** How many fields the hash at `key` has. */
  hlen(key: Key) {
    return this.send<number>('hlen', [key], FIRST_KEY)
  }

  /** Length of the value of `field` in bytes. */
  hstrlen(key: Key, field: Value) {
    return this.send<number>('hstrlen', [key, field], FIRST_KEY)
  }

  /** One field at random. */
  hrandfield(key: Key): Returns<M, string | null>
  /** Up to `count` different fields at random; a negative count may repeat them. */
  hrandfield(key: Key, count: number, options?: { withValues?: false }): Returns<M, string[]>
  /** With their values; a field that is repeated comes once. */
  hrandfield(
    key: Key,
    count: number,
    options: { withValues: true },
  ): Returns<M, Record<string, string>>
  hrandfield(key: Key, count: number, ...positional: string[]): Returns<M, string[]>
  hrandfield(key: Key, count?: number, ...rest: unknown[]): Returns<M, never> {
    const args = count === undefined ? [key] : [key, wholeNumber('count', count)]
    const [options] = rest
    const withValues = isOptions(options) && options.withValues === true
    return this.send(
      'hrandfield',
      [...args, ...encodeRest(rest, RANDOM)],
      FIRST_KEY,
      withValues ? (flatRecord as never) : undefined,
    )
  }

  /** One step through the fields of the hash at `key`; start at `'0'`. */
  hscan(
    key: Key,
    cursor: string | number,
    options?: ScanOptions & { noValues?: false },
  ): Returns<M, ScannedFields>
  /** One step through the names of the fields alone (Redis 7.4). */
  hscan(
    key: Key,
    cursor: string | number,
    options: ScanOptions & { noValues: true },
  ): Returns<M, ScannedFieldNames>
  /** With the positional form the reply is the pair that Redis sends. */
  hscan(
    key: Key,
    cursor: string | number,
    ...positional: (string | number)[]
  ): Returns<M, [string, string[]]>
  hscan(key: Key, cursor: string | number, ...rest: unknown[]): Returns<M, never> {
    const [options] = rest
    const names = isOptions(options) && options.noValues === true
    return this.send(
      'hscan',
      ...scanArguments(key, cursor, rest, HASH_SCAN, found => ({
        fields: names ? found : record(found),
      })),
    )
  }
}

/** RESP3 sends fields and values in pairs. */
const flatRecord = (raw: string[] | [string, string][]) => record(raw.flat())

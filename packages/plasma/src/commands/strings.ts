import {
  ALL_KEYS,
  anyNumber,
  encodeOptions,
  encodeRest,
  FIRST_KEY,
  flag,
  isOptions,
  KEY_VALUE_PAIRS,
  type Key,
  list,
  pairs,
  positive,
  TWO_KEYS,
  type Value,
  wholeNumber,
} from './arguments.js'
import { ok, okOrNull } from './replies.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** When a value expires: at most one of them. Seconds, milliseconds, or a Unix time in either. */
export type Expiry =
  | { ex?: number; px?: never; exat?: never; pxat?: never }
  | { px: number; ex?: never; exat?: never; pxat?: never }
  | { exat: number; ex?: never; px?: never; pxat?: never }
  | { pxat: number; ex?: never; px?: never; exat?: never }

/** `nx` writes only a new key, `xx` only an existing one. */
export type Condition = { nx?: boolean; xx?: never } | { xx: boolean; nx?: never }

/** `keepTtl` leaves the expiry as it is; `get` resolves with the old value. */
export type SetOptions = Condition &
  (
    | (Expiry & { keepTtl?: never })
    | { keepTtl: boolean; ex?: never; px?: never; exat?: never; pxat?: never }
  ) & {
    get?: boolean
  }

/** `persist` takes the expiry away. */
export type GetExOptions = (Expiry & { persist?: never }) | { persist: true }

const EXPIRY = { ex: positive, px: positive, exat: positive, pxat: positive }
const SET = { ...EXPIRY, nx: flag, xx: flag, keepTtl: flag, get: flag }
const GETEX = { ...EXPIRY, persist: flag }

export abstract class Strings<M extends Mode> extends Sender<M> {
  /** The value at `key`, `null` when there is none. */
  get(key: Key) {
    return this.send<string | null>('get', [key], FIRST_KEY)
  }

  /**
   * Write `value` at `key`; resolves with `null` when the `nx` or `xx` condition is not met.
   *
   * @example
   * await redis.set('otp:42', '1234', { ex: 60, nx: true })
   * await redis.set('otp:42', '1234', 'EX', 60, 'NX')
   */
  set(key: Key, value: Value, options: SetOptions & { get: true }): Returns<M, string | null>
  set(key: Key, value: Value, options?: SetOptions): Returns<M, 'OK' | null>
  set(key: Key, value: Value, ...positional: (string | number)[]): Returns<M, 'OK' | null>
  set(key: Key, value: Value, ...rest: unknown[]): Returns<M, string | null> {
    return this.send('set', [key, value, ...encodeRest(rest, SET)], FIRST_KEY, setReply(rest))
  }

  /** Write `value` at `key` for `seconds` (above 0). */
  setex(key: Key, seconds: number, value: Value) {
    return this.send<'OK'>('setex', [key, wholeNumber('seconds', seconds, 1), value], FIRST_KEY, ok)
  }

  /** Write `value` at `key` for `milliseconds` (above 0). */
  psetex(key: Key, milliseconds: number, value: Value) {
    return this.send<'OK'>(
      'psetex',
      [key, wholeNumber('milliseconds', milliseconds, 1), value],
      FIRST_KEY,
      ok,
    )
  }

  /** Write `value` unless `key` exists; resolves with 1 when written. */
  setnx(key: Key, value: Value) {
    return this.send<0 | 1>('setnx', [key, value], FIRST_KEY)
  }

  /** The value at `key`, changing when it expires. */
  getex(key: Key, options: GetExOptions = {}) {
    return this.send<string | null>('getex', [key, ...encodeOptions(options, GETEX)], FIRST_KEY)
  }

  /** The value at `key`, which is deleted. */
  getdel(key: Key) {
    return this.send<string | null>('getdel', [key], FIRST_KEY)
  }

  /** Write `value` and resolve with the old one. */
  getset(key: Key, value: Value) {
    return this.send<string | null>('getset', [key, value], FIRST_KEY)
  }

  /** The values of many keys, `null` for each that is missing. */
  mget(...keys: (Key | readonly Key[])[]) {
    return this.send<(string | null)[]>('mget', list('keys', keys), ALL_KEYS)
  }

  /** Write many keys at once, all or nothing. */
  mset(values: Record<string, Value> | ReadonlyMap<Key, Value>): Returns<M, 'OK'>
  mset(...flat: Value[]): Returns<M, 'OK'>
  mset(...given: unknown[]): Returns<M, 'OK'> {
    return this.send('mset', pairs('values', given), KEY_VALUE_PAIRS)
  }

  /** Write many keys at once unless one of them exists; resolves with 1 when written. */
  msetnx(values: Record<string, Value> | ReadonlyMap<Key, Value>): Returns<M, 0 | 1>
  msetnx(...flat: Value[]): Returns<M, 0 | 1>
  msetnx(...given: unknown[]): Returns<M, 0 | 1> {
    return this.send('msetnx', pairs('values', given), KEY_VALUE_PAIRS)
  }

  /** Add one to the number at `key`; resolves with the sum. */
  incr(key: Key) {
    return this.send<number>('incr', [key], FIRST_KEY)
  }

  /** Add `increment` to the number at `key`. */
  incrby(key: Key, increment: number | bigint) {
    return this.send<number>('incrby', [key, wholeNumber('increment', increment)], FIRST_KEY)
  }

  /** Add a fractional `increment` to the number at `key`. */
  incrbyfloat(key: Key, increment: number) {
    return this.send('incrbyfloat', [key, anyNumber('increment', increment)], FIRST_KEY, Number)
  }

  /** Subtract one from the number at `key`. */
  decr(key: Key) {
    return this.send<number>('decr', [key], FIRST_KEY)
  }

  /** Subtract `decrement` from the number at `key`. */
  decrby(key: Key, decrement: number | bigint) {
    return this.send<number>('decrby', [key, wholeNumber('decrement', decrement)], FIRST_KEY)
  }

  /** Append to the value at `key`; resolves with the new length in bytes. */
  append(key: Key, value: Value) {
    return this.send<number>('append', [key, value], FIRST_KEY)
  }

  /** Length of the value at `key` in bytes, 0 when there is none. */
  strlen(key: Key) {
    return this.send<number>('strlen', [key], FIRST_KEY)
  }

  /** Part of the value at `key`, both ends included; negative positions count from the end. */
  getrange(key: Key, start: number, end: number) {
    return this.send<string>(
      'getrange',
      [key, wholeNumber('start', start), wholeNumber('end', end)],
      FIRST_KEY,
    )
  }

  /** Overwrite part of the value at `key`; resolves with the new length in bytes. */
  setrange(key: Key, offset: number, value: Value) {
    return this.send<number>('setrange', [key, wholeNumber('offset', offset, 0), value], FIRST_KEY)
  }

  /** The longest common subsequence of two values. */
  lcs(key1: Key, key2: Key) {
    return this.send<string>('lcs', [key1, key2], TWO_KEYS)
  }
}

/** With GET the reply is the old value, not Redis' own word. */
const setReply = ([first, ...others]: readonly unknown[]) => {
  const returnsOld = isOptions(first)
    ? first.get === true
    : [first, ...others].some(it => String(it).toUpperCase() === 'GET')
  return returnsOld ? undefined : (okOrNull as (raw: never) => string | null)
}

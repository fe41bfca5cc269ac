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
  notNegative,
  pairs,
  positive,
  TWO_KEYS,
  type Value,
  type ValuesOf,
  wholeNumber,
  word,
} from './arguments.js'
import { ok, okOrNull, textOrNull } from './replies.js'
import { type RawMap, shaped } from './reports.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** When a value expires: at most one of them. Seconds, milliseconds, or a Unix time in either. */
export type Expiry =
  | { ex?: number; px?: never; exat?: never; pxat?: never }
  | { px: number; ex?: never; exat?: never; pxat?: never }
  | { exat: number; ex?: never; px?: never; pxat?: never }
  | { pxat: number; ex?: never; px?: never; exat?: never }

/** `nx` writes only a new key, `xx` only an existing one. */
export type Condition = { nx?: boolean; xx?: never } | { xx: boolean; nx?: never }

/** Only while the value, or its digest (see `digest`), is or is not this one: Redis 8.4. */
export type Comparison =
  | { ifEq: Value; ifNe?: never; ifDeq?: never; ifDne?: never }
  | { ifNe: Value; ifEq?: never; ifDeq?: never; ifDne?: never }
  | { ifDeq: string; ifEq?: never; ifNe?: never; ifDne?: never }
  | { ifDne: string; ifEq?: never; ifNe?: never; ifDeq?: never }

/** `keepTtl` leaves the expiry as it is; `get` resolves with the old value. */
export type SetOptions = (
  | (Condition & { ifEq?: never; ifNe?: never; ifDeq?: never; ifDne?: never })
  | (Comparison & { nx?: never; xx?: never })
) &
  (
    | (Expiry & { keepTtl?: never })
    | { keepTtl: boolean; ex?: never; px?: never; exat?: never; pxat?: never }
  ) & {
    get?: boolean
  }

/** `persist` takes the expiry away. */
export type GetExOptions = (Expiry & { persist?: never }) | { persist: true }

/** Which keys `msetex` writes (none, if the condition is not met), and until when. */
export type SetManyOptions = Condition &
  ((Expiry & { keepTtl?: never }) | { keepTtl: boolean; ex?: never; px?: never })

/** Where two values have a part in common: first and last position in each, both included. */
export interface CommonPart {
  a: [first: number, last: number]
  b: [first: number, last: number]
  /** Only with `withMatchLen`. */
  length?: number
}

/** The longest common subsequence by position, the last part first. */
export interface CommonParts {
  matches: CommonPart[]
  length: number
}

/** `minMatchLen` leaves out shorter parts. */
export type PartsOptions = { idx: true; minMatchLen?: number; withMatchLen?: boolean; len?: never }

const EXPIRY = { ex: positive, px: positive, exat: positive, pxat: positive }
const COMPARISON = { ifEq: word, ifNe: word, ifDeq: word, ifDne: word }
const SET_MANY = { ...EXPIRY, nx: flag, xx: flag, keepTtl: flag }
const SET = { ...SET_MANY, ...COMPARISON, get: flag }
const LCS = { len: flag, idx: flag, minMatchLen: notNegative, withMatchLen: flag }
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
  getex(key: Key, options?: GetExOptions): Returns<M, string | null>
  getex(key: Key, ...positional: (string | number)[]): Returns<M, string | null>
  getex(key: Key, ...rest: unknown[]): Returns<M, string | null> {
    return this.send('getex', [key, ...encodeRest(rest, GETEX)], FIRST_KEY)
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
  mset<T extends ValuesOf<T>>(values: T | ReadonlyMap<Key, Value>): Returns<M, 'OK'>
  mset(...flat: Value[]): Returns<M, 'OK'>
  mset(...given: unknown[]): Returns<M, 'OK'> {
    return this.send('mset', pairs('values', given), KEY_VALUE_PAIRS)
  }

  /** Write many keys at once unless one of them exists; resolves with 1 when written. */
  msetnx<T extends ValuesOf<T>>(values: T | ReadonlyMap<Key, Value>): Returns<M, 0 | 1>
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

  /** Like `getrange`; kept for older code. */
  substr(key: Key, start: number, end: number) {
    return this.send<string>(
      'substr',
      [key, wholeNumber('start', start), wholeNumber('end', end)],
      FIRST_KEY,
    )
  }

  /** The longest common subsequence of two values. */
  lcs(key1: Key, key2: Key): Returns<M, string>
  /** Its length in bytes. */
  lcs(key1: Key, key2: Key, options: { len: true; idx?: never }): Returns<M, number>
  /** Where its parts stand in the values. */
  lcs(key1: Key, key2: Key, options: PartsOptions): Returns<M, CommonParts>
  lcs(key1: Key, key2: Key, ...positional: (string | number)[]): Returns<M, unknown>
  lcs(key1: Key, key2: Key, ...rest: unknown[]): Returns<M, never> {
    const [options] = rest
    const decode = isOptions(options) && options.idx === true ? (commonParts as never) : undefined
    return this.send('lcs', [key1, key2, ...encodeRest(rest, LCS)], TWO_KEYS, decode)
  }

  /** Write many keys at once with one expiry, all or nothing; resolves with 1 when written. Redis 8.4. */
  msetex<T extends ValuesOf<T>>(
    values: T | ReadonlyMap<Key, Value> | readonly Value[],
    options: SetManyOptions = {},
  ) {
    const flat = pairs('values', [values])
    const args = [flat.length / 2, ...flat, ...encodeOptions(options, SET_MANY)]
    return this.send<0 | 1>('msetex', args, { first: 1, last: flat.length - 1, step: 2 })
  }

  /** Delete `key` while its value is, or is not, a certain one; resolves with 1 when deleted. Redis 8.4. */
  delex(key: Key, condition: Comparison | Record<string, never> = {}) {
    return this.send<0 | 1>('delex', [key, ...encodeOptions(condition, COMPARISON)], FIRST_KEY)
  }

  /** A hash of the value at `key` in hexadecimal, `null` when there is none. Redis 8.4. */
  digest(key: Key) {
    return this.send('digest', [key], FIRST_KEY, textOrNull)
  }
}

function commonParts(raw: RawMap): CommonParts {
  const { matches, len } = shaped(raw) as { matches: [number[], number[], number?][]; len: number }
  return {
    matches: matches.map(([a, b, length]) => ({
      a: a as CommonPart['a'],
      b: b as CommonPart['b'],
      ...(length === undefined ? {} : { length }),
    })),
    length: len,
  }
}

/** With GET the reply is the old value, not Redis' own word. */
const setReply = ([first, ...others]: readonly unknown[]) => {
  const returnsOld = isOptions(first)
    ? first.get === true
    : [first, ...others].some(it => String(it).toUpperCase() === 'GET')
  return returnsOld ? undefined : (okOrNull as (raw: never) => string | null)
}

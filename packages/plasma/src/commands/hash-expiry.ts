import {
  type Argument,
  encodeOptions,
  FIRST_KEY,
  flag,
  isOptions,
  type Key,
  list,
  pairs,
  positive,
  type Value,
  type ValuesOf,
  wholeNumber,
} from './arguments.js'
import { EXPIRE, type ExpireOptions } from './key-expiry.js'
import { type Mode, type Returns, Sender } from './sender.js'
import type { Expiry, GetExOptions } from './strings.js'

/** What became of a field's expiry: 1 set, 0 condition not met, 2 deleted at once, -2 no such field. */
export type FieldExpired = -2 | 0 | 1 | 2

/** What became of a field whose expiry was taken away: 1 done, -1 it had none, -2 no such field. */
export type FieldPersisted = -2 | -1 | 1

/** `fnx` writes only if none of the fields exists, `fxx` only if all do. */
export type SetFieldsOptions = ({ fnx?: boolean; fxx?: never } | { fxx: boolean; fnx?: never }) &
  ((Expiry & { keepTtl?: never }) | { keepTtl: boolean; ex?: never; px?: never })

type Fields = Value | readonly Value[]

const EXPIRY = { ex: positive, px: positive, exat: positive, pxat: positive }
const GET = { ...EXPIRY, persist: flag }
const SET = { ...EXPIRY, fnx: flag, fxx: flag, keepTtl: flag }

/** Fields of a hash that expire each for itself (Redis 7.4; `hgetex`, `hsetex` and `hgetdel` Redis 8). */
export abstract class HashExpiry<M extends Mode> extends Sender<M> {
  /**
   * Let fields expire in `seconds` (0 or less deletes them); one answer per field.
   *
   * @example
   * await redis.hexpire('user:1', 60, ['otp', 'token'], { nx: true })
   * await redis.hexpire('user:1', 60, 'NX', 'FIELDS', 2, 'otp', 'token')
   */
  hexpire(
    key: Key,
    seconds: number,
    fields: Fields,
    options?: ExpireOptions,
  ): Returns<M, FieldExpired[]>
  hexpire(key: Key, seconds: number, ...positional: Value[]): Returns<M, FieldExpired[]>
  hexpire(key: Key, seconds: number, ...rest: unknown[]): Returns<M, FieldExpired[]> {
    return this.send('hexpire', expiry(key, 'seconds', seconds, rest), FIRST_KEY)
  }

  /** Let fields expire in `milliseconds`. */
  hpexpire(
    key: Key,
    milliseconds: number,
    fields: Fields,
    options?: ExpireOptions,
  ): Returns<M, FieldExpired[]>
  hpexpire(key: Key, milliseconds: number, ...positional: Value[]): Returns<M, FieldExpired[]>
  hpexpire(key: Key, milliseconds: number, ...rest: unknown[]): Returns<M, FieldExpired[]> {
    return this.send('hpexpire', expiry(key, 'milliseconds', milliseconds, rest), FIRST_KEY)
  }

  /** Let fields expire at a Unix time in seconds. */
  hexpireat(
    key: Key,
    timestamp: number,
    fields: Fields,
    options?: ExpireOptions,
  ): Returns<M, FieldExpired[]>
  hexpireat(key: Key, timestamp: number, ...positional: Value[]): Returns<M, FieldExpired[]>
  hexpireat(key: Key, timestamp: number, ...rest: unknown[]): Returns<M, FieldExpired[]> {
    return this.send('hexpireat', expiry(key, 'timestamp', timestamp, rest), FIRST_KEY)
  }

  /** Let fields expire at a Unix time in milliseconds. */
  hpexpireat(
    key: Key,
    timestamp: number,
    fields: Fields,
    options?: ExpireOptions,
  ): Returns<M, FieldExpired[]>
  hpexpireat(key: Key, timestamp: number, ...positional: Value[]): Returns<M, FieldExpired[]>
  hpexpireat(key: Key, timestamp: number, ...rest: unknown[]): Returns<M, FieldExpired[]> {
    return this.send('hpexpireat', expiry(key, 'timestamp', timestamp, rest), FIRST_KEY)
  }

  /** Seconds until each field expires, -1 when it never does, -2 when there is none. */
  httl(key: Key, ...fields: Fields[]) {
    return this.send<number[]>('httl', [key, ...counted(fields)], FIRST_KEY)
  }

  /** Milliseconds until each field expires, -1 when it never does, -2 when there is none. */
  hpttl(key: Key, ...fields: Fields[]) {
    return this.send<number[]>('hpttl', [key, ...counted(fields)], FIRST_KEY)
  }

  /** Unix time in seconds when each field expires, -1 when it never does, -2 when there is none. */
  hexpiretime(key: Key, ...fields: Fields[]) {
    return this.send<number[]>('hexpiretime', [key, ...counted(fields)], FIRST_KEY)
  }

  /** Unix time in milliseconds when each field expires, -1 when it never does, -2 when there is none. */
  hpexpiretime(key: Key, ...fields: Fields[]) {
    return this.send<number[]>('hpexpiretime', [key, ...counted(fields)], FIRST_KEY)
  }

  /** Let fields live as long as their hash. */
  hpersist(key: Key, ...fields: Fields[]) {
    return this.send<FieldPersisted[]>('hpersist', [key, ...counted(fields)], FIRST_KEY)
  }

  /** Values of fields, changing when these expire; `null` for each that is missing. Redis 8. */
  hgetex(key: Key, fields: Fields, options: GetExOptions = {}) {
    return this.send<(string | null)[]>(
      'hgetex',
      [key, ...encodeOptions(options, GET), ...counted([fields])],
      FIRST_KEY,
    )
  }

  /** Write fields with one expiry; resolves with 0 when the condition is not met. Redis 8. */
  hsetex<T extends ValuesOf<T>>(
    key: Key,
    fields: T | ReadonlyMap<Value, Value> | readonly Value[],
    options: SetFieldsOptions = {},
  ) {
    const flat = pairs('fields', [fields])
    return this.send<0 | 1>(
      'hsetex',
      [key, ...encodeOptions(options, SET), 'FIELDS', flat.length / 2, ...flat],
      FIRST_KEY,
    )
  }

  /** Values of fields, which are deleted; `null` for each that is missing. Redis 8. */
  hgetdel(key: Key, ...fields: Fields[]) {
    return this.send<(string | null)[]>('hgetdel', [key, ...counted(fields)], FIRST_KEY)
  }
}

/** `FIELDS`, how many, and the fields. */
function counted(given: readonly Fields[]): Argument[] {
  const fields = list('fields', given)
  return ['FIELDS', fields.length, ...fields]
}

function expiry(key: Key, unit: string, time: number, rest: readonly unknown[]): Argument[] {
  const [fields = [], options = {}] = rest
  const when = [key, wholeNumber(unit, time)]
  if (rest.length > 1 && options !== undefined && !isOptions(options)) {
    return [...when, ...(rest as Argument[])]
  }
  return [...when, ...encodeOptions(options as object, EXPIRE), ...counted([fields as Fields])]
}

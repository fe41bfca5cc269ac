import { type Argument, encodeRest, FIRST_KEY, flag, type Key, wholeNumber } from './arguments.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** When an expiry applies: without one (`nx`), with one (`xx`), only later (`gt`), only sooner (`lt`). */
export type ExpireOptions = { nx?: boolean; xx?: boolean; gt?: boolean; lt?: boolean }

export const EXPIRE = { nx: flag, xx: flag, gt: flag, lt: flag }

export abstract class KeyExpiry<M extends Mode> extends Sender<M> {
  /** Let `key` expire in `seconds` (0 or less deletes it); resolves with 0 when there is no such key. */
  expire(key: Key, seconds: number, options?: ExpireOptions): Returns<M, 0 | 1>
  expire(key: Key, seconds: number, ...positional: string[]): Returns<M, 0 | 1>
  expire(key: Key, seconds: number, ...rest: unknown[]): Returns<M, 0 | 1> {
    return this.send('expire', expiry(key, 'seconds', seconds, rest), FIRST_KEY)
  }

  /** Let `key` expire in `milliseconds`. */
  pexpire(key: Key, milliseconds: number, options?: ExpireOptions): Returns<M, 0 | 1>
  pexpire(key: Key, milliseconds: number, ...positional: string[]): Returns<M, 0 | 1>
  pexpire(key: Key, milliseconds: number, ...rest: unknown[]): Returns<M, 0 | 1> {
    return this.send('pexpire', expiry(key, 'milliseconds', milliseconds, rest), FIRST_KEY)
  }

  /** Let `key` expire at a Unix time in seconds. */
  expireat(key: Key, timestamp: number, options?: ExpireOptions): Returns<M, 0 | 1>
  expireat(key: Key, timestamp: number, ...positional: string[]): Returns<M, 0 | 1>
  expireat(key: Key, timestamp: number, ...rest: unknown[]): Returns<M, 0 | 1> {
    return this.send('expireat', expiry(key, 'timestamp', timestamp, rest), FIRST_KEY)
  }

  /** Let `key` expire at a Unix time in milliseconds. */
  pexpireat(key: Key, timestamp: number, options?: ExpireOptions): Returns<M, 0 | 1>
  pexpireat(key: Key, timestamp: number, ...positional: string[]): Returns<M, 0 | 1>
  pexpireat(key: Key, timestamp: number, ...rest: unknown[]): Returns<M, 0 | 1> {
    return this.send('pexpireat', expiry(key, 'timestamp', timestamp, rest), FIRST_KEY)
  }

  /** Unix time in seconds when `key` expires, -1 when it never does, -2 when there is none. */
  expiretime(key: Key) {
    return this.send<number>('expiretime', [key], FIRST_KEY)
  }

  /** Unix time in milliseconds when `key` expires, -1 when it never does, -2 when there is none. */
  pexpiretime(key: Key) {
    return this.send<number>('pexpiretime', [key], FIRST_KEY)
  }

  /** Seconds until `key` expires, -1 when it never does, -2 when there is none. */
  ttl(key: Key) {
    return this.send<number>('ttl', [key], FIRST_KEY)
  }

  /** Milliseconds until `key` expires, -1 when it never does, -2 when there is none. */
  pttl(key: Key) {
    return this.send<number>('pttl', [key], FIRST_KEY)
  }

  /** Let `key` live for ever; resolves with 1 when it had an expiry. */
  persist(key: Key) {
    return this.send<0 | 1>('persist', [key], FIRST_KEY)
  }
}

const expiry = (key: Key, unit: string, time: number, rest: unknown[]): Argument[] => [
  key,
  wholeNumber(unit, time),
  ...encodeRest(rest, EXPIRE),
]

import {
  type Argument,
  choice,
  countedKeys,
  encodeRest,
  FIRST_KEY,
  type Key,
  type Keys,
  keysFrom,
  list,
  seconds,
  TWO_KEYS,
  type Value,
  whole,
  wholeNumber,
} from './arguments.js'
import { ok, withoutPrefix } from './replies.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** An end of a list. */
export type Side = 'left' | 'right'

/** An element, and the list that it was taken from. */
export interface PoppedElement {
  key: string
  element: string
}

/** Elements, and the list that they were taken from. */
export interface PoppedElements {
  key: string
  elements: string[]
}

/** `rank` starts at the n-th match (negative: from the end), `maxlen` bounds how many elements are looked at. */
export type PositionOptions = { rank?: number; maxlen?: number }

const POSITION = { rank: whole, maxlen: whole, count: whole }
const POP = { count: whole }

export abstract class Lists<M extends Mode> extends Sender<M> {
  /** Push to the left end; resolves with the new length. */
  lpush(key: Key, ...values: (Value | readonly Value[])[]) {
    return this.send<number>('lpush', [key, ...list('values', values)], FIRST_KEY)
  }

  /** Push to the right end; resolves with the new length. */
  rpush(key: Key, ...values: (Value | readonly Value[])[]) {
    return this.send<number>('rpush', [key, ...list('values', values)], FIRST_KEY)
  }

  /** Push to the left end of an existing list; resolves with 0 when there is none. */
  lpushx(key: Key, ...values: (Value | readonly Value[])[]) {
    return this.send<number>('lpushx', [key, ...list('values', values)], FIRST_KEY)
  }

  /** Push to the right end of an existing list; resolves with 0 when there is none. */
  rpushx(key: Key, ...values: (Value | readonly Value[])[]) {
    return this.send<number>('rpushx', [key, ...list('values', values)], FIRST_KEY)
  }

  /** Take the leftmost element. */
  lpop(key: Key): Returns<M, string | null>
  /** Take up to `count` elements from the left; `null` when there is no list. */
  lpop(key: Key, count: number): Returns<M, string[] | null>
  lpop(key: Key, count?: number): Returns<M, string | string[] | null> {
    const args = count === undefined ? [key] : [key, wholeNumber('count', count, 0)]
    return this.send('lpop', args, FIRST_KEY)
  }

  /** Take the rightmost element. */
  rpop(key: Key): Returns<M, string | null>
  /** Take up to `count` elements from the right; `null` when there is no list. */
  rpop(key: Key, count: number): Returns<M, string[] | null>
  rpop(key: Key, count?: number): Returns<M, string | string[] | null> {
    const args = count === undefined ? [key] : [key, wholeNumber('count', count, 0)]
    return this.send('rpop', args, FIRST_KEY)
  }

  /** Length of the list at `key`. */
  llen(key: Key) {
    return this.send<number>('llen', [key], FIRST_KEY)
  }

  /** Elements between two positions, both included; negative positions count from the end. */
  lrange(key: Key, start: number, stop: number) {
    return this.send<string[]>(
      'lrange',
      [key, wholeNumber('start', start), wholeNumber('stop', stop)],
      FIRST_KEY,
    )
  }

  /** The element at a position. */
  lindex(key: Key, index: number) {
    return this.send<string | null>('lindex', [key, wholeNumber('index', index)], FIRST_KEY)
  }

  /** Overwrite the element at a position. */
  lset(key: Key, index: number, value: Value) {
    return this.send<'OK'>('lset', [key, wholeNumber('index', index), value], FIRST_KEY, ok)
  }

  /** Insert next to `pivot`; resolves with the new length, -1 when there is no pivot. */
  linsert(key: Key, where: 'before' | 'after' | 'BEFORE' | 'AFTER', pivot: Value, value: Value) {
    return this.send<number>(
      'linsert',
      [key, choice('where', where, 'BEFORE', 'AFTER'), pivot, value],
      FIRST_KEY,
    )
  }

  /** Remove `count` elements equal to `value` (0: all, negative: from the right); resolves with how many. */
  lrem(key: Key, count: number, value: Value) {
    return this.send<number>('lrem', [key, wholeNumber('count', count), value], FIRST_KEY)
  }

  /** Keep only the elements between two positions. */
  ltrim(key: Key, start: number, stop: number) {
    return this.send<'OK'>(
      'ltrim',
      [key, wholeNumber('start', start), wholeNumber('stop', stop)],
      FIRST_KEY,
      ok,
    )
  }

  /** Move one element from an end of `source` to an end of `destination`. */
  lmove(source: Key, destination: Key, from: Side, to: Side) {
    return this.send<string | null>(
      'lmove',
      [source, destination, sideOf('from', from), sideOf('to', to)],
      TWO_KEYS,
    )
  }

  /** Move the last element of `source` to the front of `destination`. */
  rpoplpush(source: Key, destination: Key) {
    return this.send<string | null>('rpoplpush', [source, destination], TWO_KEYS)
  }

  /** The position of `value`. */
  lpos(
    key: Key,
    value: Value,
    options?: PositionOptions & { count?: never },
  ): Returns<M, number | null>
  /** The positions of `value`, at most `count` of them (0: all). */
  lpos(key: Key, value: Value, options: PositionOptions & { count: number }): Returns<M, number[]>
  lpos(
    key: Key,
    value: Value,
    ...positional: (string | number)[]
  ): Returns<M, number | number[] | null>
  lpos(key: Key, value: Value, ...rest: unknown[]): Returns<M, never> {
    return this.send('lpos', [key, value, ...encodeRest(rest, POSITION)], FIRST_KEY)
  }

  /** Take elements from the first list that has any. */
  lmpop(
    keys: readonly Key[],
    side: Side,
    options?: { count?: number },
  ): Returns<M, PoppedElements | null>
  lmpop(numberOfKeys: number, ...positional: Value[]): Returns<M, PoppedElements | null>
  lmpop(...given: unknown[]): Returns<M, PoppedElements | null> {
    const { args, count, rest } = countedKeys(given)
    return this.send('lmpop', [...args, ...popArguments(rest)], keysFrom(1, count), poppedElements)
  }

  /**
   * Take the leftmost element of the first list that has any, waiting for one at most `timeout` seconds (0 for ever);
   * `null` when none came.
   *
   * @example
   * const job = await redis.blpop(['urgent', 'jobs'], 5)   // { key: 'jobs', element: '…' }
   */
  blpop(keys: Key | readonly Key[], timeout: number): Returns<M, PoppedElement | null>
  blpop(...keysAndTimeout: [...keys: Key[], timeout: number]): Returns<M, PoppedElement | null>
  blpop(...given: unknown[]): Returns<M, PoppedElement | null> {
    return this.send('blpop', ...blockingArguments(given), poppedElement)
  }

  /** Like `blpop` from the right end. */
  brpop(keys: Key | readonly Key[], timeout: number): Returns<M, PoppedElement | null>
  brpop(...keysAndTimeout: [...keys: Key[], timeout: number]): Returns<M, PoppedElement | null>
  brpop(...given: unknown[]): Returns<M, PoppedElement | null> {
    return this.send('brpop', ...blockingArguments(given), poppedElement)
  }

  /** Like `lmove`, waiting for an element at most `timeout` seconds (0 for ever). */
  blmove(source: Key, destination: Key, from: Side, to: Side, timeout: number) {
    const sides = [sideOf('from', from), sideOf('to', to)]
    return this.send<string | null>(
      'blmove',
      [source, destination, ...sides, seconds('timeout', timeout)],
      TWO_KEYS,
    )
  }

  /** Like `rpoplpush`, waiting for an element at most `timeout` seconds (0 for ever). */
  brpoplpush(source: Key, destination: Key, timeout: number) {
    return this.send<string | null>(
      'brpoplpush',
      [source, destination, seconds('timeout', timeout)],
      TWO_KEYS,
    )
  }

  /** Like `lmpop`, waiting for elements at most `timeout` seconds (0 for ever). */
  blmpop(
    timeout: number,
    keys: readonly Key[],
    side: Side,
    options?: { count?: number },
  ): Returns<M, PoppedElements | null>
  blmpop(
    timeout: number,
    numberOfKeys: number,
    ...positional: Value[]
  ): Returns<M, PoppedElements | null>
  blmpop(timeout: number, ...given: unknown[]): Returns<M, PoppedElements | null> {
    const { args, count, rest } = countedKeys(given)
    return this.send(
      'blmpop',
      [seconds('timeout', timeout), ...args, ...popArguments(rest)],
      keysFrom(2, count),
      poppedElements,
    )
  }
}

const sideOf = (argument: string, side: unknown): Argument =>
  choice(argument, side, 'LEFT', 'RIGHT')

const popArguments = ([side, ...rest]: readonly unknown[]): Argument[] => [
  sideOf('side', side),
  ...encodeRest(rest, POP),
]

/** Keys and the timeout behind them, however they are grouped. */
export function blockingArguments(given: readonly unknown[]): [args: Argument[], keys: Keys] {
  const keys = given.flat()
  const timeout = seconds('timeout', keys.pop())
  return [[...list('keys', keys as Key[]), timeout], { first: 0, last: -2, step: 1 }]
}

const poppedElement = (raw: [string, string] | null, keyPrefix: string): PoppedElement | null =>
  raw && { key: withoutPrefix(raw[0], keyPrefix), element: raw[1] }

const poppedElements = (raw: [string, string[]] | null, keyPrefix: string): PoppedElements | null =>
  raw && { key: withoutPrefix(raw[0], keyPrefix), elements: raw[1] }

import {
  type Argument,
  encodeOptions,
  FIRST_KEY,
  flag,
  Invalid,
  isOptions,
  type Key,
  type Keys,
  limit,
  type OptionTable,
  TWO_KEYS,
  wholeNumber,
} from './arguments.js'
import { type ScoredMember, scored } from './replies.js'
import { type Decode, type Mode, type Returns, Sender } from './sender.js'

export type RangeOptions = {
  /** Read by score or by name instead of by rank. */
  by?: 'score' | 'lex'
  /** Highest first; `start` is then the highest. */
  rev?: boolean
  limit?: { offset: number; count: number }
}

/** Part of a range by score or name. */
export type LimitOptions = { limit?: { offset: number; count: number } }

export type WithScores = { withScores: true }
export type WithoutScores = { withScores?: false }

/** A bound by score: a number, `'(5'` to exclude it, `'-inf'` and `'+inf'`; by name: `'[a'`, `'(a'`, `'-'`, `'+'`. */
export type Bound = string | number

export const withScores = (_: boolean): Argument[] => ['WITHSCORES']
const by = (value: string): Argument[] =>
  value === 'score' || value === 'lex'
    ? [`BY${value.toUpperCase()}`]
    : [new Invalid('by', "must be 'score' or 'lex'")]

const RANGE = { by, rev: flag, limit, withScores }
const PART = { limit, withScores }

export abstract class SortedSetRanges<M extends Mode> extends Sender<M> {
  /** How many members have a score between the bounds. */
  zcount(key: Key, min: Bound, max: Bound) {
    return this.send<number>('zcount', [key, min, max], FIRST_KEY)
  }

  /** How many members have a name between the bounds. */
  zlexcount(key: Key, min: Bound, max: Bound) {
    return this.send<number>('zlexcount', [key, min, max], FIRST_KEY)
  }

  /**
   * Members between two ranks, scores or names (see `by`).
   *
   * @example
   * await redis.zrange('board', 0, 9, { rev: true, withScores: true })   // [{ member, score }]
   * await redis.zrange('board', 0, 9, 'WITHSCORES')                      // flat, as Redis sends it
   */
  zrange(
    key: Key,
    start: Bound,
    stop: Bound,
    options?: RangeOptions & WithoutScores,
  ): Returns<M, string[]>
  zrange(
    key: Key,
    start: Bound,
    stop: Bound,
    options: RangeOptions & WithScores,
  ): Returns<M, ScoredMember[]>
  zrange(
    key: Key,
    start: Bound,
    stop: Bound,
    ...positional: (string | number)[]
  ): Returns<M, string[]>
  zrange(key: Key, start: Bound, stop: Bound, ...rest: unknown[]): Returns<M, never> {
    return this.send('zrange', ...range([key, start, stop], rest, RANGE))
  }

  /** Store a range at `destination`; resolves with how many members. */
  zrangestore(
    destination: Key,
    source: Key,
    start: Bound,
    stop: Bound,
    options: RangeOptions = {},
  ) {
    return this.send<number>(
      'zrangestore',
      [destination, source, start, stop, ...encodeOptions(options, RANGE)],
      TWO_KEYS,
    )
  }

  /** Members between two ranks, highest score first. */
  zrevrange(key: Key, start: number, stop: number, options?: WithoutScores): Returns<M, string[]>
  zrevrange(key: Key, start: number, stop: number, options: WithScores): Returns<M, ScoredMember[]>
  zrevrange(key: Key, start: number, stop: number, ...positional: string[]): Returns<M, string[]>
  zrevrange(key: Key, start: number, stop: number, ...rest: unknown[]): Returns<M, never> {
    return this.send('zrevrange', ...range([key, start, stop], rest, { withScores }))
  }

  /** Members with a score between the bounds. */
  zrangebyscore(
    key: Key,
    min: Bound,
    max: Bound,
    options?: LimitOptions & WithoutScores,
  ): Returns<M, string[]>
  zrangebyscore(
    key: Key,
    min: Bound,
    max: Bound,
    options: LimitOptions & WithScores,
  ): Returns<M, ScoredMember[]>
  zrangebyscore(
    key: Key,
    min: Bound,
    max: Bound,
    ...positional: (string | number)[]
  ): Returns<M, string[]>
  zrangebyscore(key: Key, min: Bound, max: Bound, ...rest: unknown[]): Returns<M, never> {
    return this.send('zrangebyscore', ...range([key, min, max], rest, PART))
  }

  /** Members with a score between the bounds, highest first; `max` comes first. */
  zrevrangebyscore(
    key: Key,
    max: Bound,
    min: Bound,
    options?: LimitOptions & WithoutScores,
  ): Returns<M, string[]>
  zrevrangebyscore(
    key: Key,
    max: Bound,
    min: Bound,
    options: LimitOptions & WithScores,
  ): Returns<M, ScoredMember[]>
  zrevrangebyscore(
    key: Key,
    max: Bound,
    min: Bound,
    ...positional: (string | number)[]
  ): Returns<M, string[]>
  zrevrangebyscore(key: Key, max: Bound, min: Bound, ...rest: unknown[]): Returns<M, never> {
    return this.send('zrevrangebyscore', ...range([key, max, min], rest, PART))
  }

  /** Members with a name between the bounds. */
  zrangebylex(key: Key, min: Bound, max: Bound, options: LimitOptions = {}) {
    return this.send<string[]>(
      'zrangebylex',
      [key, min, max, ...encodeOptions(options, { limit })],
      FIRST_KEY,
    )
  }

  /** Members with a name between the bounds, last first; `max` comes first. */
  zrevrangebylex(key: Key, max: Bound, min: Bound, options: LimitOptions = {}) {
    return this.send<string[]>(
      'zrevrangebylex',
      [key, max, min, ...encodeOptions(options, { limit })],
      FIRST_KEY,
    )
  }

  /** Remove members between two ranks; resolves with how many. */
  zremrangebyrank(key: Key, start: number, stop: number) {
    return this.send<number>(
      'zremrangebyrank',
      [key, wholeNumber('start', start), wholeNumber('stop', stop)],
      FIRST_KEY,
    )
  }

  /** Remove members with a score between the bounds; resolves with how many. */
  zremrangebyscore(key: Key, min: Bound, max: Bound) {
    return this.send<number>('zremrangebyscore', [key, min, max], FIRST_KEY)
  }

  /** Remove members with a name between the bounds; resolves with how many. */
  zremrangebylex(key: Key, min: Bound, max: Bound) {
    return this.send<number>('zremrangebylex', [key, min, max], FIRST_KEY)
  }
}

type Sent = [args: Argument[], keys: Keys, decode?: Decode<never>]

/** A range, or what takes its options: with an options object, or the positional form as it is. */
export function range(args: Argument[], rest: readonly unknown[], table: OptionTable): Sent {
  const [options] = rest
  if (options !== undefined && !isOptions(options))
    return [[...args, ...(rest as Argument[])], FIRST_KEY]
  return [[...args, ...encodeOptions(options ?? {}, table)], FIRST_KEY, decodeScores(options)]
}

/** Members come with scores where the options ask for them. */
export const decodeScores = (options: object | undefined) =>
  options && 'withScores' in options && options.withScores
    ? (raw: readonly string[]) => scored(raw.flat()) as never
    : undefined

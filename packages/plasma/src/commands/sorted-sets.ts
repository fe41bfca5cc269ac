import {
  type Argument,
  anyNumber,
  encodeOptions,
  FIRST_KEY,
  flag,
  Invalid,
  isOptions,
  type Key,
  type Keys,
  keysFrom,
  limit,
  list,
  type OptionTable,
  TWO_KEYS,
  type Value,
  whole,
  wholeNumber,
} from './arguments.js'
import { ELEMENT_SCAN, type ScanOptions } from './keys.js'
import { numberOrNull, type ScoredMember, score, scored, scoreOrNull } from './replies.js'
import { type Decode, type Mode, type Returns, Sender } from './sender.js'

/** What `zadd` takes: a member, text or bytes, and its score. */
export interface NewMember {
  member: Value
  score: number
}

/**
 * `nx` adds only new members, `xx` changes only existing ones, `gt` and `lt` only raise or lower a score, `ch`
 * counts changed members too.
 */
export type AddOptions = { nx?: boolean; xx?: boolean; gt?: boolean; lt?: boolean; ch?: boolean }

export type RangeOptions = {
  /** Read by score or by name instead of by rank. */
  by?: 'score' | 'lex'
  /** Highest first; `start` is then the highest. */
  rev?: boolean
  limit?: { offset: number; count: number }
}

/** Part of a range by score or name. */
export type LimitOptions = { limit?: { offset: number; count: number } }

/** How scores of the same member in several sets become one. */
export type CombineOptions = { weights?: readonly number[]; aggregate?: 'sum' | 'min' | 'max' }

type WithScores = { withScores: true }
type WithoutScores = { withScores?: false }

/** A bound by score: a number, `'(5'` to exclude it, `'-inf'` and `'+inf'`; by name: `'[a'`, `'(a'`, `'-'`, `'+'`. */
export type Bound = string | number

const withScores = (_: boolean): Argument[] => ['WITHSCORES']
const by = (value: string): Argument[] =>
  value === 'score' || value === 'lex'
    ? [`BY${value.toUpperCase()}`]
    : [new Invalid('by', "must be 'score' or 'lex'")]
const weights = (value: readonly number[]): Argument[] => [
  'WEIGHTS',
  ...value.map(weight => anyNumber('weights', weight)),
]
const aggregate = (value: string): Argument[] => ['AGGREGATE', value.toUpperCase()]

const ADD = { nx: flag, xx: flag, gt: flag, lt: flag, ch: flag }
const RANGE = { by, rev: flag, limit, withScores }
const PART = { limit, withScores }
const COMBINE = { weights, aggregate, withScores }
const POP = { count: whole }
const CARD = { limit: whole }

export abstract class SortedSets<M extends Mode> extends Sender<M> {
  /**
   * Add members with their scores; resolves with how many are new.
   *
   * @example
   * await redis.zadd('board', { member: 'ada', score: 10 })
   * await redis.zadd('board', [{ member: 'ada', score: 12 }], { gt: true })
   * await redis.zadd('board', 12, 'ada')
   */
  zadd(
    key: Key,
    members: NewMember | readonly NewMember[],
    options?: AddOptions,
  ): Returns<M, number>
  zadd(key: Key, ...members: NewMember[]): Returns<M, number>
  zadd(key: Key, ...positional: Value[]): Returns<M, number>
  zadd(key: Key, ...given: unknown[]): Returns<M, number> {
    return this.send('zadd', [key, ...addArguments(given)], FIRST_KEY)
  }

  /** Add to the score of a member; resolves with the sum. */
  zincrby(key: Key, increment: number, member: Value) {
    return this.send('zincrby', [key, anyNumber('increment', increment), member], FIRST_KEY, score)
  }

  /** Remove members; resolves with how many were there. */
  zrem(key: Key, ...members: (Value | readonly Value[])[]) {
    return this.send<number>('zrem', [key, ...list('members', members)], FIRST_KEY)
  }

  /** The score of a member. */
  zscore(key: Key, member: Value) {
    return this.send('zscore', [key, member], FIRST_KEY, scoreOrNull)
  }

  /** The scores of many members. */
  zmscore(key: Key, ...members: (Value | readonly Value[])[]) {
    return this.send(
      'zmscore',
      [key, ...list('members', members)],
      FIRST_KEY,
      (raw: (string | null)[]) => raw.map(scoreOrNull),
    )
  }

  /** How many members the sorted set has. */
  zcard(key: Key) {
    return this.send<number>('zcard', [key], FIRST_KEY)
  }

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

  /** Rank of a member from 0, lowest score first. */
  zrank(key: Key, member: Value) {
    return this.send('zrank', [key, member], FIRST_KEY, numberOrNull)
  }

  /** Rank of a member from 0, highest score first. */
  zrevrank(key: Key, member: Value) {
    return this.send('zrevrank', [key, member], FIRST_KEY, numberOrNull)
  }

  /** Take up to `count` members with the lowest scores. */
  zpopmin(key: Key, count = 1) {
    return this.send('zpopmin', [key, wholeNumber('count', count, 0)], FIRST_KEY, scored)
  }

  /** Take up to `count` members with the highest scores. */
  zpopmax(key: Key, count = 1) {
    return this.send('zpopmax', [key, wholeNumber('count', count, 0)], FIRST_KEY, scored)
  }

  /** Take members from the first sorted set that has any. */
  zmpop(keys: readonly Key[], end: 'min' | 'max', options: { count?: number } = {}) {
    return this.send(
      'zmpop',
      [keys.length, ...list('keys', keys), end.toUpperCase(), ...encodeOptions(options, POP)],
      keysFrom(1, keys.length),
      (raw: [string, [string, string][]] | null) =>
        raw && { key: raw[0], members: scored(raw[1].flat()) },
    )
  }

  /** One member at random. */
  zrandmember(key: Key): Returns<M, string | null>
  /** Up to `count` different members at random; a negative count may repeat them. */
  zrandmember(key: Key, count: number): Returns<M, string[]>
  zrandmember(key: Key, count?: number): Returns<M, string | string[] | null> {
    const args = count === undefined ? [key] : [key, wholeNumber('count', count)]
    return this.send('zrandmember', args, FIRST_KEY)
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

  /** Members of any of the sorted sets, lowest combined score first. */
  zunion(keys: readonly Key[], options?: CombineOptions & WithoutScores): Returns<M, string[]>
  zunion(keys: readonly Key[], options: CombineOptions & WithScores): Returns<M, ScoredMember[]>
  zunion(keys: readonly Key[], options: object = {}): Returns<M, never> {
    return this.send('zunion', ...combine(keys, options))
  }

  /** Members of every one of the sorted sets. */
  zinter(keys: readonly Key[], options?: CombineOptions & WithoutScores): Returns<M, string[]>
  zinter(keys: readonly Key[], options: CombineOptions & WithScores): Returns<M, ScoredMember[]>
  zinter(keys: readonly Key[], options: object = {}): Returns<M, never> {
    return this.send('zinter', ...combine(keys, options))
  }

  /** Members of the first sorted set that are in no other. */
  zdiff(keys: readonly Key[], options?: WithoutScores): Returns<M, string[]>
  zdiff(keys: readonly Key[], options: WithScores): Returns<M, ScoredMember[]>
  zdiff(keys: readonly Key[], options: object = {}): Returns<M, never> {
    return this.send('zdiff', ...combine(keys, options))
  }

  /** Store the union; resolves with how many members. */
  zunionstore(destination: Key, keys: readonly Key[], options: CombineOptions = {}) {
    return this.send<number>('zunionstore', ...storeArguments(destination, keys, options))
  }

  /** Store the intersection; resolves with how many members. */
  zinterstore(destination: Key, keys: readonly Key[], options: CombineOptions = {}) {
    return this.send<number>('zinterstore', ...storeArguments(destination, keys, options))
  }

  /** Store the difference; resolves with how many members. */
  zdiffstore(destination: Key, keys: readonly Key[]) {
    return this.send<number>('zdiffstore', ...storeArguments(destination, keys, {}))
  }

  /** How many members are in every one of the sorted sets; `limit` stops counting there. */
  zintercard(keys: readonly Key[], options: { limit?: number } = {}) {
    return this.send<number>(
      'zintercard',
      [keys.length, ...list('keys', keys), ...encodeOptions(options, CARD)],
      keysFrom(1, keys.length),
    )
  }

  /** One step through the members of the sorted set at `key`; start at `'0'`. */
  zscan(key: Key, cursor: string | number, options: ScanOptions = {}) {
    const args = [key, wholeNumber('cursor', cursor, 0), ...encodeOptions(options, ELEMENT_SCAN)]
    return this.send('zscan', args, FIRST_KEY, ([next, flat]: [string, string[]]) => ({
      cursor: String(next),
      members: scored(flat),
    }))
  }
}

type Sent = [args: Argument[], keys: Keys, decode?: Decode<never>]

function range(args: Argument[], rest: readonly unknown[], table: OptionTable): Sent {
  const [options] = rest
  if (options !== undefined && !isOptions(options))
    return [[...args, ...(rest as Argument[])], FIRST_KEY]
  return [[...args, ...encodeOptions(options ?? {}, table)], FIRST_KEY, decodeScores(options)]
}

function combine(keys: readonly Key[], options: object): Sent {
  const args = [keys.length, ...list('keys', keys), ...encodeOptions(options, COMBINE)]
  return [args, keysFrom(1, keys.length), decodeScores(options)]
}

const decodeScores = (options: object | undefined) =>
  options && 'withScores' in options && options.withScores
    ? (scored as (raw: readonly string[]) => never)
    : undefined

function addArguments(given: readonly unknown[]): Argument[] {
  const [first, second] = given
  if (!Array.isArray(first) && !isOptions(first)) return given as Argument[]
  const last = given.at(-1)
  const hasOptions = given.length > 1 && isOptions(last) && !('member' in last)
  const members = (hasOptions ? [first] : given).flat() as NewMember[]
  if (hasOptions && second !== last) return [new Invalid('options', 'must follow the members')]
  if (members.length === 0) return [new Invalid('members', 'must hold at least one')]
  return [
    ...encodeOptions(hasOptions ? last : {}, ADD),
    ...members.flatMap(({ member, score }) => [anyNumber('score', score), member]),
  ]
}

function storeArguments(destination: Key, keys: readonly Key[], options: object) {
  const args = [destination, keys.length, ...list('keys', keys), ...encodeOptions(options, COMBINE)]
  return [args, [0, ...keys.map((_, i) => i + 2)] as Keys] as const
}

import {
  type Argument,
  anyNumber,
  choice,
  encodeOptions,
  FIRST_KEY,
  flag,
  Invalid,
  isOptions,
  type Key,
  type Keys,
  keysFrom,
  list,
  seconds,
  type Value,
  whole,
  wholeNumber,
} from './arguments.js'
import { ELEMENT_SCAN, type ScanOptions } from './keys.js'
import { blockingArguments } from './lists.js'
import {
  numberOrNull,
  type ScoredMember,
  score,
  scored,
  scoreOrNull,
  withoutPrefix,
} from './replies.js'
import { type Decode, type Mode, type Returns, Sender } from './sender.js'
import { range, type WithoutScores, type WithScores, withScores } from './sorted-set-ranges.js'

/** What `zadd` takes: a member, text or bytes, and its score. */
export interface NewMember {
  member: Value
  score: number
}

/** A member, its score, and the sorted set that it was taken from. */
export interface PoppedMember extends ScoredMember {
  key: string
}

/** Members, and the sorted set that they were taken from. */
export interface PoppedMembers {
  key: string
  members: ScoredMember[]
}

/** Where a member stands. */
export interface Ranked {
  rank: number
  score: number
}

/**
 * `nx` adds only new members, `xx` changes only existing ones, `gt` and `lt` only raise or lower a score, `ch`
 * counts changed members too.
 */
export type AddOptions = { nx?: boolean; xx?: boolean; gt?: boolean; lt?: boolean; ch?: boolean }

type End = 'min' | 'max'
type RankOptions = { withScore?: boolean }

const ADD = { nx: flag, xx: flag, gt: flag, lt: flag, ch: flag }
const POP = { count: whole }
const RANK = { withScore: flag }

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

  /** Rank of a member from 0, lowest score first. */
  zrank(key: Key, member: Value, options?: { withScore?: false }): Returns<M, number | null>
  /** Rank and score (Redis 7.2). */
  zrank(key: Key, member: Value, options: { withScore: true }): Returns<M, Ranked | null>
  zrank(key: Key, member: Value, options?: RankOptions): Returns<M, number | Ranked | null> {
    return this.send('zrank', ...rankArguments(key, member, options))
  }

  /** Rank of a member from 0, highest score first. */
  zrevrank(key: Key, member: Value, options?: { withScore?: false }): Returns<M, number | null>
  /** Rank and score (Redis 7.2). */
  zrevrank(key: Key, member: Value, options: { withScore: true }): Returns<M, Ranked | null>
  zrevrank(key: Key, member: Value, options?: RankOptions): Returns<M, number | Ranked | null> {
    return this.send('zrevrank', ...rankArguments(key, member, options))
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
  zmpop(keys: readonly Key[], end: End, options: { count?: number } = {}) {
    const args = [keys.length, ...list('keys', keys), endOf(end)]
    return this.send(
      'zmpop',
      [...args, ...encodeOptions(options, POP)],
      keysFrom(1, keys.length),
      poppedMembers,
    )
  }

  /**
   * Take the member with the lowest score of the first sorted set that has any, waiting for one at most `timeout`
   * seconds (0 for ever); `null` when none came.
   */
  bzpopmin(keys: Key | readonly Key[], timeout: number): Returns<M, PoppedMember | null>
  bzpopmin(...keysAndTimeout: [...keys: Key[], timeout: number]): Returns<M, PoppedMember | null>
  bzpopmin(...given: unknown[]): Returns<M, PoppedMember | null> {
    return this.send('bzpopmin', ...blockingArguments(given), poppedMember)
  }

  /** Like `bzpopmin` with the highest score. */
  bzpopmax(keys: Key | readonly Key[], timeout: number): Returns<M, PoppedMember | null>
  bzpopmax(...keysAndTimeout: [...keys: Key[], timeout: number]): Returns<M, PoppedMember | null>
  bzpopmax(...given: unknown[]): Returns<M, PoppedMember | null> {
    return this.send('bzpopmax', ...blockingArguments(given), poppedMember)
  }

  /** Like `zmpop`, waiting for members at most `timeout` seconds (0 for ever). */
  bzmpop(timeout: number, keys: readonly Key[], end: End, options: { count?: number } = {}) {
    const args = [seconds('timeout', timeout), keys.length, ...list('keys', keys), endOf(end)]
    return this.send(
      'bzmpop',
      [...args, ...encodeOptions(options, POP)],
      keysFrom(2, keys.length),
      poppedMembers,
    )
  }

  /** One member at random. */
  zrandmember(key: Key): Returns<M, string | null>
  /** Up to `count` different members at random; a negative count may repeat them. */
  zrandmember(key: Key, count: number, options?: WithoutScores): Returns<M, string[]>
  zrandmember(key: Key, count: number, options: WithScores): Returns<M, ScoredMember[]>
  zrandmember(key: Key, count: number, ...positional: string[]): Returns<M, string[]>
  zrandmember(key: Key, count?: number, ...rest: unknown[]): Returns<M, never> {
    const args = count === undefined ? [key] : [key, wholeNumber('count', count)]
    return this.send('zrandmember', ...range(args, rest, { withScores }))
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

const endOf = (end: End): Argument => choice('end', end, 'MIN', 'MAX')

const poppedMember = (raw: [string, string, string] | null, keyPrefix: string) =>
  raw && { key: withoutPrefix(raw[0], keyPrefix), member: raw[1], score: score(raw[2]) }

const poppedMembers = (
  raw: [string, [string, string][]] | null,
  keyPrefix: string,
): PoppedMembers | null =>
  raw && { key: withoutPrefix(raw[0], keyPrefix), members: scored(raw[1].flat()) }

const ranked = (raw: [number, string] | null): Ranked | null =>
  raw && { rank: Number(raw[0]), score: score(raw[1]) }

function rankArguments(key: Key, member: Value, options: RankOptions = {}) {
  const args = [key, member, ...encodeOptions(options, RANK)]
  const decode = options.withScore ? ranked : numberOrNull
  return [args, FIRST_KEY, decode as never] as [Argument[], Keys, Decode<never>]
}

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

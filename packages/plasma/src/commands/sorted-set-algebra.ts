import {
  type Argument,
  anyNumber,
  choice,
  encodeOptions,
  type Key,
  type Keys,
  keysFrom,
  list,
  whole,
} from './arguments.js'
import type { ScoredMember } from './replies.js'
import { type Decode, type Mode, type Returns, Sender } from './sender.js'
import {
  decodeScores,
  type WithoutScores,
  type WithScores,
  withScores,
} from './sorted-set-ranges.js'

/** How scores of the same member in several sets become one. */
export type CombineOptions = { weights?: readonly number[]; aggregate?: 'sum' | 'min' | 'max' }

const weights = (value: readonly number[]): Argument[] => [
  'WEIGHTS',
  ...value.map(weight => anyNumber('weights', weight)),
]
const aggregate = (value: string): Argument[] => [
  'AGGREGATE',
  choice('aggregate', value, 'SUM', 'MIN', 'MAX'),
]

const COMBINE = { weights, aggregate, withScores }
const CARD = { limit: whole }

export abstract class SortedSetAlgebra<M extends Mode> extends Sender<M> {
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
}

type Sent = [args: Argument[], keys: Keys, decode?: Decode<never>]

function combine(keys: readonly Key[], options: object): Sent {
  const args = [keys.length, ...list('keys', keys), ...encodeOptions(options, COMBINE)]
  return [args, keysFrom(1, keys.length), decodeScores(options)]
}

function storeArguments(destination: Key, keys: readonly Key[], options: object) {
  const args = [destination, keys.length, ...list('keys', keys), ...encodeOptions(options, COMBINE)]
  return [args, [0, ...keys.map((_, i) => i + 2)] as Keys] as const
}

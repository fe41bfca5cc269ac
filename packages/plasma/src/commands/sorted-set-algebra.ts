import {
  type Argument,
  anyNumber,
  choice,
  countedKeys,
  encodeRest,
  isOptions,
  type Key,
  type Keys,
  keysFrom,
  type OptionTable,
  type Value,
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

const STORE = { weights, aggregate }
const COMBINE = { ...STORE, withScores }
const CARD = { limit: whole }

export abstract class SortedSetAlgebra<M extends Mode> extends Sender<M> {
  /** Members of any of the sorted sets, lowest combined score first. */
  zunion(keys: readonly Key[], options?: CombineOptions & WithoutScores): Returns<M, string[]>
  zunion(keys: readonly Key[], options: CombineOptions & WithScores): Returns<M, ScoredMember[]>
  zunion(numberOfKeys: number, ...positional: Value[]): Returns<M, string[]>
  zunion(...given: unknown[]): Returns<M, never> {
    return this.send('zunion', ...combine(given))
  }

  /** Members of every one of the sorted sets. */
  zinter(keys: readonly Key[], options?: CombineOptions & WithoutScores): Returns<M, string[]>
  zinter(keys: readonly Key[], options: CombineOptions & WithScores): Returns<M, ScoredMember[]>
  zinter(numberOfKeys: number, ...positional: Value[]): Returns<M, string[]>
  zinter(...given: unknown[]): Returns<M, never> {
    return this.send('zinter', ...combine(given))
  }

  /** Members of the first sorted set that are in no other. */
  zdiff(keys: readonly Key[], options?: WithoutScores): Returns<M, string[]>
  zdiff(keys: readonly Key[], options: WithScores): Returns<M, ScoredMember[]>
  zdiff(numberOfKeys: number, ...positional: Value[]): Returns<M, string[]>
  zdiff(...given: unknown[]): Returns<M, never> {
    return this.send('zdiff', ...combine(given))
  }

  /** Store the union; resolves with how many members. */
  zunionstore(destination: Key, keys: readonly Key[], options?: CombineOptions): Returns<M, number>
  zunionstore(destination: Key, numberOfKeys: number, ...positional: Value[]): Returns<M, number>
  zunionstore(destination: Key, ...given: unknown[]): Returns<M, number> {
    return this.send('zunionstore', ...storeArguments(destination, given))
  }

  /** Store the intersection; resolves with how many members. */
  zinterstore(destination: Key, keys: readonly Key[], options?: CombineOptions): Returns<M, number>
  zinterstore(destination: Key, numberOfKeys: number, ...positional: Value[]): Returns<M, number>
  zinterstore(destination: Key, ...given: unknown[]): Returns<M, number> {
    return this.send('zinterstore', ...storeArguments(destination, given))
  }

  /** Store the difference; resolves with how many members. */
  zdiffstore(destination: Key, keys: readonly Key[]): Returns<M, number>
  zdiffstore(destination: Key, numberOfKeys: number, ...positional: Value[]): Returns<M, number>
  zdiffstore(destination: Key, ...given: unknown[]): Returns<M, number> {
    return this.send('zdiffstore', ...storeArguments(destination, given, {}))
  }

  /** How many members are in every one of the sorted sets; `limit` stops counting there. */
  zintercard(keys: readonly Key[], options?: { limit?: number }): Returns<M, number>
  zintercard(numberOfKeys: number, ...positional: Value[]): Returns<M, number>
  zintercard(...given: unknown[]): Returns<M, number> {
    const { args, count, rest } = countedKeys(given)
    return this.send('zintercard', [...args, ...encodeRest(rest, CARD)], keysFrom(1, count))
  }
}

type Sent = [args: Argument[], keys: Keys, decode?: Decode<never>]

function combine(given: readonly unknown[]): Sent {
  const { args, count, rest } = countedKeys(given)
  const [options] = rest
  return [
    [...args, ...encodeRest(rest, COMBINE)],
    keysFrom(1, count),
    isOptions(options) ? decodeScores(options) : undefined,
  ]
}

function storeArguments(
  destination: Key,
  given: readonly unknown[],
  table: OptionTable = STORE,
): [args: Argument[], keys: Keys] {
  const { args, count, rest } = countedKeys(given)
  const keys = Array.from({ length: count }, (_, i) => i + 2)
  return [
    [destination, ...args, ...encodeRest(rest, table)],
    [0, ...keys],
  ]
}

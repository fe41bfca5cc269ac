import {
  ALL_KEYS,
  countedKeys,
  encodeRest,
  FIRST_KEY,
  type Key,
  keysFrom,
  list,
  TWO_KEYS,
  type Value,
  whole,
  wholeNumber,
} from './arguments.js'
import { ELEMENT_SCAN, type ScanOptions, scanArguments } from './keys.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** One step of a scan over a set: done when `cursor` is `'0'` again. */
export interface ScannedMembers {
  cursor: string
  members: string[]
}

const CARD = { limit: whole }

export abstract class Sets<M extends Mode> extends Sender<M> {
  /** Add members; resolves with how many are new. */
  sadd(key: Key, ...members: (Value | readonly Value[])[]) {
    return this.send<number>('sadd', [key, ...list('members', members)], FIRST_KEY)
  }

  /** Remove members; resolves with how many were there. */
  srem(key: Key, ...members: (Value | readonly Value[])[]) {
    return this.send<number>('srem', [key, ...list('members', members)], FIRST_KEY)
  }

  /** All members of the set at `key`. */
  smembers(key: Key) {
    return this.send<string[]>('smembers', [key], FIRST_KEY)
  }

  /** 1 when `member` is in the set. */
  sismember(key: Key, member: Value) {
    return this.send<0 | 1>('sismember', [key, member], FIRST_KEY)
  }

  /** For each member 1 when it is in the set. */
  smismember(key: Key, ...members: (Value | readonly Value[])[]) {
    return this.send<(0 | 1)[]>('smismember', [key, ...list('members', members)], FIRST_KEY)
  }

  /** How many members the set has. */
  scard(key: Key) {
    return this.send<number>('scard', [key], FIRST_KEY)
  }

  /** Take one member at random. */
  spop(key: Key): Returns<M, string | null>
  /** Take up to `count` members at random. */
  spop(key: Key, count: number): Returns<M, string[]>
  spop(key: Key, count?: number): Returns<M, string | string[] | null> {
    const args = count === undefined ? [key] : [key, wholeNumber('count', count, 0)]
    return this.send('spop', args, FIRST_KEY)
  }

  /** One member at random. */
  srandmember(key: Key): Returns<M, string | null>
  /** Up to `count` different members at random; a negative count may repeat them. */
  srandmember(key: Key, count: number): Returns<M, string[]>
  srandmember(key: Key, count?: number): Returns<M, string | string[] | null> {
    const args = count === undefined ? [key] : [key, wholeNumber('count', count)]
    return this.send('srandmember', args, FIRST_KEY)
  }

  /** Move a member to another set; resolves with 1 when moved. */
  smove(source: Key, destination: Key, member: Value) {
    return this.send<0 | 1>('smove', [source, destination, member], TWO_KEYS)
  }

  /** Members that are in every set. */
  sinter(...keys: (Key | readonly Key[])[]) {
    return this.send<string[]>('sinter', list('keys', keys), ALL_KEYS)
  }

  /** Store the members that are in every set; resolves with how many. */
  sinterstore(destination: Key, ...keys: (Key | readonly Key[])[]) {
    return this.send<number>('sinterstore', [destination, ...list('keys', keys)], ALL_KEYS)
  }

  /** How many members are in every set; `limit` stops counting there. */
  sintercard(keys: readonly Key[], options?: { limit?: number }): Returns<M, number>
  sintercard(numberOfKeys: number, ...positional: Value[]): Returns<M, number>
  sintercard(...given: unknown[]): Returns<M, number> {
    const { args, count, rest } = countedKeys(given)
    return this.send('sintercard', [...args, ...encodeRest(rest, CARD)], keysFrom(1, count))
  }

  /** Members that are in any set. */
  sunion(...keys: (Key | readonly Key[])[]) {
    return this.send<string[]>('sunion', list('keys', keys), ALL_KEYS)
  }

  /** Store the members that are in any set; resolves with how many. */
  sunionstore(destination: Key, ...keys: (Key | readonly Key[])[]) {
    return this.send<number>('sunionstore', [destination, ...list('keys', keys)], ALL_KEYS)
  }

  /** Members of the first set that are in no other. */
  sdiff(...keys: (Key | readonly Key[])[]) {
    return this.send<string[]>('sdiff', list('keys', keys), ALL_KEYS)
  }

  /** Store the members of the first set that are in no other; resolves with how many. */
  sdiffstore(destination: Key, ...keys: (Key | readonly Key[])[]) {
    return this.send<number>('sdiffstore', [destination, ...list('keys', keys)], ALL_KEYS)
  }

  /** One step through the members of the set at `key`; start at `'0'`. */
  sscan(key: Key, cursor: string | number, options?: ScanOptions): Returns<M, ScannedMembers>
  /** With the positional form the reply is the pair that Redis sends. */
  sscan(
    key: Key,
    cursor: string | number,
    ...positional: (string | number)[]
  ): Returns<M, [string, string[]]>
  sscan(key: Key, cursor: string | number, ...rest: unknown[]): Returns<M, never> {
    return this.send(
      'sscan',
      ...scanArguments(key, cursor, rest, ELEMENT_SCAN, members => ({ members })),
    )
  }
}

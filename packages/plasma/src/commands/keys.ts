import {
  ALL_KEYS,
  type Argument,
  encodeOptions,
  encodeRest,
  FIRST_KEY,
  flag,
  isOptions,
  type Key,
  KeyPattern,
  list,
  NO_KEYS,
  TWO_KEYS,
  type Value,
  whole,
  wholeNumber,
  word,
} from './arguments.js'
import { ok, word as said, unprefixed, withoutPrefix } from './replies.js'
import { type Decode, type Mode, type Returns, Sender } from './sender.js'

/** When an expiry applies: without one (`nx`), with one (`xx`), only later (`gt`), only sooner (`lt`). */
export type ExpireOptions = { nx?: boolean; xx?: boolean; gt?: boolean; lt?: boolean }

/** `match` is a glob, `count` how many elements Redis looks at in one step. */
export type ScanOptions = { match?: string; count?: number }

/** `type` keeps only keys that hold this kind of value. */
export type KeyScanOptions = ScanOptions & { type?: RedisType }

/** What a key can hold. */
export type RedisType = 'string' | 'list' | 'set' | 'zset' | 'hash' | 'stream'

/** One step of a scan: done when `cursor` is `'0'` again. */
export interface ScannedKeys {
  cursor: string
  keys: string[]
}

export type SortOptions = {
  /** Sort by other keys: `weight_*`, or `nosort`. */
  by?: string
  limit?: { offset: number; count: number }
  /** Answer with other keys' values: `name_*`, `#` for the element itself. */
  get?: string | readonly string[]
  order?: 'asc' | 'desc'
  /** Sort as text instead of as numbers. */
  alpha?: boolean
}

const EXPIRE = { nx: flag, xx: flag, gt: flag, lt: flag }
const COPY = { db: whole, replace: flag }
const RESTORE = { replace: flag, absTtl: flag, idleTime: whole, freq: whole }
const pattern = (glob: string): Argument[] => ['MATCH', new KeyPattern(glob)]
const SCAN = { match: pattern, count: whole, type: word }

/** The scan options of keys inside one value, where the key prefix has no meaning. */
export const ELEMENT_SCAN = { match: word, count: whole }

export abstract class Keys<M extends Mode> extends Sender<M> {
  /** Delete keys; resolves with how many existed. */
  del(...keys: (Key | readonly Key[])[]) {
    return this.send<number>('del', list('keys', keys), ALL_KEYS)
  }

  /** Like `del`, freeing the memory in the background. */
  unlink(...keys: (Key | readonly Key[])[]) {
    return this.send<number>('unlink', list('keys', keys), ALL_KEYS)
  }

  /** How many of the keys exist; one given twice counts twice. */
  exists(...keys: (Key | readonly Key[])[]) {
    return this.send<number>('exists', list('keys', keys), ALL_KEYS)
  }

  /** Mark keys as just used; resolves with how many exist. */
  touch(...keys: (Key | readonly Key[])[]) {
    return this.send<number>('touch', list('keys', keys), ALL_KEYS)
  }

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

  /** What `key` holds, `'none'` when there is none. */
  type(key: Key) {
    return this.send('type', [key], FIRST_KEY, said<RedisType | 'none'>)
  }

  /** Rename `key`, overwriting `newKey`. */
  rename(key: Key, newKey: Key) {
    return this.send<'OK'>('rename', [key, newKey], TWO_KEYS, ok)
  }

  /** Rename `key` unless `newKey` exists; resolves with 1 when renamed. */
  renamenx(key: Key, newKey: Key) {
    return this.send<0 | 1>('renamenx', [key, newKey], TWO_KEYS)
  }

  /** Copy `source` to `destination`; resolves with 1 when copied. */
  copy(source: Key, destination: Key, options: { db?: number; replace?: boolean } = {}) {
    return this.send<0 | 1>(
      'copy',
      [source, destination, ...encodeOptions(options, COPY)],
      TWO_KEYS,
    )
  }

  /** Move `key` to another database; resolves with 1 when moved. */
  move(key: Key, db: number) {
    return this.send<0 | 1>('move', [key, wholeNumber('db', db, 0)], FIRST_KEY)
  }

  /** Write a value that DUMP serialised; `ttl` in milliseconds, 0 for ever. */
  restore(
    key: Key,
    ttl: number,
    serialized: Uint8Array,
    options: { replace?: boolean; absTtl?: boolean; idleTime?: number; freq?: number } = {},
  ) {
    return this.send<'OK'>(
      'restore',
      [key, wholeNumber('ttl', ttl, 0), serialized, ...encodeOptions(options, RESTORE)],
      FIRST_KEY,
      ok,
    )
  }

  /** A key picked at random, `null` when there is none. Knows nothing of the key prefix. */
  randomkey() {
    return this.send('randomkey', [], NO_KEYS, (key: string | null, keyPrefix) =>
      key === null ? null : withoutPrefix(key, keyPrefix),
    )
  }

  /** All keys that match the glob. Blocks the server: prefer `scanIterator`. */
  keys(glob: string) {
    return this.send('keys', [new KeyPattern(glob)], NO_KEYS, unprefixed)
  }

  /**
   * One step through the keys. Start at `'0'`; done when `cursor` is `'0'` again. With options the reply is
   * `{ cursor, keys }`, with the positional form the pair that Redis sends.
   */
  scan(cursor: string | number, options?: KeyScanOptions): Returns<M, ScannedKeys>
  scan(cursor: string | number, ...positional: (string | number)[]): Returns<M, [string, string[]]>
  scan(
    cursor: string | number,
    ...rest: unknown[]
  ): Returns<M, ScannedKeys> | Returns<M, [string, string[]]> {
    const step = wholeNumber('cursor', cursor, 0)
    if (rest.length === 0 || isOptions(rest[0]) || rest[0] === undefined) {
      const options = { match: '*', ...(rest[0] as KeyScanOptions | undefined) }
      return this.send('scan', [step, ...encodeOptions(options, SCAN)], NO_KEYS, scannedKeys)
    }
    return this.send('scan', [step, ...withPattern(rest as Value[])], NO_KEYS, scannedPair)
  }

  /** The elements of the list, set or sorted set at `key`, sorted. */
  sort(key: Key, options: SortOptions = {}) {
    const { args, keys } = sortArguments(key, options)
    return this.send<(string | null)[]>('sort', args, keys)
  }

  /** Store the sorted elements at `destination`; resolves with how many. */
  sortStore(key: Key, destination: Key, options: SortOptions = {}) {
    const { args, keys } = sortArguments(key, options)
    return this.send<number>('sort', [...args, 'STORE', destination], [...keys, args.length + 1])
  }
}

const expiry = (key: Key, unit: string, time: number, rest: unknown[]): Argument[] => [
  key,
  wholeNumber(unit, time),
  ...encodeRest(rest, EXPIRE),
]

const scannedKeys: Decode<ScannedKeys> = ([cursor, keys]: [string, string[]], keyPrefix) => ({
  cursor: String(cursor),
  keys: unprefixed(keys, keyPrefix),
})

const scannedPair: Decode<[string, string[]]> = ([cursor, keys]: [string, string[]], keyPrefix) => [
  String(cursor),
  unprefixed(keys, keyPrefix),
]

/** The positional form with its glob over keys; without one the scan still stays inside the key prefix. */
function withPattern(args: Value[]): Argument[] {
  const at = args.findIndex(arg => String(arg).toUpperCase() === 'MATCH')
  if (at === -1) return ['MATCH', new KeyPattern('*'), ...args]
  return args.map((arg, i) => (i === at + 1 ? new KeyPattern(String(arg)) : arg))
}

/** SORT names other keys in BY and GET, unless they say `nosort`, `#` or no star. */
function sortArguments(key: Key, { by, limit, get = [], order, alpha, ...unknown }: SortOptions) {
  const args: Argument[] = [key, ...encodeOptions(unknown, {})]
  const keys = [0]
  const other = (token: string, name: string) => {
    if (name.includes('*')) keys.push(args.length + 1)
    args.push(token, name)
  }
  if (by !== undefined) other('BY', by)
  if (limit)
    args.push(
      'LIMIT',
      wholeNumber('limit.offset', limit.offset),
      wholeNumber('limit.count', limit.count),
    )
  for (const name of [get].flat()) other('GET', name)
  if (order) args.push(order.toUpperCase())
  if (alpha) args.push('ALPHA')
  return { args, keys }
}

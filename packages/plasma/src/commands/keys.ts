import {
  ALL_KEYS,
  type Argument,
  encodeOptions,
  FIRST_KEY,
  flag,
  isOptions,
  type Key,
  KeyPattern,
  type Keys as KeyPositions,
  keysFrom,
  list,
  NO_KEYS,
  SECOND_KEY,
  TWO_KEYS,
  type Value,
  whole,
  wholeNumber,
  word,
} from './arguments.js'
import { ok, word as said, textOrNull, unprefixed, withoutPrefix } from './replies.js'
import { type Decode, type Mode, type Returns, Sender } from './sender.js'

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

/** The server that `migrate` moves keys to. */
export interface MigrationTarget {
  host: string
  port: number
  /** Default 0. */
  db?: number
  username?: string
  password?: string
}

/** `copy` leaves the keys here, `replace` overwrites them there. */
export type MigrateOptions = { timeout?: number; copy?: boolean; replace?: boolean }

const MIGRATE = { copy: flag, replace: flag }
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

  /** The value at `key` in Redis' own format, for `restore`; always bytes. */
  dump(key: Key) {
    return this.send<Buffer | null>('dump', [key], FIRST_KEY)
  }

  /** Write a value that `dump` gave; `ttl` in milliseconds, 0 for ever. */
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

  /**
   * Move keys to another server, which this one connects to by itself; `timeout` in milliseconds (default 5 000) is
   * the longest pause in between. `'NOKEY'` when there is none of them. The key prefix stays on.
   *
   * @example
   * await redis.migrate({ host: '10.0.0.2', port: 6379 }, ['user:1', 'user:2'], { replace: true })
   * await redis.migrate('10.0.0.2', 6379, 'user:1', 0, 5_000, 'COPY')
   */
  migrate(
    target: MigrationTarget,
    keys: Key | readonly Key[],
    options?: MigrateOptions,
  ): Returns<M, 'OK' | 'NOKEY'>
  migrate(
    host: string,
    port: number,
    key: Key,
    db: number,
    timeout: number,
    ...positional: Value[]
  ): Returns<M, 'OK' | 'NOKEY'>
  migrate(...given: unknown[]): Returns<M, 'OK' | 'NOKEY'> {
    return this.send('migrate', ...migrateArguments(given), said<'OK' | 'NOKEY'>)
  }

  /** How the value at `key` is kept in memory (`'listpack'`, `'skiplist'`, …), `null` when there is none. */
  objectEncoding(key: Key) {
    return this.send('object', ['ENCODING', key], SECOND_KEY, textOrNull)
  }

  /** How often `key` was used lately, 0 to 255 on a logarithmic scale; only where the server evicts by LFU. */
  objectFreq(key: Key) {
    return this.send<number | null>('object', ['FREQ', key], SECOND_KEY)
  }

  /** Seconds since `key` was used; not where the server evicts by LFU. */
  objectIdletime(key: Key) {
    return this.send<number | null>('object', ['IDLETIME', key], SECOND_KEY)
  }

  /** How many references the value at `key` has; small numbers are shared. */
  objectRefcount(key: Key) {
    return this.send<number | null>('object', ['REFCOUNT', key], SECOND_KEY)
  }

  /** A subcommand of OBJECT in its positional form: `object('ENCODING', 'user:1')`. */
  object<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('object', [subcommand, ...args], SECOND_KEY)
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
}

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

function migrateArguments(given: readonly unknown[]): [args: Argument[], keys: KeyPositions] {
  const [first, second, third = {}] = given
  if (!isOptions(first)) {
    const at = given.findIndex((it, i) => i > 4 && String(it).toUpperCase() === 'KEYS')
    const many = given.map((_, i) => i).filter(i => at > 0 && i > at)
    return [given as Argument[], given[2] === '' ? many : [2, ...many]]
  }
  const { host, port, db = 0, username, password, ...unknown } = first as unknown as MigrationTarget
  const { timeout = 5_000, ...options } = third as MigrateOptions
  const keys = list('keys', [second as Key | readonly Key[]])
  const secret = username === undefined ? ['AUTH', password] : ['AUTH2', username, password]
  const args = [
    host,
    wholeNumber('port', port, 1),
    '',
    wholeNumber('db', db, 0),
    wholeNumber('timeout', timeout, 0),
    ...encodeOptions(options, MIGRATE),
    ...encodeOptions(unknown, {}),
    ...(password === undefined ? [] : (secret as Argument[])),
    'KEYS',
  ]
  return [[...args, ...keys], keysFrom(args.length, keys.length)]
}

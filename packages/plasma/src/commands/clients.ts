import {
  type Argument,
  choice,
  encodeOptions,
  flag,
  Invalid,
  isOptions,
  type Keys,
  NO_KEYS,
  type OptionTable,
  onOff,
  positive,
  type Value,
  wholeNumber,
} from './arguments.js'
import { clientInfo, clientInfos, trackingInfo } from './client-replies.js'
import { refusalOf } from './refused.js'
import { ok, text } from './replies.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** What a connection is there for. */
export type ClientType = 'normal' | 'master' | 'replica' | 'pubsub'

/** Connections of a type, or with certain numbers. */
export type ClientListOptions =
  | { type?: ClientType; ids?: never }
  | { ids: readonly number[]; type?: never }

/** Connections that meet all of these; without `skipMe: false` never the one that asks. */
export type ClientFilter = {
  id?: number
  type?: ClientType
  user?: string
  /** `host:port` of the other end. */
  addr?: string
  /** `host:port` of the server's end. */
  laddr?: string
  skipMe?: boolean
  /** Seconds since it connected, at least (Redis 7.4). */
  maxAge?: number
}

/** How CLIENT TRACKING remembers keys; `prefixes` go with `bcast` and carry the key prefix. */
export type TrackingOptions = {
  redirect?: number
  prefixes?: readonly string[]
  bcast?: boolean
  optIn?: boolean
  optOut?: boolean
  noLoop?: boolean
}

const type = (value: string): Argument[] => [
  'TYPE',
  choice('type', value, 'NORMAL', 'MASTER', 'REPLICA', 'PUBSUB'),
]
const LIST = {
  type,
  ids: (value: readonly number[]): Argument[] => [
    'ID',
    ...value.map(id => wholeNumber('ids', id, 1)),
  ],
}
const named = (value: Value, name: string): Argument[] => [name.toUpperCase(), value]
const FILTER: OptionTable = {
  id: positive,
  type,
  user: named,
  addr: named,
  laddr: named,
  maxAge: positive,
}
const TRACKING = { redirect: positive, bcast: flag, optIn: flag, optOut: flag, noLoop: flag }

/** Connections: this one and all that the server has. What is set here is gone when the connection is made anew. */
export abstract class Clients<M extends Mode> extends Sender<M> {
  /**
   * Log in as somebody else until the connection is made anew, together with everybody who shares it. What is to
   * last is the configuration's `username` and `password`.
   */
  auth(password: string): Returns<M, 'OK'>
  auth(username: string, password: string): Returns<M, 'OK'>
  auth(...given: string[]): Returns<M, 'OK'> {
    return this.send('auth', given, NO_KEYS, ok)
  }

  /** The number of this connection. */
  clientId() {
    return this.send<number>('client', ['ID'], NO_KEYS)
  }

  /** This connection as the server sees it. */
  clientInfo() {
    return this.send('client', ['INFO'], NO_KEYS, clientInfo)
  }

  /** All connections of the server, or those of a type or with certain numbers. */
  clientList(options: ClientListOptions = {}) {
    const words = encodeOptions(options, LIST)
    const { type, ids } = { ...options }
    if (type !== undefined && ids !== undefined)
      words.push(new Invalid('ids', 'cannot stand beside type'))
    return this.send('client', ['LIST', ...words], NO_KEYS, clientInfos)
  }

  /** The name of this connection, `null` when it has none. */
  clientGetName() {
    return this.send('client', ['GETNAME'], NO_KEYS, (raw: unknown) => (raw ? text(raw) : null))
  }

  /** Name this connection in CLIENT LIST; what is to last is the configuration's `connectionName`. */
  clientSetName(name: string) {
    return this.send<'OK'>('client', ['SETNAME', name], NO_KEYS, ok)
  }

  /** Tell the server what library this is (Redis 7.2). */
  clientSetInfo(attribute: 'lib-name' | 'lib-ver', value: string) {
    const name = choice('attribute', attribute, 'LIB-NAME', 'LIB-VER')
    return this.send<'OK'>('client', ['SETINFO', name, value], NO_KEYS, ok)
  }

  /** Close the connection of `host:port`. */
  clientKill(addr: string): Returns<M, 'OK'>
  /** Close the connections that meet the filter; resolves with how many. */
  clientKill(filter: ClientFilter): Returns<M, number>
  clientKill(filter: string | ClientFilter): Returns<M, 'OK' | number> {
    const args = isOptions(filter) ? filterArguments(filter) : [filter as string]
    return this.send('client', ['KILL', ...args], NO_KEYS, (raw: unknown) =>
      typeof raw === 'number' ? raw : 'OK',
    )
  }

  /** Hold back the commands of all connections, or only their writes, for `timeoutMs` at most. */
  clientPause(timeoutMs: number, what?: 'all' | 'write') {
    const args = [
      wholeNumber('timeoutMs', timeoutMs, 0),
      ...(what === undefined ? [] : [choice('what', what, 'ALL', 'WRITE')]),
    ]
    return this.send<'OK'>('client', ['PAUSE', ...args], NO_KEYS, ok)
  }

  /** End `clientPause`. */
  clientUnpause() {
    return this.send<'OK'>('client', ['UNPAUSE'], NO_KEYS, ok)
  }

  /** Keep this connection when connections take too much memory (`maxmemory-clients`). */
  clientNoEvict(on: boolean) {
    return this.send<'OK'>('client', ['NO-EVICT', onOff('on', on)], NO_KEYS, ok)
  }

  /** Let the commands of this connection leave LRU and LFU of the keys alone (Redis 7.2). */
  clientNoTouch(on: boolean) {
    return this.send<'OK'>('client', ['NO-TOUCH', onOff('on', on)], NO_KEYS, ok)
  }

  /** Let a connection that waits in a blocking command go on, as after its timeout or with an error; 1 when it did. */
  clientUnblock(id: number, how?: 'timeout' | 'error') {
    const args = [
      wholeNumber('id', id, 1),
      ...(how === undefined ? [] : [choice('how', how, 'TIMEOUT', 'ERROR')]),
    ]
    return this.send<0 | 1>('client', ['UNBLOCK', ...args], NO_KEYS)
  }

  /**
   * Remember which keys this connection reads, and tell when they change. Told is the connection `redirect`, which
   * must be subscribed to `__redis__:invalidate`.
   */
  clientTracking(on: boolean, options: TrackingOptions = {}) {
    const { prefixes = [], ...rest } = options
    const args = ['TRACKING', onOff('on', on), ...encodeOptions(rest, TRACKING)]
    const keys: number[] = []
    for (const prefix of prefixes) {
      keys.push(args.length + 1)
      args.push('PREFIX', prefix)
    }
    return this.send<'OK'>('client', args, keys as Keys, ok)
  }

  /** How this connection is told of keys that changed. */
  clientTrackingInfo() {
    return this.send('client', ['TRACKINGINFO'], NO_KEYS, trackingInfo)
  }

  /** With `optIn` or `optOut`: remember the keys of the next command, or do not. Only in a `multi` is it surely next. */
  clientCaching(yes: boolean) {
    const word =
      typeof yes === 'boolean' ? (yes ? 'YES' : 'NO') : new Invalid('yes', 'must be true or false')
    return this.send<'OK'>('client', ['CACHING', word], NO_KEYS, ok)
  }

  /** The connection that is told of invalidations instead, 0 for this one, -1 when nothing is tracked. */
  clientGetRedir() {
    return this.send<number>('client', ['GETREDIR'], NO_KEYS)
  }

  /** A subcommand of CLIENT: `client('ID')`, `client('LIST')`. */
  client<Reply = unknown>(subcommand: string, ...args: Value[]) {
    const reason = refusalOf('client', subcommand)
    const name = reason === undefined ? subcommand : new Invalid(subcommand, reason)
    return this.send<Reply>('client', [name, ...args], NO_KEYS)
  }
}

function filterArguments({ skipMe, ...filter }: ClientFilter): Argument[] {
  const args = encodeOptions(filter, FILTER)
  if (typeof skipMe === 'boolean') args.push('SKIPME', skipMe ? 'YES' : 'NO')
  else if (skipMe !== undefined) args.push(new Invalid('skipMe', 'must be true or false'))
  return args.length > 0 ? args : [new Invalid('filter', 'must say which connections')]
}

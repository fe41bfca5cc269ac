import {
  type Argument,
  encodeOptions,
  encodeRest,
  FIRST_KEY,
  flag,
  isOptions,
  type Key,
  list,
  positive,
  type Value,
  whole,
  wholeNumber,
  word,
} from './arguments.js'
import { ok } from './replies.js'
import { type Mode, type Returns, Sender } from './sender.js'
import {
  type Id,
  idsArguments,
  notNegative,
  type References,
  readArguments,
  SECOND_KEY,
  type StreamPositions,
} from './stream-arguments.js'
import {
  type AutoClaimed,
  type AutoClaimedIds,
  autoClaimed,
  autoClaimedIds,
  type DeliveredEntry,
  deliveredStreams,
  type EntryId,
  entriesOrIds,
  type PendingEntry,
  type PendingSummary,
  pendingEntries,
  pendingSummary,
  type StreamEntry,
  type StreamRead,
} from './stream-replies.js'
import type { ReadOptions } from './streams.js'

/** `noAck` counts what is delivered as acknowledged at once. */
export type GroupReadOptions = ReadOptions & { noAck?: boolean }

/** Which pending entries: between two ids, of one consumer, not delivered for `idle` milliseconds. */
export type PendingOptions = {
  /** Default `'-'`. */
  start?: Id
  /** Default `'+'`. */
  end?: Id
  count: number
  consumer?: Value
  idle?: number
}

/** XCLAIM's: milliseconds without delivery and their Unix time, the number of deliveries, entries nobody has yet. */
export type ClaimOptions = {
  idle?: number
  time?: number
  retryCount?: number
  force?: boolean
  lastId?: string
}

type WithIds = { justId: true }
type WithEntries = { justId?: false }

const READ_GROUP = { count: positive, block: notNegative, noAck: flag }
const CREATE = { mkStream: flag, entriesRead: whole }
const CLAIM = {
  idle: notNegative,
  time: notNegative,
  retryCount: notNegative,
  force: flag,
  justId: flag,
  lastId: word,
}
const AUTO_CLAIM = { count: positive, justId: flag }

export abstract class StreamGroups<M extends Mode> extends Sender<M> {
  /** Create a group that starts behind `id`: `'$'` for new entries only, `'0'` for all. `BUSYGROUP` if it exists. */
  xgroupCreate(
    key: Key,
    group: Value,
    id: Id = '$',
    options: { mkStream?: boolean; entriesRead?: number } = {},
  ) {
    const args = ['CREATE', key, group, id, ...encodeOptions(options, CREATE)]
    return this.send<'OK'>('xgroup', args, SECOND_KEY, ok)
  }

  /** Create a consumer, which reading does as well; resolves with 0 when it exists. */
  xgroupCreateConsumer(key: Key, group: Value, consumer: Value) {
    return this.send<0 | 1>('xgroup', ['CREATECONSUMER', key, group, consumer], SECOND_KEY)
  }

  /** Delete a consumer; resolves with how many entries it had pending, which nobody will claim any more. */
  xgroupDelConsumer(key: Key, group: Value, consumer: Value) {
    return this.send<number>('xgroup', ['DELCONSUMER', key, group, consumer], SECOND_KEY)
  }

  /** Delete a group with everything pending in it; resolves with 1 when there was one. */
  xgroupDestroy(key: Key, group: Value) {
    return this.send<0 | 1>('xgroup', ['DESTROY', key, group], SECOND_KEY)
  }

  /** Let a group continue behind `id`. */
  xgroupSetId(key: Key, group: Value, id: Id, options: { entriesRead?: number } = {}) {
    const args = ['SETID', key, group, id, ...encodeOptions(options, { entriesRead: whole })]
    return this.send<'OK'>('xgroup', args, SECOND_KEY, ok)
  }

  /** A subcommand of XGROUP in its positional form: `xgroup('CREATE', 'orders', 'billing', '$', 'MKSTREAM')`. */
  xgroup<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('xgroup', [subcommand, ...args], SECOND_KEY)
  }

  /**
   * Entries for one consumer of a group: `'>'` gives new ones, an id those that it has pending behind it, deleted
   * ones with `null` for fields. `block` is as in `xread`. A loop that also recovers and takes over is `consume`.
   *
   * @example
   * await redis.xreadgroup('billing', 'worker-1', { orders: '>' }, { count: 10, block: 5_000 })
   * await redis.xreadgroup('GROUP', 'billing', 'worker-1', 'COUNT', 10, 'STREAMS', 'orders', '>')
   */
  xreadgroup(
    group: Value,
    consumer: Value,
    streams: StreamPositions<'>'>,
    options?: GroupReadOptions,
  ): Returns<M, StreamRead[] | null>
  xreadgroup(
    group: Value,
    consumer: Value,
    streams: StreamPositions,
    options?: GroupReadOptions,
  ): Returns<M, StreamRead<DeliveredEntry>[] | null>
  xreadgroup(...positional: Value[]): Returns<M, StreamRead<DeliveredEntry>[] | null>
  xreadgroup(...given: unknown[]): Returns<M, never> {
    const positional = given.length > 3 && !isOptions(given[2]) && !(given[2] instanceof Map)
    const before = positional ? given.slice(0, 3) : ['GROUP', ...given.slice(0, 2)]
    const rest = positional ? given.slice(3) : given.slice(2)
    const [args, keys] = readArguments(before as Argument[], rest, READ_GROUP)
    return this.send('xreadgroup', args, keys, deliveredStreams as never)
  }

  /** Take entries off what is pending; resolves with how many were. */
  xack(key: Key, group: Value, ...ids: (Id | readonly Id[])[]) {
    return this.send<number>('xack', [key, group, ...list('ids', ids)], FIRST_KEY)
  }

  /** Acknowledge entries and delete them: 1 deleted, 2 kept for other groups, -1 not pending. Redis 8.2. */
  xackdel(key: Key, group: Value, ids: Id | readonly Id[], options: { refs?: References } = {}) {
    const args = [key, group, ...idsArguments(ids, options)]
    return this.send<(-1 | 1 | 2)[]>('xackdel', args, FIRST_KEY)
  }

  /** What the group has pending, in numbers. */
  xpending(key: Key, group: Value): Returns<M, PendingSummary>
  /** The pending entries themselves, `count` of them at most. */
  xpending(key: Key, group: Value, options: PendingOptions): Returns<M, PendingEntry[]>
  xpending(key: Key, group: Value, ...positional: Value[]): Returns<M, PendingEntry[]>
  xpending(key: Key, group: Value, ...rest: unknown[]): Returns<M, never> {
    const [options] = rest
    const summary = options === undefined
    const range = isOptions(options) ? pendingArguments(options) : summary ? [] : rest
    const decode = summary ? pendingSummary : pendingEntries
    return this.send('xpending', [key, group, ...(range as Argument[])], FIRST_KEY, decode as never)
  }

  /**
   * Hand pending entries that were not delivered for `minIdle` milliseconds to another consumer.
   *
   * @example
   * await redis.xclaim('orders', 'billing', 'worker-2', 60_000, ['1-1', '2-1'])
   */
  xclaim(
    key: Key,
    group: Value,
    consumer: Value,
    minIdle: number,
    ids: Id | readonly Id[],
    options?: ClaimOptions & WithEntries,
  ): Returns<M, StreamEntry[]>
  xclaim(
    key: Key,
    group: Value,
    consumer: Value,
    minIdle: number,
    ids: Id | readonly Id[],
    options: ClaimOptions & WithIds,
  ): Returns<M, EntryId[]>
  xclaim(
    key: Key,
    group: Value,
    consumer: Value,
    minIdle: number,
    ...positional: Value[]
  ): Returns<M, StreamEntry[] | EntryId[]>
  xclaim(
    key: Key,
    group: Value,
    consumer: Value,
    minIdle: number,
    ...rest: unknown[]
  ): Returns<M, never> {
    const options = isOptions(rest.at(-1)) ? rest.pop() : {}
    return this.send(
      'xclaim',
      [
        key,
        group,
        consumer,
        wholeNumber('minIdle', minIdle, 0),
        ...list('ids', rest as Id[]),
        ...encodeOptions(options as object, CLAIM),
      ],
      FIRST_KEY,
      entriesOrIds as never,
    )
  }

  /**
   * Take over what any consumer left pending for `minIdle` milliseconds, from `start` (`'0'`) on, 100 entries or
   * `count`; go on with `cursor` until it is `'0-0'`.
   */
  xautoclaim(
    key: Key,
    group: Value,
    consumer: Value,
    minIdle: number,
    start: Id,
    options?: { count?: number } & WithEntries,
  ): Returns<M, AutoClaimed>
  xautoclaim(
    key: Key,
    group: Value,
    consumer: Value,
    minIdle: number,
    start: Id,
    options: { count?: number } & WithIds,
  ): Returns<M, AutoClaimedIds>
  xautoclaim(
    key: Key,
    group: Value,
    consumer: Value,
    minIdle: number,
    start: Id,
    ...positional: Value[]
  ): Returns<M, AutoClaimed | AutoClaimedIds>
  xautoclaim(
    key: Key,
    group: Value,
    consumer: Value,
    minIdle: number,
    start: Id,
    ...rest: unknown[]
  ): Returns<M, never> {
    const words = encodeRest(rest, AUTO_CLAIM)
    const justId = words.some(it => typeof it === 'string' && it.toUpperCase() === 'JUSTID')
    return this.send(
      'xautoclaim',
      [key, group, consumer, wholeNumber('minIdle', minIdle, 0), start, ...words],
      FIRST_KEY,
      (justId ? autoClaimedIds : autoClaimed) as never,
    )
  }
}

function pendingArguments(options: Partial<PendingOptions>): Argument[] {
  const { idle, start = '-', end = '+', count, consumer, ...unknown } = options
  return [
    ...encodeOptions(unknown, PENDING),
    ...(idle === undefined ? [] : notNegative(idle, 'idle')),
    start,
    end,
    wholeNumber('count', count, 1),
    ...(consumer === undefined ? [] : [consumer]),
  ]
}

/** For the message about an option that is none. */
const PENDING = Object.fromEntries(
  ['start', 'end', 'count', 'consumer', 'idle'].map(name => [name, (): Argument[] => []]),
)

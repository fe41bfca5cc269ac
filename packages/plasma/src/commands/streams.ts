import {
  type Argument,
  encodeOptions,
  encodeRest,
  FIRST_KEY,
  flag,
  Invalid,
  isOptions,
  type Key,
  list,
  positive,
  type Value,
  type ValuesOf,
  whole,
  word,
} from './arguments.js'
import { ok } from './replies.js'
import { type Mode, type Returns, Sender } from './sender.js'
import {
  type AddEntryOptions,
  type EntryFields,
  entryArguments,
  type Id,
  idsArguments,
  notNegative,
  type References,
  readArguments,
  SECOND_KEY,
  type StreamPositions,
  type TrimOptions,
  trimArguments,
} from './stream-arguments.js'
import {
  type ConsumerInfo,
  type EntryId,
  entries,
  type GroupInfo,
  idOrNull,
  infos,
  readStreams,
  type StreamEntry,
  type StreamInfo,
  type StreamInfoFull,
  type StreamRead,
  streamInfo,
  streamInfoFull,
} from './stream-replies.js'

/** `count` bounds the entries of each stream; `block` waits so many notNegative for new ones, 0 for ever. */
export type ReadOptions = { count?: number; block?: number }

const COUNT = { count: positive }
const READ = { count: positive, block: notNegative }
const FULL = { full: flag, count: notNegative }
const SET_ID = { entriesAdded: whole, maxDeletedId: word }

export abstract class Streams<M extends Mode> extends Sender<M> {
  /**
   * Append an entry; resolves with its id, with `null` only where `noMkStream` met no stream.
   *
   * @example
   * await redis.xadd('orders', { item: 'book', pieces: 2 }, { maxLen: 10_000, approx: true })
   * await redis.xadd('orders', '*', 'item', 'book', 'pieces', 2)
   */
  xadd<T extends ValuesOf<T>>(
    key: Key,
    fields: T | EntryFields,
    options: AddEntryOptions & { noMkStream: true },
  ): Returns<M, EntryId | null>
  xadd<T extends ValuesOf<T>>(
    key: Key,
    fields: T | EntryFields,
    options?: AddEntryOptions,
  ): Returns<M, EntryId>
  xadd(key: Key, ...positional: Value[]): Returns<M, EntryId | null>
  xadd(key: Key, ...given: unknown[]): Returns<M, never> {
    return this.send('xadd', [key, ...entryArguments(given)], FIRST_KEY, idOrNull as never)
  }

  /** How many entries the stream has. */
  xlen(key: Key) {
    return this.send<number>('xlen', [key], FIRST_KEY)
  }

  /**
   * Entries between two ids, both included: `'-'` and `'+'` are the ends, `'(1-1'` excludes.
   *
   * @example
   * await redis.xrange('orders', '-', '+', { count: 10 })
   * await redis.xrange('orders', '-', '+', 'COUNT', 10)
   */
  xrange(key: Key, start: Id, end: Id, options?: { count?: number }): Returns<M, StreamEntry[]>
  xrange(key: Key, start: Id, end: Id, ...positional: Value[]): Returns<M, StreamEntry[]>
  xrange(key: Key, start: Id, end: Id, ...rest: unknown[]): Returns<M, StreamEntry[]> {
    return this.send('xrange', [key, start, end, ...encodeRest(rest, COUNT)], FIRST_KEY, entries)
  }

  /** Entries between two ids, the newest first; `end` comes first. */
  xrevrange(key: Key, end: Id, start: Id, options?: { count?: number }): Returns<M, StreamEntry[]>
  xrevrange(key: Key, end: Id, start: Id, ...positional: Value[]): Returns<M, StreamEntry[]>
  xrevrange(key: Key, end: Id, start: Id, ...rest: unknown[]): Returns<M, StreamEntry[]> {
    return this.send('xrevrange', [key, end, start, ...encodeRest(rest, COUNT)], FIRST_KEY, entries)
  }

  /** Delete entries; resolves with how many were there. */
  xdel(key: Key, ...ids: (Id | readonly Id[])[]) {
    return this.send<number>('xdel', [key, ...list('ids', ids)], FIRST_KEY)
  }

  /**
   * Delete entries and say of each what became of it: 1 deleted, 2 kept because not every group has acknowledged
   * it (`refs: 'acked'`), -1 not there. Redis 8.2.
   */
  xdelex(key: Key, ids: Id | readonly Id[], options: { refs?: References } = {}) {
    return this.send<(-1 | 1 | 2)[]>('xdelex', [key, ...idsArguments(ids, options)], FIRST_KEY)
  }

  /** Cut the stream at its old end; resolves with how many entries were deleted. */
  xtrim(key: Key, options: TrimOptions): Returns<M, number>
  xtrim(key: Key, ...positional: Value[]): Returns<M, number>
  xtrim(key: Key, ...given: unknown[]): Returns<M, number> {
    const [options] = given
    const args = isOptions(options) ? trimArguments(options) : (given as Argument[])
    if (args.length === 0) args.push(new Invalid('options', 'must hold maxLen or minId'))
    return this.send('xtrim', [key, ...args], FIRST_KEY)
  }

  /**
   * Entries of one or more streams behind an id, `null` when there are none. With `block` a client waits on a
   * connection that nobody else uses; in a pipeline it would hold up what stands behind it.
   *
   * @example
   * await redis.xread({ orders: '0' }, { count: 10 })   // [{ key: 'orders', entries: [{ id, fields }] }]
   * await redis.xread('COUNT', 10, 'STREAMS', 'orders', '0')
   */
  xread(streams: StreamPositions, options?: ReadOptions): Returns<M, StreamRead[] | null>
  xread(...positional: Value[]): Returns<M, StreamRead[] | null>
  xread(...given: unknown[]): Returns<M, StreamRead[] | null> {
    return this.send('xread', ...readArguments([], given, READ), readStreams)
  }

  /** Set the last id, and with `entriesAdded` and `maxDeletedId` what XINFO says of the past. */
  xsetid(key: Key, lastId: Id, options: { entriesAdded?: number; maxDeletedId?: string } = {}) {
    return this.send<'OK'>(
      'xsetid',
      [key, lastId, ...encodeOptions(options, SET_ID)],
      FIRST_KEY,
      ok,
    )
  }

  /** What the server knows of a stream. */
  xinfoStream(key: Key): Returns<M, StreamInfo>
  /** The same with entries, groups and consumers; `count` of each, 0 for all of them. */
  xinfoStream(key: Key, options: { full: true; count?: number }): Returns<M, StreamInfoFull>
  xinfoStream(key: Key, options: { full?: boolean; count?: number } = {}): Returns<M, never> {
    const { full, ...rest } = options
    const args = ['STREAM', key, ...encodeOptions({ full, ...rest }, FULL)]
    return this.send('xinfo', args, SECOND_KEY, (full ? streamInfoFull : streamInfo) as never)
  }

  /** The groups of a stream. */
  xinfoGroups(key: Key) {
    return this.send('xinfo', ['GROUPS', key], SECOND_KEY, infos<GroupInfo>)
  }

  /** The consumers of a group. */
  xinfoConsumers(key: Key, group: Value) {
    return this.send('xinfo', ['CONSUMERS', key, group], SECOND_KEY, infos<ConsumerInfo>)
  }

  /** A subcommand of XINFO in its positional form, its reply as Redis sends it: `xinfo('STREAM', 'orders')`. */
  xinfo<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('xinfo', [subcommand, ...args], SECOND_KEY)
  }
}

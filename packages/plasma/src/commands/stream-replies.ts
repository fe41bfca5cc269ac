import { record, withoutPrefix } from './replies.js'

/** `<milliseconds>-<sequence number>`. */
export type EntryId = `${number}-${number}`

/** One entry of a stream; of a field written twice the last value. */
export interface StreamEntry {
  id: EntryId
  fields: Record<string, string>
}

/** An entry that may have been deleted while a consumer had it pending: then its fields are `null`. */
export interface DeliveredEntry {
  id: EntryId
  fields: Record<string, string> | null
}

/** What one stream gave to a read. */
export interface StreamRead<Entry = StreamEntry> {
  key: string
  entries: Entry[]
}

/** Everything that a group has delivered and nobody has acknowledged. */
export interface PendingSummary {
  pending: number
  firstId: EntryId | null
  lastId: EntryId | null
  consumers: { name: string; pending: number }[]
}

/** One entry that was delivered and not acknowledged. */
export interface PendingEntry {
  id: EntryId
  consumer: string
  /** Milliseconds since the last delivery. */
  idleMs: number
  /** How often it was delivered. */
  deliveries: number
}

/** What XAUTOCLAIM took over; `cursor` continues the search, `'0-0'` when it is through. */
export interface AutoClaimed {
  cursor: EntryId
  entries: StreamEntry[]
  /** No longer in the stream, and so no longer pending (Redis 7). */
  deleted: EntryId[]
}

/** Like `AutoClaimed` with `justId`. */
export interface AutoClaimedIds {
  cursor: EntryId
  ids: EntryId[]
  deleted: EntryId[]
}

/** XINFO STREAM. What a server does not know yet, is missing. */
export interface StreamInfo {
  length: number
  radixTreeKeys: number
  radixTreeNodes: number
  lastGeneratedId: EntryId
  maxDeletedEntryId?: EntryId
  entriesAdded?: number
  recordedFirstEntryId?: EntryId
  /** How many groups the stream has. */
  groups: number
  firstEntry: StreamEntry | null
  lastEntry: StreamEntry | null
}

/** XINFO STREAM FULL: with the entries, groups and consumers themselves. */
export interface StreamInfoFull extends Omit<StreamInfo, 'groups' | 'firstEntry' | 'lastEntry'> {
  entries: StreamEntry[]
  groups: GroupInfoFull[]
}

/** A group in XINFO STREAM FULL. */
export interface GroupInfoFull {
  name: string
  lastDeliveredId: EntryId
  entriesRead?: number | null
  lag?: number | null
  /** How many entries are pending. */
  pelCount: number
  /** `deliveredAt`: Unix time in milliseconds. */
  pending: { id: EntryId; consumer: string; deliveredAt: number; deliveries: number }[]
  consumers: {
    name: string
    /** Unix time in milliseconds of the last attempt to read. */
    seenTime: number
    /** Unix time in milliseconds of the last successful one (Redis 7.2). */
    activeTime?: number
    pelCount: number
    pending: { id: EntryId; deliveredAt: number; deliveries: number }[]
  }[]
}

/** XINFO GROUPS. */
export interface GroupInfo {
  name: string
  consumers: number
  pending: number
  lastDeliveredId: EntryId
  entriesRead?: number | null
  /** Entries not yet delivered; `null` when the server cannot tell. */
  lag?: number | null
}

/** XINFO CONSUMERS. */
export interface ConsumerInfo {
  name: string
  pending: number
  /** Milliseconds since its last attempt to read. */
  idle: number
  /** Milliseconds since its last successful read (Redis 7.2). */
  inactive?: number
}

export type RawEntry = [id: string, fields: string[]]
type RawDelivered = [id: string, fields: string[] | null]
type RawStreams<Entry> = [key: string, entries: Entry[]][] | Record<string, Entry[]> | null
type RawInfo = unknown[] | Record<string, unknown>

export const id = (raw: unknown): EntryId => String(raw) as EntryId
export const idOrNull = (raw: unknown): EntryId | null => (raw == null ? null : id(raw))
export const ids = (raw: readonly unknown[]): EntryId[] => raw.map(id)

const entry = ([key, fields]: RawEntry): StreamEntry => ({ id: id(key), fields: record(fields) })

const delivered = ([key, fields]: RawDelivered): DeliveredEntry => ({
  id: id(key),
  fields: fields && record(fields),
})

/** A server before Redis 7 names a deleted entry by nothing. */
export const entries = (raw: readonly (RawEntry | null)[]): StreamEntry[] =>
  raw.filter(it => it !== null).map(entry)

/** Entries, or their ids alone where `JUSTID` was among the words of a positional call. */
export const entriesOrIds = (
  raw: readonly (RawEntry | string | null)[],
): StreamEntry[] | EntryId[] =>
  raw.every(it => it === null || Array.isArray(it)) ? entries(raw as RawEntry[]) : ids(raw)

const streams =
  <Raw, Entry>(decode: (raw: Raw) => Entry) =>
  (raw: RawStreams<Raw>, keyPrefix: string): StreamRead<Entry>[] | null => {
    if (raw === null) return null
    const pairs = Array.isArray(raw) ? raw : Object.entries(raw)
    return pairs.map(([key, list]) => ({
      key: withoutPrefix(key, keyPrefix),
      entries: list.map(decode),
    }))
  }

export const readStreams = streams(entry)
export const deliveredStreams = streams(delivered)

export const pendingSummary = ([pending, first, last, consumers]: [
  number,
  string | null,
  string | null,
  [string, string][] | null,
]): PendingSummary => ({
  pending: Number(pending),
  firstId: idOrNull(first),
  lastId: idOrNull(last),
  consumers: (consumers ?? []).map(([name, count]) => ({ name, pending: Number(count) })),
})

export const pendingEntries = (raw: [string, string, number, number][]): PendingEntry[] =>
  raw.map(([it, consumer, idleMs, deliveries]) => ({
    id: id(it),
    consumer,
    idleMs: Number(idleMs),
    deliveries: Number(deliveries),
  }))

export const autoClaimed = ([cursor, claimed, deleted = []]: [
  string,
  (RawEntry | null)[],
  string[]?,
]): AutoClaimed => ({ cursor: id(cursor), entries: entries(claimed), deleted: ids(deleted) })

export const autoClaimedIds = ([cursor, claimed, deleted = []]: [
  string,
  string[],
  string[]?,
]): AutoClaimedIds => ({ cursor: id(cursor), ids: ids(claimed), deleted: ids(deleted) })

export const streamInfo = (raw: RawInfo): StreamInfo => {
  const { firstEntry, lastEntry, ...info } = named(raw)
  return {
    ...info,
    firstEntry: firstEntry && entry(firstEntry as RawEntry),
    lastEntry: lastEntry && entry(lastEntry as RawEntry),
  } as unknown as StreamInfo
}

export const streamInfoFull = (raw: RawInfo): StreamInfoFull => {
  const info = named(raw)
  const groups = (info.groups as RawInfo[]).map(named).map(group => ({
    ...group,
    pending: (group.pending as [string, string, number, number][]).map(
      ([it, consumer, deliveredAt, deliveries]) => ({
        id: id(it),
        consumer,
        deliveredAt,
        deliveries,
      }),
    ),
    consumers: (group.consumers as RawInfo[]).map(named).map(consumer => ({
      ...consumer,
      pending: (consumer.pending as [string, number, number][]).map(
        ([it, deliveredAt, deliveries]) => ({ id: id(it), deliveredAt, deliveries }),
      ),
    })),
  }))
  return { ...info, entries: entries(info.entries as RawEntry[]), groups } as never
}

export const infos = <Info extends GroupInfo | ConsumerInfo>(raw: RawInfo[]): Info[] =>
  raw.map(named) as unknown as Info[]

/** `['pel-count', 1]` as `{ pelCount: 1 }`. */
function named(raw: RawInfo): Record<string, unknown> {
  const pairs = Array.isArray(raw)
    ? raw.flatMap((name, i) => (i % 2 === 0 ? [[String(name), raw[i + 1]] as const] : []))
    : Object.entries(raw)
  return Object.fromEntries(
    pairs.map(([name, value]) => [
      name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      name.endsWith('-id') ? idOrNull(value) : value,
    ]),
  )
}

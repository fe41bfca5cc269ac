import { isOptions, type Key, NO_KEYS, SECOND_KEY, type Value, wholeNumber } from './arguments.js'
import { ok, type Text, text } from './replies.js'
import { camelCase, entriesOf, type RawMap, shaped } from './reports.js'
import { type Mode, Sender } from './sender.js'

/** MEMORY STATS, in bytes; what a server knows beyond this, is there as well. */
export interface MemoryStats {
  peakAllocated: number
  totalAllocated: number
  startupAllocated: number
  replicationBacklog: number
  clientsSlaves: number
  clientsNormal: number
  aofBuffer: number
  overheadTotal: number
  keysCount: number
  keysBytesPerKey: number
  datasetBytes: number
  datasetPercentage: number
  peakPercentage: number
  allocatorAllocated: number
  allocatorActive: number
  allocatorResident: number
  fragmentation: number
  fragmentationBytes: number
  /** What keys and expiries cost beside their values, by database. */
  databases: { db: number; overheadHashtableMain: number; overheadHashtableExpires: number }[]
}

/** The last and the longest time that something held up the server. */
export interface LatencyEvent {
  event: Text
  /** Unix time in seconds of the last one. */
  timestamp: number
  latestMs: number
  maxMs: number
}

/** How long something held up the server. */
export interface LatencySample {
  /** Unix time in seconds. */
  timestamp: number
  latencyMs: number
}

/** How long the calls of a command took: up to so many microseconds, so many calls (cumulative). */
export interface LatencyHistogram {
  calls: number
  histogramUsec: Record<string, number>
}

/** A command that took long. */
export interface SlowCommand {
  id: number
  /** Unix time in seconds. */
  timestamp: number
  /** Microseconds. */
  durationUs: number
  /** The command and its arguments, shortened by the server. */
  args: string[]
  /** `host:port`. */
  clientAddress: Text
  clientName: Text
}

/** What the server's memory and time go into. */
export abstract class Diagnostics<M extends Mode> extends Sender<M> {
  /** Bytes that `key` takes; of nested values only `samples` are measured (default 5, 0 for all). */
  memoryUsage(key: Key, options: { samples?: number } = {}) {
    const { samples } = options
    const rest = samples === undefined ? [] : ['SAMPLES', wholeNumber('samples', samples, 0)]
    return this.send<number | null>('memory', ['USAGE', key, ...rest], SECOND_KEY)
  }

  /** What the server's memory goes into. */
  memoryStats() {
    return this.send('memory', ['STATS'], NO_KEYS, memoryStats)
  }

  /** What Redis advises about its memory. */
  memoryDoctor() {
    return this.send('memory', ['DOCTOR'], NO_KEYS, text)
  }

  /** What the allocator says about itself. */
  memoryMallocStats() {
    return this.send('memory', ['MALLOC-STATS'], NO_KEYS, text)
  }

  /** Ask the allocator to give unused memory back. */
  memoryPurge() {
    return this.send<'OK'>('memory', ['PURGE'], NO_KEYS, ok)
  }

  /** A subcommand of MEMORY in its positional form: `memory('USAGE', 'user:1')`. */
  memory<Reply = unknown>(subcommand: string, ...args: Value[]) {
    const keys = String(subcommand).toUpperCase() === 'USAGE' ? SECOND_KEY : NO_KEYS
    return this.send<Reply>('memory', [subcommand, ...args], keys)
  }

  /** What held up the server (longer than `latency-monitor-threshold`), the last and the longest time of each. */
  latencyLatest() {
    return this.send('latency', ['LATEST'], NO_KEYS, (raw: [string, number, number, number][]) =>
      raw.map(
        ([event, timestamp, latestMs, maxMs]): LatencyEvent => ({
          event: text(event),
          timestamp,
          latestMs,
          maxMs,
        }),
      ),
    )
  }

  /** Up to 160 times that `event` held up the server. */
  latencyHistory(event: string) {
    return this.send('latency', ['HISTORY', event], NO_KEYS, (raw: [number, number][]) =>
      raw.map(([timestamp, latencyMs]): LatencySample => ({ timestamp, latencyMs })),
    )
  }

  /** Forget the times of events, or of all; resolves with of how many. */
  latencyReset(...events: (string | readonly string[])[]) {
    return this.send<number>('latency', ['RESET', ...events.flat()], NO_KEYS)
  }

  /** What Redis advises about its latency. */
  latencyDoctor() {
    return this.send('latency', ['DOCTOR'], NO_KEYS, text)
  }

  /** The times of `event` drawn in letters. */
  latencyGraph(event: string) {
    return this.send('latency', ['GRAPH', event], NO_KEYS, text)
  }

  /** How long the calls of commands took, or of all that were called, by command. */
  latencyHistogram(...commands: (string | readonly string[])[]) {
    return this.send('latency', ['HISTOGRAM', ...commands.flat()], NO_KEYS, histograms)
  }

  /** A subcommand of LATENCY in its positional form: `latency('HISTORY', 'command')`. */
  latency<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('latency', [subcommand, ...args], NO_KEYS)
  }

  /** The last commands that took longer than `slowlog-log-slower-than`, 10 or `count` of them (-1 for all). */
  slowlogGet(count?: number) {
    const rest = count === undefined ? [] : [wholeNumber('count', count, -1)]
    return this.send('slowlog', ['GET', ...rest], NO_KEYS, (raw: RawSlowCommand[]) =>
      raw.map(slowCommand),
    )
  }

  /** How many commands the slow log holds. */
  slowlogLen() {
    return this.send<number>('slowlog', ['LEN'], NO_KEYS)
  }

  /** Empty the slow log. */
  slowlogReset() {
    return this.send<'OK'>('slowlog', ['RESET'], NO_KEYS, ok)
  }

  /** A subcommand of SLOWLOG in its positional form: `slowlog('GET', 10)`. */
  slowlog<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('slowlog', [subcommand, ...args], NO_KEYS)
  }
}

type RawSlowCommand = [
  id: number,
  timestamp: number,
  durationUs: number,
  args: string[],
  clientAddress: string,
  clientName: string,
]

function memoryStats(raw: RawMap): MemoryStats {
  const stats: Record<string, number> = {}
  const databases: Record<string, number>[] = []
  for (const [name, value] of entriesOf(raw)) {
    const db = /^db\.(\d+)$/.exec(name)?.[1]
    if (db !== undefined) databases.push({ db: Number(db), ...numbers(value as RawMap) })
    else if (!Array.isArray(value) && !isOptions(value)) stats[camelCase(name)] = Number(value)
  }
  return { ...stats, databases } as unknown as MemoryStats
}

const numbers = (raw: RawMap): Record<string, number> =>
  Object.fromEntries(Object.entries(shaped(raw)).map(([name, value]) => [name, Number(value)]))

const histograms = (raw: RawMap): Record<string, LatencyHistogram> =>
  Object.fromEntries(
    entriesOf<RawMap>(raw).map(([command, it]) => {
      const { calls, histogramUsec } = shaped(it)
      const buckets = entriesOf(histogramUsec as RawMap).map(([us, count]) => [us, Number(count)])
      return [command, { calls: Number(calls), histogramUsec: Object.fromEntries(buckets) }]
    }),
  )

const slowCommand = ([
  id,
  timestamp,
  durationUs,
  args,
  address,
  name,
]: RawSlowCommand): SlowCommand => ({
  id,
  timestamp,
  durationUs,
  args,
  clientAddress: text(address ?? ''),
  clientName: text(name ?? ''),
})

import { markdownTable } from '../page.js'
import { median, medianRatio } from '../statistics.js'
import { CACHE_NAMES, type CacheName } from './adapters/index.js'
import type { Cleared, Outage, Taken } from './events.js'
import type { Speed, Speeds } from './speed.js'

const BASE: CacheName = 'ioredis + JSON'
const NONE = '–'

/** A row for each cache: the base in calls per second, the others as ratios to it. */
export const speedTable = (speeds: Speeds): string =>
  tableOf(
    speeds,
    'perSecond',
    base => `${base.toLocaleString('en', { maximumFractionDigits: 0 })}/s`,
  )

/** The same of the process' CPU: the base in microseconds for one call. */
export const cpuTable = (speeds: Speeds): string =>
  tableOf(speeds, 'cpuMicros', base => `${base.toFixed(1)} µs`)

function tableOf(speeds: Speeds, figure: keyof Speed, format: (base: number) => string): string {
  const cases = [...speeds.keys()]
  const figures = (it: string, name: CacheName) =>
    speeds
      .get(it)
      ?.get(name)
      ?.map(round => round[figure])
  const rows = CACHE_NAMES.map(name => [
    name,
    ...cases.map(it => {
      const [base = [], own] = [figures(it, BASE), figures(it, name)]
      if (!own) return NONE
      return name === BASE ? format(median(base)) : `${medianRatio(own, base).toFixed(2)}x`
    }),
  ])
  return markdownTable(['', ...cases], rows)
}

/** What a cache costs in situations, by its name. */
export interface Situations {
  readonly cold: ReadonlyMap<CacheName, number>
  readonly invalidation: ReadonlyMap<CacheName, Taken>
  readonly clear: ReadonlyMap<CacheName, Cleared>
  readonly outage: ReadonlyMap<CacheName, Outage>
  readonly patienceMs: number
}

const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0))

export function situationTable(situations: Situations): string {
  const { cold, invalidation, clear, outage, patienceMs } = situations
  const names = CACHE_NAMES.filter(name =>
    [cold, invalidation, clear, outage].some(map => map.has(name)),
  )
  const waited = (value: number | undefined) =>
    value === undefined ? NONE : value >= patienceMs - 1 ? `> ${ms(patienceMs)}` : ms(value)
  const rows = names.map(name => {
    const [tag, all, away] = [invalidation.get(name), clear.get(name), outage.get(name)]
    return [
      name,
      String(cold.get(name) ?? NONE),
      tag ? `${ms(tag.ms)} / ${ms(tag.blockMs)}` : NONE,
      all ? `${ms(all.ms)} / ${ms(all.blockMs)}` : NONE,
      all ? `${all.foreignLost} / ${all.ownLeft}` : NONE,
      away ? `${waited(away.firstMs)} / ${waited(away.nextMs)}` : NONE,
      waited(away?.backMs),
    ]
  })
  const head = [
    '',
    'factory calls for a cold key',
    'a tag: ms / longest command',
    'clear: ms / longest command',
    'foreign keys lost / own left',
    'Redis killed: first / next answer, ms',
    'back again: first good read, ms',
  ]
  return markdownTable(head, rows)
}

import type { ClientName } from './clients/index.js'
import type { Measurement } from './measure.js'
import type { Measurements } from './rounds.js'

/** The peer that the others are compared with. */
const BASE: ClientName = 'ioredis'

/** A Markdown table: the base in commands per second, the others as ratios to it, all medians. */
export function speedTable(measurements: Measurements): string {
  return tableOf(
    measurements,
    `${BASE} (commands/s)`,
    it => it.perSecond,
    base => base.toLocaleString('en', { maximumFractionDigits: 0 }),
  )
}

/** A Markdown table of the client's CPU for one command: the base in microseconds, the others as ratios to it. */
export function cpuTable(measurements: Measurements): string {
  return tableOf(
    measurements,
    `${BASE} (µs/command)`,
    it => it.cpuMicros,
    base => base.toFixed(1),
  )
}

function tableOf(
  measurements: Measurements,
  baseTitle: string,
  figure: (measurement: Measurement) => number,
  format: (base: number) => string,
): string {
  const [first] = measurements.values()
  const others = [...(first?.keys() ?? [])].filter(name => name !== BASE)
  const head = ['', baseTitle, ...others.map(name => `${name} / ${BASE}`)]
  const rows = [...measurements].map(([name, byClient]) => {
    const figures = (client: ClientName) => (byClient.get(client) ?? []).map(figure)
    const base = figures(BASE)
    const ratios = others.map(other => medianRatio(figures(other), base).toFixed(2))
    return [name, format(median(base)), ...ratios]
  })
  return [head, ['---', ...head.slice(1).map(() => '---:')], ...rows]
    .map(cells => `| ${cells.join(' | ')} |\n`)
    .join('')
}

/** The median of the ratios within a round, each to the base of the same round. */
export function medianRatio(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, round) => value / (base[round] ?? Number.NaN)))
}

/** NaN when there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

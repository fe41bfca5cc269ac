import { markdownTable } from '../page.js'
import { median, medianRatio } from '../statistics.js'
import { BASE, type ClientName } from './adapters/index.js'
import type { Extras, Round, Rounds } from './rounds.js'

/** A Markdown table: the base in commands per second, the others as ratios to it, all medians. */
export function speedTable(rounds: Rounds): string {
  return tableOf(
    rounds,
    `${BASE} (commands/s)`,
    it => it.perSecond,
    base => base.toLocaleString('en', { maximumFractionDigits: 0 }),
  )
}

/** The CPU of one side for one command: the base in microseconds, the others as ratios to it, all medians. */
export function cpuTable(rounds: Rounds, side: 'cpuMicros' | 'serverCpuMicros'): string {
  return tableOf(
    rounds,
    `${BASE} (µs/command)`,
    it => it[side],
    base => base.toFixed(1),
  )
}

/** Memory, and the wait behind a large reply. */
export function extrasTable({ growth, stall }: Extras): string {
  const base = stall.get(BASE) ?? []
  const rows = [...growth].map(([name, bytes]) => {
    const longest = stall.get(name) ?? []
    return [
      name,
      (bytes / 1_024).toFixed(0),
      median(longest).toFixed(1),
      (median(longest) / median(base)).toFixed(2),
    ]
  })
  return markdownTable(
    ['', 'heap growth (kB)', 'longest wait behind 5 MB (ms)', `wait / ${BASE}`],
    rows,
  )
}

function tableOf(
  rounds: Rounds,
  baseTitle: string,
  figure: (round: Round) => number,
  format: (base: number) => string,
): string {
  const [first] = rounds.values()
  const others = [...(first?.keys() ?? [])].filter(name => name !== BASE)
  const rows = [...rounds].map(([name, byClient]) => {
    const figures = (client: ClientName) => (byClient.get(client) ?? []).map(figure)
    const base = figures(BASE)
    const ratios = others.map(other => medianRatio(figures(other), base).toFixed(2))
    return [name, format(median(base)), ...ratios]
  })
  return markdownTable(['', baseTitle, ...others.map(name => `${name} / ${BASE}`)], rows)
}

import type { AuditState } from './audit/audit.js'

const WIDTH = 28
const TOP = 5

/** Shows an audit on the terminal: one bar, or a line for each tenth where there is no terminal. */
export class Progress {
  readonly #out: NodeJS.WriteStream
  #tenths = 0

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out
  }

  show(state: AuditState): void {
    const share = state.total > 0 ? Math.min(1, state.packages / state.total) : 0
    if (this.#out.isTTY) {
      const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░')
      this.#out.write(`\r  ${bar} ${percent(share)}  ${line(state)}\u001b[K`)
      return
    }
    const tenths = Math.floor(share * 10)
    if (tenths <= this.#tenths) return
    this.#tenths = tenths
    this.#out.write(`  ${percent(share)}  ${line(state)}\n`)
  }

  /** After the last `show`; the next one begins at the start. */
  end(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001b[K')
    this.#tenths = 0
  }
}

/** The result, for people. */
export function summary(state: AuditState): string {
  if (state.stage === 'failed') return `The audit of ${state.root} failed: ${state.error}`
  const rows: [string, string][] = [
    ['packages', `${state.packages} in ${state.root}`],
    ['files', `${state.files}, ${megabytes(state.bytes)}`],
    ['licences', licences(state)],
    ['duplicates', duplicates(state)],
    ['problems', problems(state)],
    ['cache', `${state.hits} hits, ${state.misses} misses`],
    ['locks', `${state.acquired} acquired, ${state.handoffs} handed to another worker`],
    ['workers', `${shares(state)}${state.replaced ? `; ${state.replaced} replaced` : ''}`],
    [
      'time',
      `${seconds(state.elapsedMs)} in ${processes(state.workers)}, ${seconds(state.sequentialMs ?? 0)} sequentially`,
    ],
  ]
  const table = rows.map(([name, value]) => `  ${name.padEnd(11)}${value}`).join('\n')
  const verdict = `totals equal the sequential scan: ${state.equal ? 'yes' : 'no'}`
  return [table, `  ${verdict}`, ...state.differences.map(it => `    ${it}`)].join('\n')
}

const percent = (share: number) => `${Math.floor(share * 100)} %`.padStart(5)
const processes = (count: number) => (count === 1 ? '1 process' : `${count} processes`)
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`

function line({ packages, total, hits, misses, handoffs }: AuditState): string {
  return `${packages} of ${total} packages · ${hits} hits, ${misses} misses · ${handoffs} handoffs`
}

function licences(state: AuditState): string {
  const all = Object.entries(state.licences).sort(([, a], [, b]) => b - a)
  const top = all.slice(0, TOP).map(([name, count]) => `${name} ${count}`)
  return top.join(', ') + more(all.length)
}

function duplicates({ duplicates: all }: AuditState): string {
  if (all.length === 0) return 'none'
  const top = all.slice(0, 3).map(({ name, versions }) => `${name} (${versions.join(', ')})`)
  return `${all.length}: ${top.join(', ')}${all.length > 3 ? ', …' : ''}`
}

function problems(state: AuditState): string {
  const all = Object.entries(state.problems)
  if (all.length === 0) return 'none'
  const top = all.slice(0, 3).map(([directory, problem]) => `${directory}: ${problem}`)
  return `${all.length}: ${top.join(', ')}${all.length > 3 ? ', …' : ''}`
}

function shares(state: AuditState): string {
  return Object.entries(state.shares)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([worker, count]) => `${worker} ${count}`)
    .join(', ')
}

const more = (count: number) => (count > TOP ? `, and ${count - TOP} more` : '')

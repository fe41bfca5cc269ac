import { markdownTable } from '../page.js'
import { median, medianRatio } from '../statistics.js'
import { LOCKS_NAMES, type LocksName } from './adapters/index.js'
import {
  type Crowd,
  HOLD_MS,
  IDLE_WAITERS,
  type Measured,
  PERMITS,
  type Round,
  SEMAPHORE_WAITERS,
  WAITERS,
} from './rounds.js'

type Cell = (rounds: readonly Round[], name: LocksName) => string

const OURS: LocksName = '@gravito/redis-locks'
/** Of what the permits allow with holds as long as they really were. */
const shareOfIdeal = ({ perSecond, holdMs }: Crowd) => (perSecond * holdMs) / (PERMITS * 1_000)

const fixed =
  (digits: number, figure: (round: Round) => number): Cell =>
  rounds =>
    median(rounds.map(figure)).toLocaleString('en', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })

const ofSemaphore =
  (cell: (crowds: readonly Crowd[]) => string): Cell =>
  rounds => {
    const crowds = rounds.flatMap(({ semaphore }) => (semaphore ? [semaphore] : []))
    return crowds.length > 0 ? cell(crowds) : '–'
  }

const times = (ratio: number) => (Number.isFinite(ratio) ? ratio.toFixed(1) : '∞')

const mostHolders = (crowds: readonly Crowd[]) =>
  String(Math.max(...crowds.map(it => it.mostHolders)))

/** The figures of all libraries, a row each. */
export function locksTable(measured: Measured): string {
  const ours = measured.get(OURS) ?? []
  const rate = (round: Round) => round.crowd.handoffsPerSecond
  const rows: [string, Cell][] = [
    [
      'nobody else wants it: time of acquire and release, times the floor',
      fixed(2, it => it.alone.timesFloor),
    ],
    ['… CPU of the process for both, times the floor', fixed(2, it => it.alone.cpuTimesFloor)],
    ['… commands for both', fixed(2, it => it.alone.commands)],
    [`${WAITERS} waiters in 4 processes: handoffs to another waiter per second`, fixed(0, rate)],
    [
      '… ours are so many times as many',
      (rounds, name) =>
        name === OURS ? '1' : times(medianRatio(ours.map(rate), rounds.map(rate))),
    ],
    ['… commands for one acquisition and its release', fixed(2, it => it.crowd.commands)],
    ["… fairness (Jain's index, 1 is fair)", fixed(3, it => it.crowd.fairness)],
    ['… 99th percentile of the wait, ms', fixed(0, it => it.crowd.p99WaitMs)],
    ['… most holders at once', rounds => mostHolders(rounds.map(it => it.crowd))],
    [
      `${SEMAPHORE_WAITERS} waiters for ${PERMITS} permits, held ${HOLD_MS} ms: share of the ideal`,
      ofSemaphore(crowds => median(crowds.map(shareOfIdeal)).toFixed(2)),
    ],
    [
      '… commands for one acquisition and its release',
      ofSemaphore(crowds => median(crowds.map(it => it.commands)).toFixed(2)),
    ],
    ['… most holders at once', ofSemaphore(mostHolders)],
    [`${IDLE_WAITERS} idle waiters: commands per second`, fixed(1, it => it.idle)],
    ['a held mutex: bytes', fixed(0, it => it.heldBytes)],
    ['… keys left 2.5 s after its release', fixed(0, it => it.keysLeft)],
  ]
  return markdownTable(
    ['', ...LOCKS_NAMES],
    rows.map(([title, cell]) => [
      title,
      ...LOCKS_NAMES.map(name => cell(measured.get(name) ?? [], name)),
    ]),
  )
}

import type { ClientName } from './adapters/index.js'
import { CASES } from './cases.js'
import type { Measurement } from './measure.js'
import type { Servers } from './servers.js'
import type { Setting } from './settings.js'
import { Subject } from './subject-process.js'

/** One round of one client, with what it cost the servers. */
export interface Round extends Measurement {
  /** Microseconds of the servers' CPU for one command, user and system. */
  serverCpuMicros: number
}

/** By case, then by client, then by round. */
export type Rounds = Map<string, Map<ClientName, Round[]>>

/** By client. */
export interface Extras {
  /** Bytes that the heap grew by. */
  growth: Map<ClientName, number>
  /** Milliseconds of the longest wait behind a large reply, for each time. */
  stall: Map<ClientName, number[]>
}

/** How long to measure; `durationMs` is for one client in one round. */
export interface Size {
  readonly rounds: number
  readonly durationMs: number
  /** Over how many commands memory is watched. */
  readonly commands: number
  /** How many large replies. */
  readonly stalls: number
}

export interface SettingResult {
  rounds: Rounds
  extras: Extras | undefined
}

/** One caller alone mostly waits to be woken, which varies more than anything else: it has several short turns a round. */
const TURNS_ALONE = 4

/**
 * Measure the cases of a setting whose name includes `only`. Every round has all cases, and in each case the clients in
 * turn, each round in another order.
 */
export async function runSetting(
  setting: Setting,
  servers: Servers,
  keyPrefix: string,
  size: Size,
  only: string,
  report: (progress: string) => void,
): Promise<SettingResult> {
  const subjects = await Promise.all(
    setting.clients.map(name => Subject.start(name, setting.runtime, servers.target)),
  )
  try {
    const rounds: Rounds = new Map()
    const cases = CASES[setting.cases]
    // A slow minute of the machine shall spoil one round of every case, and not every round of one.
    // The first round, not counted, lets the code be compiled.
    for (let round = -1; round < size.rounds; round++) {
      report(round < 0 ? 'warming up' : `round ${round + 1} of ${size.rounds}`)
      for (const [index, { name, callers }] of cases.entries()) {
        if (!name.includes(only)) continue
        const byClient = rounds.get(name) ?? new Map(setting.clients.map(it => [it, []]))
        rounds.set(name, byClient)
        const isAlone = callers === 1
        for (let turn = 0; turn < (isAlone ? TURNS_ALONE : 1); turn++) {
          for (const subject of rotated(subjects, round + 1 + turn)) {
            const before = await servers.cpuMicros()
            const measured = await subject.perform({
              kind: 'measure',
              cases: setting.cases,
              index,
              keyPrefix,
              durationMs: isAlone ? size.durationMs / 2 : size.durationMs,
            })
            const serverCpuMicros = ((await servers.cpuMicros()) - before) / measured.commands
            if (round >= 0) byClient.get(subject.name)?.push({ ...measured, serverCpuMicros })
          }
        }
      }
    }
    const extras =
      setting.extras && only === '' ? await runExtras(subjects, keyPrefix, size, report) : undefined
    return { rounds, extras }
  } finally {
    await Promise.all(subjects.map(subject => subject.stop()))
  }
}

async function runExtras(
  subjects: readonly Subject[],
  keyPrefix: string,
  { commands, stalls }: Size,
  report: (progress: string) => void,
): Promise<Extras> {
  const extras: Extras = { growth: new Map(), stall: new Map() }
  report('memory')
  for (const subject of subjects) {
    const task = { kind: 'memory', key: `${keyPrefix}0`, commands } as const
    extras.growth.set(subject.name, (await subject.perform(task)).bytes)
  }
  report('a large reply')
  for (let i = 0; i < stalls; i++) {
    for (const subject of rotated(subjects, i)) {
      const { longestMs } = await subject.perform({ kind: 'stall', keyPrefix, times: 3 })
      extras.stall.set(subject.name, [...(extras.stall.get(subject.name) ?? []), ...longestMs])
    }
  }
  return extras
}

/** The same in another order. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const from = by % items.length
  return [...items.slice(from), ...items.slice(0, from)]
}

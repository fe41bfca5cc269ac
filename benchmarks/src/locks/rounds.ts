import { median } from '../statistics.js'
import { LOCKS_NAMES, type LocksName, SUBJECTS } from './adapters/index.js'
import { type CrowdFigures, crowdFigures } from './figures.js'
import type { BenchServer } from './server.js'
import { type CrowdTask, sleep } from './tasks.js'
import { Team } from './team.js'

export interface Size {
  rounds: number
  /** Of the waiters, default 1. */
  share?: number
  aloneMs: number
  crowdMs: number
  idleMs: number
}

export interface Alone {
  /** Time of one acquire and release, times that of the floor. */
  timesFloor: number
  /** CPU of the process for both, times that of the floor. */
  cpuTimesFloor: number
  commands: number
}

export interface Crowd extends CrowdFigures {
  perSecond: number
  handoffsPerSecond: number
  /** Commands for one acquisition. */
  commands: number
}

/** What one library got in one round. */
export interface Round {
  alone: Alone
  crowd: Crowd
  semaphore: Crowd | undefined
  /** Commands per second of those who wait in vain. */
  idle: number
  heldBytes: number
  keysLeft: number
}

export type Measured = Map<LocksName, Round[]>

const PROCESSES = 4
export const WAITERS = 50
export const PERMITS = 5
export const HOLD_MS = 10
export const SEMAPHORE_WAITERS = 100
export const IDLE_WAITERS = 100
const TURNS = 9
const WARM_UP: Size = { rounds: 1, share: 0.2, aloneMs: 50, crowdMs: 100, idleMs: 20 }
/** So many that the engine has compiled them. */
const WARM_UP_PAIRS = 3_000
/** Share of the time after which all are in the queue. */
const UNSETTLED = 1 / 5
/** What is left then stays. */
const LEFT_AFTER_MS = 2_500
/** Time for all processes to hear of a task. */
const LEAD_MS = 100

/** The libraries in turn, each round in another order; the first round, not counted, lets the code be compiled. */
export async function runRounds(
  server: BenchServer,
  size: Size,
  report: (progress: string) => void,
): Promise<Measured> {
  const teams = await Promise.all(LOCKS_NAMES.map(it => Team.start(it, server.url, PROCESSES)))
  // Who never meets anybody else has code compiled for that.
  const loners = await Promise.all(LOCKS_NAMES.map(it => Team.start(it, server.url, 1)))
  const floor = await Team.start('floor', server.url, 1)
  const measured: Measured = new Map(LOCKS_NAMES.map(it => [it, []]))
  try {
    for (const team of [...loners, floor]) {
      report(`warming up: ${team.name}`)
      await team.perform({ kind: 'alone', name: 'alone', durationMs: 0, pairs: WARM_UP_PAIRS })
    }
    for (let round = -1; round < size.rounds; round++) {
      for (let turn = 0; turn < teams.length; turn++) {
        const index = (round + 1 + turn) % teams.length
        const [team, loner] = [teams[index], loners[index]]
        if (!team || !loner) continue
        report(`round ${round + 1} of ${size.rounds}: ${team.name}`)
        const now = round < 0 ? WARM_UP : size
        await server.clear()
        const alone = await runAlone(server, loner, floor, now.aloneMs)
        const result = { alone, ...(await runTogether(server, team, now)) }
        if (round >= 0) measured.get(team.name as LocksName)?.push(result)
      }
    }
    return measured
  } finally {
    await Promise.all([...teams, ...loners, floor].map(it => it.stop()))
  }
}

async function runTogether(
  server: BenchServer,
  team: Team,
  { share = 1, crowdMs, idleMs }: Size,
): Promise<Omit<Round, 'alone'>> {
  const crowd = await runCrowd(server, team, { waiters: WAITERS * share, holdMs: 0 }, crowdMs)
  const semaphore = SUBJECTS[team.name].hasPermits
    ? await runCrowd(
        server,
        team,
        { waiters: SEMAPHORE_WAITERS * share, holdMs: HOLD_MS, permits: PERMITS },
        crowdMs,
      )
    : undefined
  return { crowd, semaphore, ...(await runIdle(server, team, IDLE_WAITERS * share, idleMs)) }
}

/** In many short turns, so that what else the machine does hits both alike. */
async function runAlone(
  server: BenchServer,
  team: Team,
  floor: Team,
  durationMs: number,
): Promise<Alone> {
  const turn = (it: Team) =>
    it.perform({ kind: 'alone', name: 'alone', durationMs: durationMs / TURNS })
  const [times, cpu]: [number[], number[]] = [[], []]
  let [sent, pairs] = [0, 0]
  for (let i = 0; i < TURNS; i++) {
    const least = await turn(floor)
    const before = await server.sent(team.name)
    const own = await turn(team)
    sent += (await server.sent(team.name)) - before
    pairs += own.pairs
    times.push(own.ms / own.pairs / (least.ms / least.pairs))
    cpu.push(own.cpuMicros / own.pairs / (least.cpuMicros / least.pairs))
  }
  return { timesFloor: median(times), cpuTimesFloor: median(cpu), commands: sent / pairs }
}

async function runCrowd(
  server: BenchServer,
  team: Team,
  { waiters, ...kind }: Pick<CrowdTask, 'waiters' | 'holdMs' | 'permits'>,
  durationMs: number,
): Promise<Crowd> {
  const startAt = Date.now() + LEAD_MS
  const endAt = startAt + durationMs
  const task = (index: number): CrowdTask => {
    const share = Math.floor(waiters / PROCESSES) + (index < waiters % PROCESSES ? 1 : 0)
    const name = kind.permits === undefined ? 'crowd' : 'permits'
    return { kind: 'crowd', name, waiters: share, ...kind, startAt, endAt }
  }
  const working = team.performAll(task)
  await sleep(startAt - Date.now())
  const sent = await server.sent(team.name)
  await sleep(endAt - Date.now())
  const commands = (await server.sent(team.name)) - sent
  const figures = crowdFigures(await working, waiters, endAt, startAt + durationMs * UNSETTLED)
  return {
    ...figures,
    perSecond: (figures.acquisitions / durationMs) * 1_000,
    handoffsPerSecond: (figures.handoffs / durationMs) * 1_000,
    commands: commands / figures.acquisitions,
  }
}

async function runIdle(server: BenchServer, team: Team, waiters: number, durationMs: number) {
  await server.clear()
  await team.perform({ kind: 'hold', name: 'idle' })
  const heldBytes = await server.bytes()
  await team.performAll(() => ({ kind: 'queue', name: 'idle', waiters: waiters / PROCESSES }))
  // Those who have just come are not idle yet.
  await sleep(Math.min(500, durationMs / 2))
  const started = performance.now()
  const sent = await server.sent(team.name)
  await sleep(durationMs)
  const commands = (await server.sent(team.name)) - sent
  const idle = (commands / (performance.now() - started)) * 1_000
  await team.performAll(() => ({ kind: 'free' }))
  await sleep(LEFT_AFTER_MS)
  return { idle, heldBytes, keysLeft: await server.keys() }
}

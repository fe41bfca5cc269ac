import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { ConnectionConfig } from '@gravito/plasma'
import type { WorkerMessage } from '../worker.js'
import type { FromCrew, OrderKind, Orders, Report } from './protocol.js'

export interface CrewOptions {
  /** The program of its processes. */
  file: string | URL
  redis: ConnectionConfig
  /** In front of every key; no braces. */
  stage: string
}

export type MemberState = 'starting' | 'working' | 'frozen' | 'gone'

/** One process of the crew. */
export interface Member {
  name: string
  pid: number | undefined
  state: MemberState
  /** How often it died and was started again. */
  restarts: number
  report: Report | undefined
}

interface Seat extends Member {
  child: ChildProcess | undefined
  wakeTimer?: NodeJS.Timeout
  restartTimer?: NodeJS.Timeout
}

export type CrewListener = (member: string, news: FromCrew) => void
export type FateListener = (member: string, fate: 'died' | 'frozen' | 'woken') => void

export const CREW = ['Ada', 'Ben', 'Cleo', 'Dev'] as const
const RESTART_MS = 700
const RESTART_AFTER_FAILURE_MS = 4_000
/** Nobody stays frozen longer. */
const WAKE_MS = 20_000
const STOP_DEADLINE_MS = 3_000
const REPLY_DEADLINE_MS = 20_000

/** Processes that use locks, cache and streams all the time; one that dies is started again. */
export class Crew {
  readonly #options: CrewOptions
  readonly #seats = new Map<string, Seat>()
  readonly #listeners = new Set<CrewListener>()
  readonly #fates = new Set<FateListener>()
  #lastId = 0
  #running = false
  #stopping: Promise<void> | undefined

  constructor(options: CrewOptions) {
    this.#options = options
  }

  get members(): readonly Member[] {
    return [...this.#seats.values()]
  }

  member(name: string): Member | undefined {
    return this.#seats.get(name)
  }

  /** Hear what the processes tell. */
  listen(listener: CrewListener): void {
    this.#listeners.add(listener)
  }

  /** Hear what happens to them. */
  onFate(listener: FateListener): void {
    this.#fates.add(listener)
  }

  /** Idempotent. */
  async start(): Promise<void> {
    await this.#stopping
    if (this.#running) return
    this.#running = true
    for (const name of CREW) {
      const seat: Seat = {
        ...{ name, pid: undefined, state: 'starting', restarts: 0 },
        ...{ report: undefined, child: undefined },
      }
      this.#seats.set(name, seat)
      this.#launch(seat)
    }
  }

  /** Let everyone finish, for 3 s at most. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end().finally(() => {
      this.#stopping = undefined
    })
    return this.#stopping
  }

  /** SIGKILL. Resolves with the process id once it is gone; `undefined` when there is no such process. */
  async kill(name: string): Promise<number | undefined> {
    const { child } = this.#seats.get(name) ?? {}
    if (!child || child.exitCode !== null || child.signalCode !== null) return undefined
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    return child.pid
  }

  /** SIGSTOP; it is woken after 20 s at the latest. Resolves with false when it does not run. */
  freeze(name: string): boolean {
    const seat = this.#seats.get(name)
    if (seat?.state !== 'working' || !seat.child?.kill('SIGSTOP')) return false
    seat.state = 'frozen'
    seat.wakeTimer = setTimeout(() => this.wake(name), WAKE_MS).unref()
    this.#tellFate(name, 'frozen')
    return true
  }

  /** SIGCONT. Resolves with false when it was not frozen. */
  wake(name: string): boolean {
    const seat = this.#seats.get(name)
    if (seat?.state !== 'frozen' || !seat.child) return false
    clearTimeout(seat.wakeTimer)
    seat.state = 'working'
    seat.child.kill('SIGCONT')
    this.#tellFate(name, 'woken')
    return true
  }

  /** Share `count` pieces of work among all who are awake; resolves with the replies of those who lived to reply. */
  async share<Kind extends OrderKind>(
    order: Kind,
    count: number,
    what: Omit<Orders[Kind]['order'], 'count'>,
  ): Promise<Orders[Kind]['reply'][]> {
    const awake = [...this.#seats.values()].filter(it => it.state === 'working')
    const replies = awake.map((seat, i) => {
      const part =
        Math.floor((count * (i + 1)) / awake.length) - Math.floor((count * i) / awake.length)
      return this.#ask(seat, order, { ...what, count: part } as Orders[Kind]['order'])
    })
    return (await Promise.all(replies)).filter(it => it !== undefined)
  }

  #ask<Kind extends OrderKind>(
    { name, child }: Seat,
    order: Kind,
    what: Orders[Kind]['order'],
  ): Promise<Orders[Kind]['reply'] | undefined> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        this.#listeners.delete(hear)
        child?.off('exit', none)
      }
      const none = () => {
        settle()
        resolve(undefined)
      }
      const hear: CrewListener = (_, news) => {
        if (!('id' in news) || news.id !== id) return
        settle()
        if (news.kind === 'reply') resolve(news.reply as Orders[Kind]['reply'])
        else reject(new Error(`${name}: ${news.error}`))
      }
      const timer = setTimeout(none, REPLY_DEADLINE_MS)
      this.#listeners.add(hear)
      child?.once('exit', none)
      tell(child, { order, id, what })
    })
  }

  #launch(seat: Seat): void {
    const { file, redis, stage } = this.#options
    const child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    Object.assign(seat, { child, pid: child.pid, state: 'starting', report: undefined })
    child.on('error', () => undefined)
    child.on('message', (news: FromCrew) => {
      if (seat.state === 'starting') seat.state = 'working'
      if (news.kind === 'report') seat.report = news.report
      for (const listener of this.#listeners) listener(seat.name, news)
    })
    child.on('exit', () => this.#exited(seat))
    tell(child, { join: { member: seat.name, stage }, redis })
  }

  #exited(seat: Seat): void {
    const wasWorking = seat.state !== 'starting'
    clearTimeout(seat.wakeTimer)
    Object.assign(seat, { child: undefined, pid: undefined, state: 'gone', report: undefined })
    if (!this.#running) return
    this.#tellFate(seat.name, 'died')
    const after = wasWorking ? RESTART_MS : RESTART_AFTER_FAILURE_MS
    seat.restartTimer = setTimeout(() => {
      seat.restarts++
      this.#launch(seat)
    }, after)
  }

  async #end(): Promise<void> {
    if (!this.#running) return
    this.#running = false
    const ends = [...this.#seats.values()].map(async seat => {
      clearTimeout(seat.restartTimer)
      this.wake(seat.name)
      const { child } = seat
      if (!child) return
      const ended = once(child, 'exit')
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
      tell(child, { stop: true })
      await ended
      clearTimeout(insist)
    })
    await Promise.all(ends)
    this.#seats.clear()
  }

  #tellFate(member: string, fate: Parameters<FateListener>[1]): void {
    for (const listener of this.#fates) listener(member, fate)
  }
}

/** A child that has just ended cannot be told anything; its exit says so. */
function tell(child: ChildProcess | undefined, message: WorkerMessage): void {
  if (child?.connected) child.send(message, () => undefined)
}

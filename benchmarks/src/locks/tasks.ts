import type { LocksAdapter, Release } from './adapters/index.js'

/** Takes one after the other; nobody else wants it. */
export interface AloneTask {
  kind: 'alone'
  name: string
  durationMs: number
  /** Go on until there were so many; default 0. */
  pairs?: number
}

/** Many want the same, from `startAt` to `endAt` of `Date.now()`. */
export interface CrowdTask {
  kind: 'crowd'
  name: string
  waiters: number
  /** Absent: a mutex. */
  permits?: number
  holdMs: number
  startAt: number
  endAt: number
}

/** Holds the mutex until the next task. */
export interface HoldTask {
  kind: 'hold'
  name: string
}

/** Waits in vain, until the holder is gone; answers at once. */
export interface QueueTask {
  kind: 'queue'
  name: string
  waiters: number
}

/** Gives back what is held, and waits until nobody waits. */
export interface FreeTask {
  kind: 'free'
}

export type Task = AloneTask | CrowdTask | HoldTask | QueueTask | FreeTask

/** One time somebody held something; times are milliseconds since 1970, finer than `Date.now()`. */
export interface Hold {
  waiter: number
  askedAt: number
  from: number
  to: number
}

export interface Results {
  alone: { pairs: number; ms: number; cpuMicros: number }
  crowd: Hold[]
  hold: null
  queue: null
  free: null
}

export type Answer<Kind extends Task['kind'] = Task['kind']> =
  | { result: Results[Kind]; error?: undefined }
  | { result?: undefined; error: string }

/** Performs the tasks of one process. */
export class Performer {
  readonly #locks: LocksAdapter
  #held: Release | undefined
  #queued: Promise<unknown> = Promise.resolve()

  constructor(locks: LocksAdapter) {
    this.#locks = locks
  }

  async perform(task: Task): Promise<Results[Task['kind']]> {
    switch (task.kind) {
      case 'alone':
        return this.#alone(task)
      case 'crowd':
        return this.#crowd(task)
      case 'hold':
        this.#held = await this.#locks.mutex(task.name)
        return null
      case 'queue': {
        const wait = async () => (await this.#locks.mutex(task.name))()
        this.#queued = Promise.all(Array.from({ length: task.waiters }, wait))
        return null
      }
      case 'free':
        await this.#held?.()
        this.#held = undefined
        await this.#queued
        return null
    }
  }

  async #alone({ name, durationMs, pairs: least = 0 }: AloneTask): Promise<Results['alone']> {
    const started = performance.now()
    const cpu = process.cpuUsage()
    let pairs = 0
    while (performance.now() - started < durationMs || pairs < least) {
      const release = await this.#locks.mutex(name)
      await release()
      pairs++
    }
    const { user, system } = process.cpuUsage(cpu)
    return { pairs, ms: performance.now() - started, cpuMicros: user + system }
  }

  async #crowd({ name, waiters, permits, holdMs, startAt, endAt }: CrowdTask): Promise<Hold[]> {
    const { permit } = this.#locks
    const take = () => {
      if (permits === undefined) return this.#locks.mutex(name)
      if (!permit) throw new Error('it has no semaphore')
      return permit(name, permits)
    }
    const holds: Hold[] = []
    await sleep(startAt - Date.now())
    await Promise.all(
      Array.from({ length: waiters }, async (_, waiter) => {
        while (Date.now() < endAt) {
          const askedAt = now()
          const release = await take()
          const from = now()
          if (holdMs > 0) await sleep(holdMs)
          holds.push({ waiter, askedAt, from, to: now() })
          await release()
        }
      }),
    )
    return holds
  }
}

/** The same for all processes of the machine. */
const now = () => performance.timeOrigin + performance.now()
export const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { ConnectionConfig } from '@gravito/plasma'
import type { WorkerMessage } from '../worker.js'
import type { Assignment } from './work.js'

/** How a pool is made. */
export interface PoolOptions {
  /** The worker's program. */
  file: string | URL
  size: number
  redis: ConnectionConfig
  assignment: Omit<Assignment, 'worker'>
  /** A worker ended before its time; resolves when its work is with the others. */
  lost(worker: string): Promise<void>
  /** Workers keep ending, or their work cannot be taken back. */
  failed(error: Error): void
}

const STOP_DEADLINE_MS = 3_000

/** Worker processes: one that dies is replaced, up to three times as often as there are workers. */
export class WorkerPool {
  readonly #options: PoolOptions
  readonly #children = new Map<string, ChildProcess>()
  #started = 0
  #stopping = false

  constructor(options: PoolOptions) {
    this.#options = options
    for (let n = 0; n < options.size; n++) this.#start()
  }

  /** Process ids by worker. */
  get pids(): Record<string, number> {
    return Object.fromEntries(
      [...this.#children].flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]])),
    )
  }

  /** How many workers were replaced. */
  get replaced(): number {
    return this.#started - this.#options.size
  }

  /** Let every worker finish its package, for 3 s at most. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true
    const ends = [...this.#children.values()].map(async child => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
      tell(child, { stop: true })
      await ended
      clearTimeout(insist)
    })
    await Promise.all(ends)
  }

  #start(): void {
    const { file, redis, assignment } = this.#options
    const worker = `w${++this.#started}`
    const child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#children.set(worker, child)
    child.on('error', error => this.#options.failed(error))
    child.on('exit', () => {
      this.#children.delete(worker)
      if (!this.#stopping) void this.#replace(worker)
    })
    tell(child, { start: { ...assignment, worker }, redis })
  }

  async #replace(worker: string): Promise<void> {
    const { size, lost, failed } = this.#options
    try {
      await lost(worker)
      if (this.#stopping) return
      if (this.#started >= size * 4)
        throw new Error(`${this.#started} workers ended before the work was done; see above.`)
      this.#start()
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

/** A child that has just ended cannot be told anything; its exit says so. */
function tell(child: ChildProcess, message: WorkerMessage): void {
  if (child.connected) child.send(message, () => undefined)
}

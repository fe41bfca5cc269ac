import { randomUUID } from 'node:crypto'
import type { ConnectionConfig, RedisManager } from '@gravito/plasma'
import { Ledger } from './ledger.js'
import { AuditQueue, type Counts, noCounts } from './queue.js'
import { findPackages } from './scan.js'
import {
  type Duplicate,
  differences,
  duplicatesOf,
  type Large,
  scanSequentially,
  type Totals,
} from './totals.js'
import { WorkerPool } from './worker-pool.js'

/** What an audit needs. */
export interface AuditOptions {
  redis: RedisManager
  /** The same server, for the worker processes. */
  connection: ConnectionConfig
  /** The audited folder, absolute. */
  root: string
  workers: number
  workerFile: string | URL
}

/** `finding` packages, `auditing` them, `checking` the totals with a sequential scan, `done`, or `failed`. */
export type Stage = 'idle' | 'finding' | 'auditing' | 'checking' | 'done' | 'failed'

/** An audit at this moment. */
export interface AuditState extends Omit<Counts, 'versions'> {
  stage: Stage
  root: string
  /** How many audits this process has run, this one included. */
  run: number
  workers: number
  /** Workers that died and were replaced. */
  replaced: number
  total: number
  /** Milliseconds of the audit, and of the sequential scan. */
  elapsedMs: number
  sequentialMs?: number
  largest: Large[]
  duplicates: Duplicate[]
  problems: Record<string, string>
  /** Does the sequential scan give the same? */
  equal?: boolean
  differences: string[]
  error?: string
}

const CHECK_EVERY_MS = 50

/** Audits of one folder, one at a time. */
export class Audit {
  readonly #options: AuditOptions
  readonly #listeners = new Set<() => void>()
  #stage: Stage = 'idle'
  #run = 0
  #directories: string[] = []
  #queue: AuditQueue | undefined
  #ledger: Ledger | undefined
  #pool: WorkerPool | undefined
  #startedAt = 0
  #elapsedMs = 0
  #sequentialMs: number | undefined
  #differences: string[] | undefined
  #error: string | undefined
  #abort: AbortController | undefined
  #running: Promise<AuditState> | undefined

  constructor(options: AuditOptions) {
    this.#options = options
  }

  /** The process ids of the workers at work. */
  get pids(): Record<string, number> {
    return this.#pool?.pids ?? {}
  }

  /** SIGKILL one worker; `undefined` when none is at work. */
  killWorker(): { worker: string; pid: number } | undefined {
    const [first] = this.#stage === 'auditing' ? Object.entries(this.pids) : []
    if (!first) return undefined
    const [worker, pid] = first
    process.kill(pid, 'SIGKILL')
    return { worker, pid }
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Be told when the stage changes. Returns how to stop that. */
  onStage(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Run an audit; while one runs, that one. Resolves with its end, good or bad. */
  start(): Promise<AuditState> {
    this.#running ??= this.#execute().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** End the audit that runs, and its workers. */
  async stop(): Promise<void> {
    this.#abort?.abort(new Error('stopped'))
    await this.#running
  }

  async state(): Promise<AuditState> {
    const { root, workers } = this.#options
    const [counts, largest, problems] = await this.#results().catch(error => {
      // An audit that failed because Redis is away still says that it failed.
      if (this.#stage !== 'failed') throw error
      return [noCounts(), [] as Large[], {} as Record<string, string>] as const
    })
    const { versions, ...numbers } = counts
    return {
      ...numbers,
      stage: this.#stage,
      root,
      run: this.#run,
      workers,
      replaced: this.#pool?.replaced ?? 0,
      total: this.#directories.length,
      elapsedMs: this.#stage === 'auditing' ? performance.now() - this.#startedAt : this.#elapsedMs,
      sequentialMs: this.#sequentialMs,
      largest,
      duplicates: duplicatesOf(versions),
      problems,
      equal: this.#differences && this.#differences.length === 0,
      differences: this.#differences ?? [],
      error: this.#error,
    }
  }

  #results() {
    return Promise.all([
      this.#queue?.counts() ?? noCounts(),
      this.#ledger?.largest() ?? [],
      this.#queue?.problems() ?? {},
    ])
  }

  async #execute(): Promise<AuditState> {
    const abort = new AbortController()
    const id = `${process.pid.toString(36)}-${randomUUID().slice(0, 8)}`
    this.#abort = abort
    this.#run++
    this.#elapsedMs = 0
    this.#sequentialMs = undefined
    this.#differences = undefined
    this.#error = undefined
    this.#directories = []
    this.#pool = undefined
    this.#queue = new AuditQueue(this.#options.redis, id)
    this.#ledger = new Ledger(this.#options.redis, id)
    try {
      this.#enter('finding')
      this.#directories = await findPackages(this.#options.root)
      if (this.#directories.length === 0)
        throw new Error('no installed packages there; install them, or choose another folder')
      await this.#queue.fill(this.#directories)
      this.#enter('auditing')
      await this.#workOff(id, this.#queue, abort)
      this.#enter('checking')
      await this.#check(this.#queue, this.#ledger)
      this.#enter('done')
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error)
      this.#enter('failed')
    }
    return this.state()
  }

  async #workOff(id: string, queue: AuditQueue, abort: AbortController): Promise<void> {
    const { root, workers, workerFile, connection } = this.#options
    this.#startedAt = performance.now()
    const pool = new WorkerPool({
      file: workerFile,
      size: workers,
      redis: connection,
      assignment: { id, root },
      lost: async worker => {
        await queue.takeBack(worker)
      },
      failed: error => abort.abort(error),
    })
    this.#pool = pool
    try {
      while ((await queue.finished()) < this.#directories.length) {
        abort.signal.throwIfAborted()
        await new Promise(resolve => setTimeout(resolve, CHECK_EVERY_MS))
      }
      this.#elapsedMs = performance.now() - this.#startedAt
    } finally {
      await pool.stop()
    }
  }

  async #check(queue: AuditQueue, ledger: Ledger): Promise<void> {
    const startedAt = performance.now()
    const sequential = await scanSequentially(this.#options.root, this.#directories)
    this.#sequentialMs = performance.now() - startedAt
    const { packages, files, bytes, licences, versions } = await queue.counts()
    const ours: Totals = {
      packages,
      files,
      bytes,
      licences,
      versions,
      problems: await queue.problems(),
      largest: await ledger.largest(),
    }
    this.#differences = differences(ours, sequential)
  }

  #enter(stage: Stage): void {
    this.#stage = stage
    for (const listener of this.#listeners) listener()
  }
}

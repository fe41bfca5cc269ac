import { InvalidArgumentError } from '@gravito/plasma'
import type { Lease } from '../lease/lease.js'
import type { Section } from '../lease/section.js'
import { checkMs, checkNames } from '../options.js'
import type { Mutex } from './mutex.js'

export interface LeaderOptions {
  /** The lease of the leadership in ms, renewed every third of it: how long a killed leader blocks. Default that of the locks. */
  ttlMs?: number
  /**
   * Called once per term. Its promise may last as long as the term, and is waited for, at most `graceMs`, before the
   * leadership is handed on; when it rejects, the term ends.
   */
  onElected?: (term: Section) => unknown
  /** Called after each term. */
  onResigned?: () => unknown
  /** Called with what went wrong; without it a process warning is emitted. */
  onError?: (error: unknown) => unknown
  /** Ms between an error and the next candidature. Default 1 000. */
  retryMs?: number
  /** Default that of `ttlMs`. */
  graceMs?: number
}

const RETRY_MS = 1_000
const KNOWN = ['ttlMs', 'onElected', 'onResigned', 'onError', 'retryMs', 'graceMs']
const HOOKS = ['onElected', 'onResigned', 'onError'] as const

/** One candidate for a leadership that one process of the fleet has at a time. */
export class Leader {
  readonly name: string
  readonly #mutex: Mutex
  readonly #options: Required<Pick<LeaderOptions, 'retryMs' | 'graceMs'>> & LeaderOptions
  #stopping: AbortController | undefined
  #running: Promise<void> | undefined
  #term: { signal: AbortSignal; lease: Lease; end: AbortController } | undefined
  #ended: Promise<void> | undefined

  constructor(mutex: Mutex, ttlMs: number, options: LeaderOptions) {
    checkNames(options, KNOWN)
    for (const hook of HOOKS) {
      if (options[hook] === undefined || typeof options[hook] === 'function') continue
      throw new InvalidArgumentError(hook, 'must be a function')
    }
    const { retryMs = RETRY_MS, graceMs = ttlMs } = options
    checkMs('retryMs', retryMs, 1)
    checkMs('graceMs', graceMs, 0)
    this.name = mutex.name
    this.#mutex = mutex
    this.#options = { ...options, retryMs, graceMs }
  }

  /** Does this process lead now, by its own count of the lease? */
  get isLeader(): boolean {
    return this.#term !== undefined && !this.#term.signal.aborted && this.#term.lease.isHeld()
  }

  /** Aborts when the term ends: lost, resigned or stopped. `undefined` while another leads. */
  get signal(): AbortSignal | undefined {
    return this.isLeader ? this.#term?.signal : undefined
  }

  /** The fencing token of the term. */
  get token(): number | undefined {
    return this.isLeader ? this.#term?.lease.token : undefined
  }

  /** Become a candidate, and again one after each term, until `stop`. Idempotent. */
  start(): this {
    if (!this.#stopping) {
      const stopping = new AbortController()
      this.#stopping = stopping
      const before = this.#running
      this.#running = this.#campaign(stopping.signal, before)
    }
    return this
  }

  /** Hand the leadership on, behind whom this process is a candidate again. Resolves when it is given back. */
  async resign(): Promise<void> {
    this.#term?.end.abort(new Error(`Leader "${this.name}" resigned.`))
    await this.#ended
  }

  /** Be no candidate any more, and no leader. Resolves when everything is given back. */
  async stop(): Promise<void> {
    this.#stopping?.abort(new Error(`Leader "${this.name}" stopped.`))
    this.#stopping = undefined
    await this.#running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #campaign(stop: AbortSignal, before: Promise<void> | undefined): Promise<void> {
    await before
    while (!stop.aborted) {
      try {
        const lease = await this.#mutex.acquire({ waitMs: Number.POSITIVE_INFINITY, signal: stop })
        this.#ended = this.#lead(lease, stop)
        await this.#ended
      } catch (error) {
        if (stop.aborted) return
        await this.#report(error)
        await pause(this.#options.retryMs, stop)
      }
    }
  }

  async #lead(lease: Lease, stop: AbortSignal): Promise<void> {
    const end = new AbortController()
    const signal = AbortSignal.any([lease.signal, end.signal, stop])
    this.#term = { signal, lease, end }
    let failure: { error: unknown } | undefined
    const work = this.#elected(lease, signal).catch((error: unknown) => {
      if (!signal.aborted) failure = { error }
      end.abort(error)
    })
    await aborted(signal)
    if (!(await inTime(work, this.#options.graceMs))) {
      await this.#report(new Error(`onElected of leader "${this.name}" outlasted its term.`))
    }
    this.#term = undefined
    if (lease.signal.aborted) await this.#report(lease.signal.reason)
    await lease.release().catch(error => this.#report(error))
    await this.#call(() => this.#options.onResigned?.())
    if (failure) throw failure.error
  }

  async #elected(lease: Lease, signal: AbortSignal): Promise<void> {
    const { token } = lease
    const assertHeld = () => lease.assertHeld()
    await this.#options.onElected?.({ lease, signal, token, assertHeld })
  }

  async #report(error: unknown): Promise<void> {
    const { onError } = this.#options
    if (!onError) {
      process.emitWarning(error instanceof Error ? error : String(error))
      return
    }
    await this.#call(() => onError(error))
  }

  /** A hook that throws must not end the candidature. */
  async #call(hook: () => unknown): Promise<void> {
    try {
      await hook()
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function inTime(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), Math.min(ms, 2 ** 31 - 1))
  })
  const isDone = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return isDone
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), ms)
  await aborted(AbortSignal.any([waiting.signal, stop]))
  clearTimeout(timer)
}

import { InvalidArgumentError } from '@gravito/plasma'
import { LockStoreError, RateLimitedError } from '../errors.js'
import {
  checkAmount,
  checkFunction,
  checkMs,
  checkNames,
  checkOptions,
  checkSignal,
} from '../options.js'
import { escapedName } from '../redis/keys.js'
import { settles } from '../settles.js'
import type { LimitStore, Spending } from './store.js'

const ALGORITHMS = ['fixed-window', 'sliding-window', 'gcra'] as const

export interface RateLimitOptions {
  /** How much may be spent per window. */
  limit: number
  windowMs: number
  /**
   * `sliding-window` (default) is exact over any window and keeps an entry per attempt; `gcra` keeps one number and
   * spreads what comes back evenly; `fixed-window` counts, and allows twice the limit around a window's end.
   */
  algorithm?: (typeof ALGORITHMS)[number]
  /** Allow when Redis fails, default false: then the attempt rejects. */
  failOpen?: boolean
  /** Milliseconds after which an answer counts as failed; default: the client's own `commandTimeout`. */
  timeoutMs?: number
  /** Told of each failure that `failOpen` allowed. */
  onError?: (error: LockStoreError) => void
}

export interface RateLimit {
  allowed: boolean
  remaining: number
  /** Unix seconds when the whole limit is available again. */
  reset: number
  /** 0 when allowed, else ms until the same attempt can succeed. */
  retryAfterMs: number
}

/** How `acquire` and `run` wait. */
export interface SpendOptions {
  /** Default 1. */
  cost?: number
  /** Milliseconds to wait for the limit, default 0. */
  waitMs?: number
  /** Ends the wait with its reason. */
  signal?: AbortSignal
}

const OPTIONS = ['limit', 'windowMs', 'algorithm', 'failOpen', 'timeoutMs', 'onError']
const SPEND_OPTIONS = ['cost', 'waitMs', 'signal']

/** A limit per id, shared by all processes; one command per attempt. */
export class RateLimiter {
  readonly name: string
  readonly #store: Pick<LimitStore, 'key' | 'attempt' | 'clear'>
  readonly #options: RateLimitOptions & { algorithm: string }

  constructor(
    store: Pick<LimitStore, 'key' | 'attempt' | 'clear'>,
    name: string,
    options: RateLimitOptions,
  ) {
    escapedName(name)
    this.name = name
    this.#store = store
    this.#options = checked(options)
  }

  /**
   * Spend `cost` for `id`; what is refused costs nothing.
   *
   * @throws InvalidArgumentError for an id or a cost that cannot be
   * @throws LockStoreError when Redis fails, unless `failOpen`
   */
  async attempt(id: string, cost = 1): Promise<RateLimit> {
    return this.#ask(id, cost, true)
  }

  /** What `attempt` would answer, spending nothing. */
  async peek(id: string, cost = 1): Promise<RateLimit> {
    return this.#ask(id, cost, false)
  }

  /**
   * Spend `cost` for `id` as soon as the limit allows, at most `waitMs` from now.
   *
   * @throws RateLimitedError, at once when the wait would be longer; LockStoreError, or the signal's reason
   */
  async acquire(id: string, options: SpendOptions = {}): Promise<RateLimit> {
    checkOptions(options)
    checkNames(options, SPEND_OPTIONS)
    const { cost = 1, waitMs = 0, signal } = options
    checkSignal(signal)
    checkMs('waitMs', waitMs, 0)
    const deadline = performance.now() + waitMs
    for (;;) {
      signal?.throwIfAborted()
      const verdict = await this.attempt(id, cost)
      if (verdict.allowed) return verdict
      if (performance.now() + verdict.retryAfterMs > deadline) {
        throw new RateLimitedError(this.name, id, verdict)
      }
      await settles(new Promise(() => undefined), verdict.retryAfterMs + 1, signal)
    }
  }

  /** Run `fn` once the limit allows: see `acquire`. */
  async run<Result>(
    id: string,
    fn: () => Promise<Result> | Result,
    options: SpendOptions = {},
  ): Promise<Result> {
    checkFunction('fn', fn)
    await this.acquire(id, options)
    return fn()
  }

  /** Forget what `id` spent. */
  async reset(id: string): Promise<void> {
    await this.#answer(this.#store.clear(this.#key(id)))
  }

  async #ask(id: string, cost: number, spend: boolean): Promise<RateLimit> {
    const { limit, windowMs, algorithm, failOpen, onError } = this.#options
    checkAmount('cost', cost, limit)
    const key = this.#key(id)
    const spending: Spending = { algorithm, limit, windowMs, cost, spend }
    try {
      const [allowed, remaining, wholeMs, retryAfterMs] = await this.#answer(
        this.#store.attempt(key, spending),
      )
      return { allowed: allowed === 1, remaining, reset: unixSeconds(wholeMs), retryAfterMs }
    } catch (error) {
      if (!failOpen) throw error
      onError?.(error as LockStoreError)
      return { allowed: true, remaining: limit - cost, reset: unixSeconds(0), retryAfterMs: 0 }
    }
  }

  async #answer<Reply>(reply: Promise<Reply>): Promise<Reply> {
    const { timeoutMs = Number.POSITIVE_INFINITY } = this.#options
    if (!(await settles(reply, timeoutMs, undefined))) {
      const late = new Error(`no answer of Redis within ${timeoutMs} ms (timeoutMs)`)
      throw new LockStoreError(this.name, late, 'rate-limit')
    }
    return reply.catch(error => {
      throw new LockStoreError(this.name, error, 'rate-limit')
    })
  }

  #key(id: string): string {
    if (typeof id !== 'string' || id === '') {
      throw new InvalidArgumentError('id', 'must be a text that is not empty')
    }
    return this.#store.key(this.name, id, this.#options.algorithm)
  }
}

const unixSeconds = (fromNowMs: number) => Math.ceil((Date.now() + fromNowMs) / 1_000)

function checked(options: RateLimitOptions): RateLimitOptions & { algorithm: string } {
  checkOptions(options)
  checkNames(options, OPTIONS)
  const { limit, windowMs, algorithm = 'sliding-window', failOpen, timeoutMs, onError } = options
  checkAmount('limit', limit, Number.MAX_SAFE_INTEGER)
  checkMs('windowMs', windowMs, 1)
  if (timeoutMs !== undefined) checkMs('timeoutMs', timeoutMs, 1)
  if (!ALGORITHMS.includes(algorithm)) {
    throw new InvalidArgumentError('algorithm', `must be one of ${ALGORITHMS.join(', ')}`)
  }
  if (failOpen !== undefined && typeof failOpen !== 'boolean') {
    throw new InvalidArgumentError('failOpen', 'must be true or false')
  }
  if (onError !== undefined && typeof onError !== 'function') {
    throw new InvalidArgumentError('onError', 'must be a function')
  }
  return { ...options, algorithm }
}

import { isRedisError, RedisError } from '@gravito/plasma'

/** Redis did not answer in time, or has not answered lately and was not asked. */
export class CacheAwayError extends RedisError {
  static override readonly kind = 'CacheAwayError'

  constructor(problem: string) {
    super(`The cache is away: ${problem}.`, { code: 'CACHE_AWAY' })
  }
}

const UNREACHABLE = new Set([
  'CACHE_AWAY',
  'CONNECTION_FAILED',
  'COMMAND_TIMEOUT',
  'QUEUE_FULL',
  'REPLY_LOST',
])
/** It answers, but does not do its work now. */
const UNABLE = new Set(['OOM', 'READONLY', 'LOADING', 'MASTERDOWN', 'CLUSTERDOWN', 'MISCONF'])

/** Does the error say that Redis cannot do its work at the moment, rather than that a call was wrong? */
export const isAway = (error: unknown): error is RedisError =>
  isRedisError(error) && (UNREACHABLE.has(error.code) || UNABLE.has(error.code))

const FAILURES = 5
const WINDOW_MS = 10_000
const OPEN_MS = 2_000

/**
 * Asks Redis under a deadline. After 5 failures in 10 s nobody asks for 2 s; then one caller tries, and the others
 * ask again when that went well.
 */
export class Breaker {
  readonly #deadlineMs: number
  #failures: number[] = []
  #openUntil = 0
  #probing = false

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs
  }

  /** @throws CacheAwayError after the deadline, and at once while nobody asks */
  async run<Result>(operation: () => Promise<Result>): Promise<Result> {
    const open = this.#openUntil > 0
    if (open && (this.#probing || performance.now() < this.#openUntil))
      throw new CacheAwayError('it did not answer lately')
    this.#probing = open
    try {
      const result = await this.#inTime(operation())
      if (open) this.#close()
      return result
    } catch (error) {
      if (isRedisError(error) && UNREACHABLE.has(error.code)) this.#failed(open)
      else if (open) this.#close()
      throw error
    } finally {
      if (open) this.#probing = false
    }
  }

  #close(): void {
    this.#openUntil = 0
    this.#failures = []
  }

  #failed(probe: boolean): void {
    const now = performance.now()
    this.#failures = this.#failures.filter(at => at > now - WINDOW_MS)
    this.#failures.push(now)
    if (probe || this.#failures.length >= FAILURES) this.#openUntil = now + OPEN_MS
  }

  async #inTime<Result>(result: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const problem = `no answer within ${this.#deadlineMs} ms`
      timer = setTimeout(() => reject(new CacheAwayError(problem)), this.#deadlineMs)
    })
    try {
      return await Promise.race([result, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

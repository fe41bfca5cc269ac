import { Breaker } from './breaker.js'

/** Told of what failed and did not fail a caller. */
export type OnError = (error: unknown, key: string) => void

/** Asks Redis under a deadline, and not at all while it is away. */
export type Ask = <Reply>(question: () => Promise<Reply>) => Promise<Reply>

const WARN_EVERY_MS = 60_000

/** Operations whose failure is counted and reported, and does not reach the caller. */
export class Soft {
  errors = 0
  readonly ask: Ask
  readonly #onError: OnError

  constructor(deadlineMs: number, onError: OnError) {
    const breaker = new Breaker(deadlineMs)
    this.ask = question => breaker.run(question)
    this.#onError = onError
  }

  /** What the operation gives, or `fallback` when it fails; it asks Redis under a deadline, through `ask`. */
  async run<Result>(
    key: string,
    fallback: Result,
    operation: (ask: Ask) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await operation(this.ask)
    } catch (error) {
      this.report(error, key)
      return fallback
    }
  }

  report(error: unknown, key: string): void {
    this.errors++
    try {
      this.#onError(error, key)
    } catch {
      // A reporter that fails is no reason to fail.
    }
  }
}

/** A warning of the process, once a minute. */
export function warnNowAndThen(who: string): OnError {
  let next = 0
  return (error, key) => {
    const now = performance.now()
    if (now < next) return
    next = now + WARN_EVERY_MS
    const reason = error instanceof Error ? error.message : String(error)
    process.emitWarning(`${who} goes on without the cache ("${key}"): ${reason}`, {
      code: 'CACHE_FAILED',
    })
  }
}

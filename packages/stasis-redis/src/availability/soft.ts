import type { Client } from '../client/many-keys.js'
import { Breaker, type Guard } from './breaker.js'

/** Told of what failed and did not fail a caller. */
export type OnError = (error: unknown, key: string) => void

const WARN_EVERY_MS = 60_000

/** Operations whose failure is counted and reported, and does not reach the caller. */
export class Soft {
  errors = 0
  /** Asks Redis under a deadline, and not at all while it is away. */
  readonly ask: Guard
  readonly #breaker: Breaker
  readonly #onError: OnError

  constructor(client: () => Client, deadlineMs: number, onError: OnError) {
    this.#breaker = new Breaker({
      client,
      deadlineMs,
      place: ({ name }) => name,
      recover: async () => undefined,
    })
    this.ask = question => this.#breaker.run(question)
    this.#onError = onError
  }

  /** What the operation gives, or `fallback` when it fails; it asks Redis under a deadline, through `ask`. */
  async run<Result>(
    key: string,
    fallback: Result,
    operation: (ask: Guard) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await operation(this.ask)
    } catch (error) {
      this.report(error, key)
      return fallback
    }
  }

  /** Ask Redis no more by itself. */
  close(): void {
    this.#breaker.close()
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

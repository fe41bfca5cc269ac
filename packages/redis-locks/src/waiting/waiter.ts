import type { Ticket } from '../redis/store.js'
import type { Place } from '../scripts/kind.js'
import type { Arrivals } from './server-clock.js'

/** What a waiter was given. */
export interface Given {
  token: number
  /** A local time that is no later than the grant. */
  sentAt: number
  leaseMs: number
  /** The ticket that holds the lock in Redis, when it is not the waiter's own: this process handed it over. */
  ticket?: string
}

/** Redis' milliseconds are whole. */
const AFTER_EXPIRY_MS = 2
/** A waiter asks again at least this often, in case a message was lost. */
export const HEARTBEAT_MS = 5_000
/** Node's timers end here and fire at once beyond. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** One place in a line. */
export class Waiter implements Ticket {
  /** The grant that a message or the release of this process' holder brought. */
  given: Given | undefined
  /** Local time of the next question. */
  askAt = 0
  /** The question under way; there is never a second one. */
  asking: Promise<void> | undefined
  /** Set when the waiter is served or gives up: its ticket must not be written any more. */
  hasLeft = false
  /** The command under way, or the last one, that may put the ticket into Redis. */
  pending: Promise<unknown> | undefined
  /** Its ticket is in Redis, or on its way. */
  isQueued = false
  /** Why it waits in vain. */
  failure: Error | undefined
  readonly #arrivedAt = performance.now()
  readonly #arrivals: Arrivals
  #arrivalUs = -1
  #sentAt = this.#arrivedAt
  /** Local time minus server time, never too much. */
  #offsetMs: number | undefined
  #wake: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly id: string,
    readonly ttlMs: number,
    /** May ask before those ahead have their answer. */
    readonly isEager: boolean,
    arrivals: Arrivals,
  ) {
    this.#arrivals = arrivals
  }

  get arrivalUs(): number {
    if (this.#arrivalUs < 0) this.#arrivalUs = this.#arrivals.next(this.#arrivedAt)
    return this.#arrivalUs
  }

  /** What it was given, once, unless that came too late: then it asks again, by the same ticket. */
  take(): Given | undefined {
    const { given } = this
    this.given = undefined
    if (!given || given.ticket || performance.now() - given.sentAt < given.leaseMs / 2) return given
    this.askAt = 0
    return undefined
  }

  /** A command that queues the ticket is on its way, since `sentAt` or later. `placed` follows, or `unplaced`. */
  placing(sent: Promise<unknown>, sentAt: number): void {
    if (!this.pending) this.#sentAt = sentAt
    this.pending = sent
    this.isQueued = true
    this.askAt = sentAt + HEARTBEAT_MS
  }

  unplaced(): void {
    this.askAt = 0
  }

  /** The answer to a command that was sent at `sentAt` or later. */
  placed(place: Place, sentAt: number): void {
    this.#arrivals.placed(this.#arrivalUs, place.nowUs, sentAt, performance.now())
    if (place.token !== undefined) {
      this.given = { token: place.token, sentAt, leaseMs: this.ttlMs }
      return
    }
    this.#offsetMs = sentAt - place.nowUs / 1_000
    const again = place.ttlMs < 0 ? HEARTBEAT_MS : place.ttlMs + AFTER_EXPIRY_MS
    this.askAt = performance.now() + Math.min(again, HEARTBEAT_MS)
  }

  /** A message granted the lock at `nowUs` of the server. */
  grant(token: number, nowUs: number, leaseMs: number): void {
    const grantedAt = this.#offsetMs === undefined ? this.#sentAt : nowUs / 1_000 + this.#offsetMs
    this.given = { token, sentAt: Math.min(grantedAt, performance.now()), leaseMs }
    this.wake()
  }

  fail(reason: Error): void {
    this.failure = reason
    this.wake()
  }

  /** Its grant may have been missed. */
  askAgain(): void {
    if (!this.pending) return
    this.askAt = 0
    this.wake()
  }

  /** Resolves when woken, or after `ms`. */
  sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
      if (ms < Number.POSITIVE_INFINITY) {
        this.#timer = setTimeout(resolve, Math.min(ms, MAX_TIMER_MS))
      }
    })
  }

  wake(): void {
    if (!this.#wake) return
    clearTimeout(this.#timer)
    this.#wake()
    this.#wake = undefined
  }
}

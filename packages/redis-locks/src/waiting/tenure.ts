import type { Given, Waiter } from './waiter.js'

/** Since when, and for how long, a ticket holds a lock in Redis. */
export interface Held {
  /** A local time that is no later than the command from which the lease counts. */
  sentAt: number
  leaseMs: number
}

/** Tokens that Redis lays aside for a process; the clock takes a millisecond to get there. */
export const SPARE_TOKENS = 1_000
/** So many leases may follow each other within one turn of the event loop. */
const IN_A_ROW = 16
/** What must be left of the next lease. */
const ENOUGH = 1 / 2
/** Clocks may run at different speeds; a little more than a lease allows for. */
const PACE = 0.98

/**
 * The time for which a ticket of this process holds a lock in Redis while nobody else waits: its leases follow each
 * other without a command, each with a token from the reserve.
 */
export class Tenure {
  /** Another process waits: from now on Redis decides who is next. */
  isContended = false
  #first = 0
  #last = 0
  #end = 0
  #grantedAt = 0

  constructor(readonly ticket: string) {}

  /** The ticket was granted with a reserve. */
  begin(token: number): void {
    this.#first = token
    this.#last = token
    this.#end = token + SPARE_TOKENS
    this.#grantedAt = performance.now()
  }

  /** Time for the event loop to do something else: sections that await nothing would keep it busy. */
  get isLong(): boolean {
    return (this.#last - this.#first) % IN_A_ROW === 0
  }

  /** What Redis is to be told at the end: the end of the reserve, and the last token used. */
  get used(): { reserved: number; last: number } {
    return { reserved: this.#end, last: this.#last }
  }

  /** The next lease for a waiter of this process, if it may be had without Redis. */
  next(waiter: Waiter, { sentAt, leaseMs }: Held): Given | undefined {
    if (this.isContended || this.#last >= this.#end || waiter.pending) return undefined
    const now = performance.now()
    const left = sentAt + leaseMs - now
    if (left < waiter.ttlMs * ENOUGH || leaseMs > waiter.ttlMs) return undefined
    // Tokens stay behind the server's clock: if its data is lost, the clock alone keeps them rising.
    const passed = (now - this.#grantedAt) * 1_000 * PACE
    if (this.#last + 1 - this.#first > passed) return undefined
    this.#last++
    return { token: this.#last, sentAt, leaseMs, ticket: this.ticket }
  }
}

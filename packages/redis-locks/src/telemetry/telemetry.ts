import { channel } from 'node:diagnostics_channel'
import { LockCounters, type LockStats, type LocksStats, statsOf } from './stats.js'

/** What a lock is. */
export type LockKind = 'mutex' | 'semaphore' | 'read-write'

/**
 * `acquire`: a lease was granted, after `waitMs`. `refuse`: `tryAcquire` found it taken. `timeout`, `abort`, `fail`: a wait
 * ended without the lock. `renew`: a lease lasts longer. `release`: it was given back after `holdMs`. `lost`: it ended
 * while it was in use.
 */
export type LockEventName =
  | 'acquire'
  | 'refuse'
  | 'timeout'
  | 'abort'
  | 'fail'
  | 'renew'
  | 'release'
  | 'lost'

/** What a listener is told; all times are milliseconds. */
export interface LockEvent {
  event: LockEventName
  kind: LockKind
  /** The lock's name. */
  lock: string
  /** The fencing token, where there is a lease. */
  token?: number
  /** How long it waited: `acquire`, `timeout`, `abort`, `fail`. */
  waitMs?: number
  /** It was not free at once: `acquire`. */
  contended?: boolean
  /** How long it was held: `release`, `lost`. */
  holdMs?: number
  /** How long it lasts from now: `renew`. */
  remainingMs?: number
  /** `fail`, `lost`. */
  error?: Error
}

export type LockListener = (event: LockEvent) => void

/** The diagnostics channel of locks: each event, with its name as `event`. */
export const LOCK_CHANNEL = 'gravito:redis:lock'

const EVENTS: readonly LockEventName[] = [
  'acquire',
  'refuse',
  'timeout',
  'abort',
  'fail',
  'renew',
  'release',
  'lost',
]
const REMEMBERED_LOCKS = 1_000

const lockChannel = channel(LOCK_CHANNEL)

/** How a wait for a lock ended without it. */
export type Missed = 'timeout' | 'abort' | 'fail'

/** Counts what the locks of one client did, and tells whoever listens; no event is built while nobody does. */
export class Telemetry {
  readonly #listeners = new Map<LockEventName, Set<LockListener>>()
  readonly #total = new LockCounters()
  /** By kind and name; those that were made first are forgotten first. */
  readonly #locks = new Map<string, LockCounters>()

  /** @throws Error for a name that is no event's */
  on(event: LockEventName, listener: LockListener): void {
    if (!EVENTS.includes(event)) {
      throw new TypeError(`${String(event)} is no event of locks; there are: ${EVENTS.join(', ')}`)
    }
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
  }

  off(event: LockEventName, listener: LockListener): void {
    const listeners = this.#listeners.get(event)
    if (listeners?.delete(listener) && listeners.size === 0) this.#listeners.delete(event)
  }

  stats(): LocksStats {
    const locks: Record<string, LockStats> = {}
    for (const [name, counters] of this.#locks) locks[name] = statsOf(counters)
    return { total: statsOf(this.#total), locks }
  }

  acquired(kind: LockKind, lock: string, token: number, waitMs: number, contended: boolean): void {
    this.#total.acquired(waitMs, contended)
    this.#of(kind, lock).acquired(waitMs, contended)
    if (this.#isHeard('acquire')) {
      this.tell({ event: 'acquire', kind, lock, token, waitMs, contended })
    }
  }

  refused(kind: LockKind, lock: string): void {
    this.#total.refused++
    this.#of(kind, lock).refused++
    if (this.#isHeard('refuse')) this.tell({ event: 'refuse', kind, lock })
  }

  missed(kind: LockKind, lock: string, how: Missed, waitMs: number, error: Error): void {
    this.#total.missed(how, waitMs)
    this.#of(kind, lock).missed(how, waitMs)
    if (!this.#isHeard(how)) return
    this.tell({ event: how, kind, lock, waitMs, ...(how === 'fail' && { error }) })
  }

  renewed(kind: LockKind, lock: string, token: number, remainingMs: number): void {
    if (this.#isHeard('renew')) this.tell({ event: 'renew', kind, lock, token, remainingMs })
  }

  released(kind: LockKind, lock: string, token: number, holdMs: number): void {
    this.#total.released(holdMs)
    this.#of(kind, lock).released(holdMs)
    if (this.#isHeard('release')) this.tell({ event: 'release', kind, lock, token, holdMs })
  }

  lost(kind: LockKind, lock: string, token: number, holdMs: number, error: Error): void {
    this.#total.lost(holdMs)
    this.#of(kind, lock).lost(holdMs)
    if (this.#isHeard('lost')) this.tell({ event: 'lost', kind, lock, token, holdMs, error })
  }

  /** Deliver an event; what a listener throws becomes a process warning and stops nobody. */
  tell(event: LockEvent): void {
    if (lockChannel.hasSubscribers) lockChannel.publish(event)
    for (const listener of this.#listeners.get(event.event) ?? []) {
      try {
        listener(event)
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }

  #isHeard(event: LockEventName): boolean {
    return lockChannel.hasSubscribers || (this.#listeners.size > 0 && this.#listeners.has(event))
  }

  #of(kind: LockKind, lock: string): LockCounters {
    const name = kind === 'mutex' ? lock : `${kind}:${lock}`
    let counters = this.#locks.get(name)
    if (!counters) {
      counters = new LockCounters()
      this.#locks.set(name, counters)
      const [oldest] = this.#locks.size > REMEMBERED_LOCKS ? this.#locks.keys() : []
      if (oldest !== undefined) this.#locks.delete(oldest)
    }
    return counters
  }
}

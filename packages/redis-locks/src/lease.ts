import { LockLostError } from './errors.js'
import type { LockKeys } from './names.js'
import { checkMs } from './options.js'
import type { LockStore } from './store.js'

/** What `toJSON` gives and `restore` takes. */
export interface LeaseData {
  name: string
  ticket: string
  token: number
  ttlMs: number
}

/** A lease as it was granted. */
export interface Grant extends LeaseData {
  keys: LockKeys
  /** `performance.now()` when the granting command was sent, or earlier. */
  sentAt: number
  /** What Redis gave at first, less than `ttlMs` when a message granted it. */
  leaseMs: number
  renew: boolean
  /** Gives the lock back; resolves with true when it was still ours. */
  release: () => Promise<boolean>
  /** Called when the lease is lost. */
  lost: () => void
}

/** Clocks may run at different speeds. */
const DRIFT = 0.01
const MARGIN_MS = 2
const RETRIES_PER_RENEWAL = 4
/** Node's timers end here and fire at once beyond. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * One lock, held. It counts from the moment its command was sent and a little less than Redis does, so that it
 * never believes longer than Redis; at its local deadline `signal` fires, whether Redis can be reached or not.
 */
export class Lease {
  readonly name: string
  /** The fencing token: larger with every grant of this lock. A whole number that JSON and SQL keep exactly. */
  readonly token: number
  readonly #store: LockStore
  readonly #grant: Grant
  readonly #lost = new AbortController()
  #ttlMs: number
  #deadline: number
  #released = false
  #expiry: NodeJS.Timeout | undefined
  #renewal: NodeJS.Timeout | undefined

  constructor(store: LockStore, grant: Grant) {
    this.name = grant.name
    this.token = grant.token
    this.#store = store
    this.#grant = grant
    this.#ttlMs = grant.ttlMs
    this.#deadline = validUntil(grant.sentAt, grant.leaseMs)
    this.#watch(grant.leaseMs)
  }

  /** Aborts with LockLostError, once, when the lease is lost. */
  get signal(): AbortSignal {
    return this.#lost.signal
  }

  /** Milliseconds left by the local count, 0 when released or lost. */
  remainingMs(): number {
    if (this.#released || this.#lost.signal.aborted) return 0
    return Math.max(0, this.#deadline - performance.now())
  }

  isHeld(): boolean {
    return this.remainingMs() > 0
  }

  /** @throws LockLostError when the lease is over; call it before what cannot be undone */
  assertHeld(): void {
    if (this.isHeld()) return
    if (!this.#released) this.#lose('its time ran out')
    throw this.#lost.signal.reason ?? new LockLostError(this.name, this.token, 'it was released')
  }

  /**
   * Let the lease last `ttlMs` (default: as before) from now.
   *
   * @returns false when it was no longer ours; then `signal` has fired
   */
  async extend(ttlMs = this.#ttlMs): Promise<boolean> {
    checkMs('ttlMs', ttlMs, 1)
    if (!this.isHeld()) return false
    const sentAt = performance.now()
    const extended = await this.#store.extend(this.#grant.keys, this.#grant.ticket, ttlMs)
    if (this.#released || this.#lost.signal.aborted) return false
    if (extended) {
      this.#ttlMs = ttlMs
      this.#deadline = validUntil(sentAt, ttlMs)
      this.#watch(ttlMs)
    } else this.#lose('it was gone from Redis')
    return extended
  }

  /**
   * Give the lock back. Idempotent; never touches the lock of a later holder.
   *
   * @returns true when it was still ours
   */
  async release(): Promise<boolean> {
    if (this.#released) return false
    this.#released = true
    this.#stop()
    return this.#grant.release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
  }

  /** For another process to take over with `locks.restore`. */
  toJSON(): LeaseData {
    const { name, ticket, token } = this.#grant
    return { name, ticket, token, ttlMs: this.#ttlMs }
  }

  #watch(leaseMs: number): void {
    this.#stop()
    const remaining = this.#deadline - performance.now()
    this.#expiry = setTimeout(
      () =>
        performance.now() < this.#deadline ? this.#watch(leaseMs) : this.#lose('its time ran out'),
      Math.min(Math.max(0, remaining), MAX_TIMER_MS),
    ).unref()
    if (this.#grant.renew || leaseMs < this.#ttlMs) {
      this.#renewIn(Math.min(leaseMs / 3, MAX_TIMER_MS))
    }
  }

  #renewIn(ms: number): void {
    clearTimeout(this.#renewal)
    this.#renewal = setTimeout(() => {
      this.extend().catch(() => {
        if (this.isHeld()) this.#renewIn(this.#ttlMs / 3 / RETRIES_PER_RENEWAL)
      })
    }, ms).unref()
  }

  #lose(why: string): void {
    if (this.#released || this.#lost.signal.aborted) return
    this.#stop()
    this.#lost.abort(new LockLostError(this.name, this.token, why))
    this.#grant.lost()
  }

  #stop(): void {
    clearTimeout(this.#expiry)
    clearTimeout(this.#renewal)
  }
}

const validUntil = (sentAt: number, ttlMs: number): number =>
  sentAt + ttlMs * (1 - DRIFT) - MARGIN_MS

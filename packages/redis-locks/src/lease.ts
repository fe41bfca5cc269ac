import { LockLostError } from './errors.js'
import type { LockKeys } from './names.js'
import { checkMs } from './options.js'
import type { Renewable } from './renewal.js'
import { RENEW, type RenewScript } from './scripts/renew.js'
import { sleepWatch } from './sleep-watch.js'
import type { LockStore } from './store.js'
import type { Held } from './tenure.js'

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
  /** So many replicas must confirm each renewal; default 0. */
  minReplicas?: number
  /** What renews it, many at once; default that of a mutex. */
  renewal?: { script: RenewScript; key: string }
  /** Makes it last so many milliseconds from now; default that of a mutex. */
  extend?: (ttlMs: number) => Promise<boolean>
  /** Gives the lock back, told since when and how long it lasts while it does; resolves with true when it was still ours. */
  release: (held: Held | undefined) => Promise<boolean>
  /** Called when the lease is lost. */
  lost: () => void
  /** The lease of the same asynchronous context that this one is a part of. */
  outer?: Lease
}

/** Clocks may run at different speeds. */
const DRIFT = 0.01
const MARGIN_MS = 2
const RENEWED_AFTER = 1 / 3
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
  readonly #renewable: Renewable
  /** Local time of the command that the deadline counts from. */
  #sentAt: number
  #leaseMs: number
  #deadline: number
  #released = false
  /** When the last answer to `extend` came; what was asked before is out of date. */
  #extendedAt = 0
  #expiry: NodeJS.Timeout | undefined

  constructor(store: LockStore, grant: Grant) {
    this.name = grant.name
    this.token = grant.token
    this.#store = store
    this.#grant = grant
    this.#sentAt = grant.sentAt
    this.#leaseMs = grant.leaseMs
    this.#deadline = validUntil(grant.sentAt, grant.leaseMs)
    this.#renewable = {
      ...(grant.renewal ?? { script: RENEW, key: grant.keys.lock }),
      ticket: grant.ticket,
      minReplicas: grant.minReplicas ?? 0,
      ttlMs: grant.ttlMs,
      dueAt: 0,
      renewed: (isOurs, sentAt) => this.#renewed(isOurs, sentAt),
    }
    if (!grant.outer) this.#watch(grant.leaseMs)
  }

  /** Aborts with LockLostError, once, when the lease is lost. */
  get signal(): AbortSignal {
    return this.#grant.outer?.signal ?? this.#lost.signal
  }

  /** Milliseconds left by the local count, 0 when released or lost. */
  remainingMs(): number {
    const { outer } = this.#grant
    if (outer) return this.#released ? 0 : outer.remainingMs()
    if (this.#isOver) return 0
    const left = this.#deadline - performance.now() - sleepWatch.since(this.#sentAt)
    return Math.max(0, left)
  }

  isHeld(): boolean {
    return this.remainingMs() > 0
  }

  /** @throws LockLostError when the lease is over; call it before what cannot be undone */
  assertHeld(): void {
    if (this.isHeld()) return
    if (!this.#released && !this.#grant.outer) this.#lose('its time ran out')
    throw this.signal.reason ?? new LockLostError(this.name, this.token, 'it was released')
  }

  /**
   * Let the lease last `ttlMs` (default: as before) from now.
   *
   * @returns false when it was no longer ours; then `signal` has fired
   */
  async extend(ttlMs = this.#renewable.ttlMs): Promise<boolean> {
    checkMs('ttlMs', ttlMs, 1)
    if (!this.isHeld()) return false
    const { keys, ticket, extend, outer } = this.#grant
    if (outer) return outer.extend(ttlMs)
    const sentAt = performance.now()
    const extended = await (extend ? extend(ttlMs) : this.#store.extend(keys, ticket, ttlMs))
    if (this.#isOver) return false
    this.#extendedAt = performance.now()
    if (extended) {
      this.#renewable.ttlMs = ttlMs
      this.#lasts(sentAt, ttlMs)
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
    const held = this.isHeld() ? { sentAt: this.#sentAt, leaseMs: this.#leaseMs } : undefined
    this.#released = true
    this.#stop()
    return this.#grant.release(held)
  }

  /** A lease for the same asynchronous context, whose release gives nothing back. */
  nested(): Lease {
    const release = async () => this.isHeld()
    return new Lease(this.#store, { ...this.#grant, renew: false, outer: this, release })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
  }

  /** For another process to take over with `locks.restore`. */
  toJSON(): LeaseData {
    const { name, ticket, token } = this.#grant
    return { name, ticket, token, ttlMs: this.#renewable.ttlMs }
  }

  get #isOver(): boolean {
    return this.#released || this.#lost.signal.aborted
  }

  #renewed(isOurs: boolean, sentAt: number): void {
    if (this.#isOver) return
    if (!isOurs) this.#lose('it was gone from Redis')
    else if (sentAt > this.#extendedAt) this.#lasts(sentAt, this.#renewable.ttlMs)
  }

  #lasts(sentAt: number, ms: number): void {
    this.#sentAt = sentAt
    this.#leaseMs = ms
    this.#deadline = validUntil(sentAt, ms)
    this.#watch(ms)
  }

  /** Be told at the deadline, and renew before it. */
  #watch(leaseMs: number): void {
    clearTimeout(this.#expiry)
    this.#expireAtDeadline()
    const { renewals } = this.#store
    if (this.#grant.renew || leaseMs < this.#renewable.ttlMs) {
      this.#renewable.dueAt = this.#sentAt + leaseMs * RENEWED_AFTER
      renewals.add(this.#renewable)
    } else renewals.remove(this.#renewable)
  }

  #expireAtDeadline(): void {
    const left = this.#deadline - performance.now()
    this.#expiry = setTimeout(
      () => (this.isHeld() ? this.#expireAtDeadline() : this.#lose('its time ran out')),
      Math.min(Math.max(0, left), MAX_TIMER_MS),
    ).unref()
  }

  #lose(why: string): void {
    if (this.#isOver) return
    this.#stop()
    this.#lost.abort(new LockLostError(this.name, this.token, why))
    this.#grant.lost()
  }

  #stop(): void {
    clearTimeout(this.#expiry)
    this.#store.renewals.remove(this.#renewable)
  }
}

const validUntil = (sentAt: number, ttlMs: number): number =>
  sentAt + ttlMs * (1 - DRIFT) - MARGIN_MS

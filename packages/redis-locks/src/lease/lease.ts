import { InvalidArgumentError } from '@gravito/plasma'
import { LockLostError } from '../errors.js'
import { checkMs } from '../options.js'
import type { LockKeys } from '../redis/keys.js'
import type { LockStore } from '../redis/store.js'
import type { Held } from '../waiting/tenure.js'
import type { Renewable, Renewals } from './renewal.js'
import { sleepWatch } from './sleep-watch.js'

/** What `toJSON` gives and `restore` takes. */
export interface LeaseData {
  name: string
  ticket: string
  token: number
  ttlMs: number
}

/** @throws InvalidArgumentError unless `toJSON` may have given it */
export function checkLeaseData(data: LeaseData): void {
  const { name, ticket, token } = { ...data }
  if ([name, ticket].every(it => typeof it === 'string' && it !== '') && Number.isInteger(token)) {
    checkMs('ttlMs', data.ttlMs, 1)
    return
  }
  throw new InvalidArgumentError('data', 'must be what the toJSON of a lease gave')
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
  /** Gives the lock back, told since when and how long it lasts while it does; resolves with true when it was still ours. */
  release: (held: Held | undefined) => Promise<boolean>
  /** Called when the lease is lost. */
  lost: () => void
  /** The lease of the same asynchronous context that this one is a part of. */
  outer?: Lease
}

/** What a lease needs of the locks it came from. */
export type LeaseStore = Pick<LockStore, 'extend' | 'kind' | 'telemetry'> & {
  renewals: Pick<Renewals, 'add' | 'remove'>
}

/** Clocks may run at different speeds. */
const DRIFT = 0.01
const MARGIN_MS = 2
const RENEWED_AFTER = 1 / 3

/**
 * One lock, held. It counts from the moment its command was sent and a little less than Redis does, so that it
 * never believes longer than Redis; at its local deadline `signal` fires, whether Redis can be reached or not.
 */
export class Lease {
  readonly name: string
  /** The fencing token: larger with every grant of this lock. A whole number that JSON and SQL keep exactly. */
  readonly token: number
  readonly #store: LeaseStore
  readonly #grant: Grant
  /** Why it is lost, as soon as it is. */
  #loss: LockLostError | undefined
  /** Made when somebody asks for the signal, which costs more than the lease. */
  #controller: AbortController | undefined
  readonly #renewable: Renewable
  /** Local time of the command that the deadline counts from. */
  #sentAt: number
  #leaseMs: number
  #deadline: number
  readonly #since = performance.now()
  #released = false
  /** When the last answer to `extend` came; what was asked before is out of date. */
  #extendedAt = 0

  constructor(store: LeaseStore, grant: Grant) {
    this.name = grant.name
    this.token = grant.token
    this.#store = store
    this.#grant = grant
    this.#sentAt = grant.sentAt
    this.#leaseMs = grant.leaseMs
    this.#deadline = validUntil(grant.sentAt, grant.leaseMs)
    this.#renewable = {
      script: store.kind.scripts.RENEW,
      key: grant.keys.lock,
      ticket: grant.ticket,
      minReplicas: grant.minReplicas ?? 0,
      ttlMs: grant.ttlMs,
      dueAt: Number.POSITIVE_INFINITY,
      endsAt: 0,
      renewed: (isOurs, sentAt) => this.#renewed(isOurs, sentAt),
      ended: () => this.#lose('its time ran out'),
    }
    if (!grant.outer) this.#watch(grant.leaseMs)
  }

  /** Aborts with LockLostError, once, when the lease is lost. */
  get signal(): AbortSignal {
    const { outer } = this.#grant
    if (outer) return outer.signal
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#loss) this.#controller.abort(this.#loss)
    }
    return this.#controller.signal
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
    throw (
      this.#loss ??
      this.signal.reason ??
      new LockLostError(this.name, this.token, 'it was released')
    )
  }

  /**
   * Let the lease last `ttlMs` (default: as before) from now.
   *
   * @returns false when it was no longer ours; then `signal` has fired
   */
  async extend(ttlMs = this.#renewable.ttlMs): Promise<boolean> {
    checkMs('ttlMs', ttlMs, 1)
    if (!this.isHeld()) return false
    const { keys, ticket, outer } = this.#grant
    if (outer) return outer.extend(ttlMs)
    const sentAt = performance.now()
    const extended = await this.#store.extend(keys, ticket, ttlMs)
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
  release(): Promise<boolean> {
    if (this.#released) return Promise.resolve(false)
    const held = this.isHeld() ? { sentAt: this.#sentAt, leaseMs: this.#leaseMs } : undefined
    this.#released = true
    const holdMs = performance.now() - this.#since
    // First of all: the next one waits.
    const released = this.#grant.release(held)
    this.#store.renewals.remove(this.#renewable)
    if (held && !this.#grant.outer) {
      const { telemetry, kind } = this.#store
      telemetry.released(kind.name, this.name, this.token, holdMs)
    }
    return released
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
    return this.#released || this.#loss !== undefined
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
    const { telemetry, kind } = this.#store
    telemetry.renewed(kind.name, this.name, this.token, this.#deadline - performance.now())
  }

  /** Be told at the deadline, and renew before it. */
  #watch(leaseMs: number): void {
    const renews = this.#grant.renew || leaseMs < this.#renewable.ttlMs
    this.#renewable.dueAt = renews
      ? this.#sentAt + leaseMs * RENEWED_AFTER
      : Number.POSITIVE_INFINITY
    this.#renewable.endsAt = this.#deadline
    this.#store.renewals.add(this.#renewable)
  }

  #lose(why: string): void {
    if (this.#isOver) return
    this.#store.renewals.remove(this.#renewable)
    this.#loss = new LockLostError(this.name, this.token, why)
    this.#controller?.abort(this.#loss)
    this.#grant.lost()
    const { telemetry, kind } = this.#store
    const holdMs = performance.now() - this.#since
    telemetry.lost(kind.name, this.name, this.token, holdMs, this.#loss)
  }
}

const validUntil = (sentAt: number, ttlMs: number): number =>
  sentAt + ttlMs * (1 - DRIFT) - MARGIN_MS

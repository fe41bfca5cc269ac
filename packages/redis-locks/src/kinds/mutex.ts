import { InvalidArgumentError } from '@gravito/plasma'
import { onAbort } from '../aborts.js'
import { LockReplicasError, type LockStoreError, LockTimeoutError, storeError } from '../errors.js'
import { checkLeaseData, Lease, type LeaseData } from '../lease/lease.js'
import { type Section, sectionOf } from '../lease/section.js'
import {
  type AcquireOptions,
  checkFunction,
  type MutexOptions,
  type ResolvedOptions,
  resolve,
} from '../options.js'
import type { LockKeys } from '../redis/keys.js'
import type { Holder, LockStore } from '../redis/store.js'
import type { Lines } from '../waiting/lines.js'
import { Wait } from '../waiting/wait.js'
import type { Given } from '../waiting/waiter.js'
import { asHolder, leaseOfContext } from './reentrancy.js'

/** The end of a ticket that asks for permits. */
const CLAIM = /\*\d+\/\d+$/
const MAX_CONFIRM_MS = 1_000

/** A lock that one holder in the whole fleet has at a time, for the length of a renewed lease. */
export class Mutex {
  readonly name: string
  readonly #store: LockStore
  readonly #lines: Lines
  readonly #keys: LockKeys
  readonly #options: ResolvedOptions

  constructor(store: LockStore, lines: Lines, name: string, options: ResolvedOptions, claim = '') {
    this.name = name
    this.#store = store
    this.#lines = lines
    this.#keys = store.keys(name, claim)
    this.#options = options
  }

  /**
   * Run `fn` while the lock is held.
   *
   * @throws LockTimeoutError, LockStoreError, the signal's reason, or what `fn` throws
   */
  async run<Result>(
    fn: (section: Section) => Promise<Result> | Result,
    options: AcquireOptions = {},
  ): Promise<Result> {
    checkFunction('fn', fn)
    const resolved = this.#resolve(options)
    const lease = await this.#acquire(resolved, options.signal)
    try {
      const section = sectionOf(lease, options.signal)
      if (!resolved.reentrant) return await fn(section)
      return await asHolder(this.#store, this.#keys.lock, lease, () => fn(section))
    } finally {
      // What cannot be given back now ends with its lease; the section's own outcome is what counts.
      await lease.release().catch(() => false)
    }
  }

  /**
   * Wait for the lock, at most `waitMs`, first come, first served, across all processes.
   *
   * @throws LockTimeoutError, LockStoreError when Redis fails, or the signal's reason
   */
  acquire(options: AcquireOptions = {}): Promise<Lease> {
    try {
      return this.#acquire(this.#resolve(options), options.signal)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Take the lock if it is free: one round trip.
   *
   * @throws LockStoreError
   */
  async tryAcquire(options: MutexOptions = {}): Promise<Lease | null> {
    return this.#tryAcquire(this.#resolve(options))
  }

  /** Who holds the lock, `null` when it is free. */
  async inspect(): Promise<Holder | null> {
    return this.#store.inspect(this.#keys).catch(error => {
      throw this.#storeError(error)
    })
  }

  /** Take the lock away from whoever holds it: for emergencies. Resolves with false when it was free. */
  async forceRelease(): Promise<boolean> {
    return this.#store.forceRelease(this.#keys).catch(error => {
      throw this.#storeError(error)
    })
  }

  /** A lease that `toJSON` of another process described, if it is still held; it lasts its full time from now. */
  async restore(data: LeaseData): Promise<Lease | null> {
    checkLeaseData(data)
    if (CLAIM.test(data.ticket) === (this.#store.kind.queues === 'head')) {
      throw new InvalidArgumentError('data', 'is another kind of lock: use the restore of that one')
    }
    const options = resolve(this.#options, { ttlMs: data.ttlMs })
    const sentAt = performance.now()
    const held = await this.#store.extend(this.#keys, data.ticket, data.ttlMs).catch(error => {
      throw this.#storeError(error)
    })
    if (!held) return null
    return this.#lease(data.ticket, { token: data.token, sentAt, leaseMs: data.ttlMs }, options)
  }

  #resolve(options: AcquireOptions): ResolvedOptions {
    const resolved = resolve(this.#options, options)
    if (options.reentrant && this.#store.kind.queues !== 'head') {
      throw new InvalidArgumentError('reentrant', 'is for a mutex')
    }
    if (resolved.minReplicas > 0 && this.#store.isCluster) {
      throw new InvalidArgumentError('minReplicas', 'cannot be asked for on a Cluster')
    }
    return resolved
  }

  #outer({ reentrant }: ResolvedOptions): Lease | undefined {
    const isMutex = this.#store.kind.queues === 'head'
    return reentrant && isMutex ? leaseOfContext(this.#store, this.#keys.lock) : undefined
  }

  /** The lease once enough replicas have it; otherwise it is given back. */
  async #replicated(lease: Lease, { minReplicas, ttlMs }: ResolvedOptions): Promise<Lease> {
    const { ticket } = lease.toJSON()
    const timeoutMs = Math.min(MAX_CONFIRM_MS, Math.ceil(ttlMs / 3))
    try {
      const confirmed = await this.#store.confirm(this.#keys, ticket, ttlMs, minReplicas, timeoutMs)
      if (confirmed >= minReplicas) return lease
      throw new LockReplicasError(this.name, minReplicas, confirmed)
    } catch (error) {
      lease.release().catch(() => false)
      throw error instanceof LockReplicasError ? error : this.#storeError(error)
    }
  }

  /** Run `fn` as the holder of `lease`: what is reentrant in it may take the lock again. */
  async within<Result>(lease: Lease, fn: () => Promise<Result>): Promise<Result> {
    checkFunction('fn', fn)
    return asHolder(this.#store, this.#keys.lock, lease, fn)
  }

  async #acquire(resolved: ResolvedOptions, signal: AbortSignal | undefined): Promise<Lease> {
    signal?.throwIfAborted()
    const outer = this.#outer(resolved)
    if (outer) return outer.nested()
    if (resolved.waitMs === 0) return this.#now(resolved)
    const started = performance.now()
    const waiter = this.#lines.join(this.#keys, resolved.ttlMs)
    let lease: Lease | undefined
    const deaf = signal && onAbort(signal, () => waiter.wake())
    try {
      const { waitMs } = resolved
      const wait = new Wait(this.#lines, this.name, this.#keys, waiter, { waitMs, signal })
      const given = await wait.over()
      const { telemetry, kind } = this.#store
      const waitedMs = performance.now() - started
      telemetry.acquired(kind.name, this.name, given.token, waitedMs, wait.isContended)
      lease = this.#lease(given.ticket ?? waiter.id, given, resolved)
    } catch (error) {
      this.#missed(error as Error, started, signal)
      throw error
    } finally {
      deaf?.()
      this.#lines.leave(this.#keys, waiter, lease !== undefined)
      const { given } = waiter
      if (given?.ticket) this.#lines.release(this.#keys, given.ticket, given).catch(() => false)
    }
    return resolved.minReplicas === 0 ? lease : await this.#replicated(lease, resolved)
  }

  async #tryAcquire(resolved: ResolvedOptions): Promise<Lease | null> {
    const outer = this.#outer(resolved)
    if (outer) return outer.nested()
    const { telemetry, kind } = this.#store
    const ticket = this.#store.ticket(this.#keys)
    const started = performance.now()
    let lease: Lease | null
    try {
      const given = await this.#take(ticket, resolved)
      lease = given ? this.#lease(ticket, given, resolved) : null
      const waitMs = performance.now() - started
      if (given) telemetry.acquired(kind.name, this.name, given.token, waitMs, false)
      else telemetry.refused(kind.name, this.name)
    } catch (error) {
      // The reply may be lost, not the effect.
      this.#store.cancel(this.#keys, ticket).catch(() => false)
      const failure = this.#storeError(error)
      this.#missed(failure, started, undefined)
      throw failure
    }
    return lease && resolved.minReplicas > 0 ? await this.#replicated(lease, resolved) : lease
  }

  async #now(resolved: ResolvedOptions): Promise<Lease> {
    const lease = await this.#tryAcquire(resolved)
    if (!lease) throw new LockTimeoutError(this.name, 0)
    return lease
  }

  async #take(ticket: string, { ttlMs }: ResolvedOptions): Promise<Given | undefined> {
    const sentAt = performance.now()
    const reply = await this.#store.acquire(this.#keys, ticket, ttlMs)
    if (reply !== 'queued') {
      return 'token' in reply ? { token: reply.token, sentAt, leaseMs: ttlMs } : undefined
    }
    const { token } = await this.#store.enqueue(
      this.#keys,
      { id: ticket, ttlMs, arrivalUs: 0 },
      false,
    )
    return token === undefined ? undefined : { token, sentAt, leaseMs: ttlMs }
  }

  #lease(ticket: string, given: Given, options: ResolvedOptions): Lease {
    const { ttlMs, renew, minReplicas } = options
    const keys = this.#keys
    this.#lines.held(keys, ticket)
    return new Lease(this.#store, {
      sentAt: given.sentAt,
      leaseMs: given.leaseMs,
      token: given.token,
      name: this.name,
      ticket,
      keys,
      ttlMs,
      renew,
      minReplicas,
      release: held => this.#lines.release(keys, ticket, held),
      lost: () => this.#lines.ended(keys, ticket),
    })
  }

  #storeError(cause: unknown): LockStoreError {
    return storeError(this.name, cause, this.#store.kind.name)
  }

  #missed(error: Error, started: number, signal: AbortSignal | undefined): void {
    const { telemetry, kind } = this.#store
    const how = error instanceof LockTimeoutError ? 'timeout' : signal?.aborted ? 'abort' : 'fail'
    telemetry.missed(kind.name, this.name, how, performance.now() - started, error)
  }
}

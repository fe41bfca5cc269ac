import { randomUUID } from 'node:crypto'
import { LockStoreError, LockTimeoutError } from './errors.js'
import { Lease, type LeaseData } from './lease.js'
import type { LockKeys } from './names.js'
import { type AcquireOptions, type MutexOptions, type ResolvedOptions, resolve } from './options.js'
import type { Attempt, Holder, LockStore } from './store.js'
import type { Waiter, Waiters } from './waiters.js'

/** What a critical section is given. */
export interface Section {
  lease: Lease
  /** Aborts when the lease is lost or the caller's signal aborts. */
  signal: AbortSignal
  /** The fencing token: hand it to the resource, which refuses smaller ones than it has seen. */
  token: number
  /** Throws LockLostError when the lease is over. */
  assertHeld: () => void
}

/** A waiter asks again at least this often, in case a wake-up was lost. */
const HEARTBEAT_MS = 5_000
/** Redis' milliseconds are whole. */
const AFTER_EXPIRY_MS = 2
const STORE_RETRY_MS = 100
/** Node's timers end here and fire at once beyond. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** A lock that one holder in the whole fleet has at a time, for the length of a renewed lease. */
export class Mutex {
  readonly name: string
  readonly #store: LockStore
  readonly #waiters: Waiters
  readonly #keys: LockKeys
  readonly #options: ResolvedOptions

  constructor(store: LockStore, waiters: Waiters, name: string, options: ResolvedOptions) {
    this.name = name
    this.#store = store
    this.#waiters = waiters
    this.#keys = store.keys(name)
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
    const lease = await this.acquire(options)
    const signal = options.signal ? AbortSignal.any([lease.signal, options.signal]) : lease.signal
    try {
      return await fn({ lease, signal, token: lease.token, assertHeld: () => lease.assertHeld() })
    } finally {
      // What cannot be given back now ends with its lease; the section's own outcome is what counts.
      await lease.release().catch(() => false)
    }
  }

  /**
   * Wait for the lock, at most `waitMs`; those of one process get it in order.
   *
   * @throws LockTimeoutError, LockStoreError when Redis fails, or the signal's reason
   */
  async acquire(options: AcquireOptions = {}): Promise<Lease> {
    const resolved = resolve(this.#options, options)
    const { signal } = options
    signal?.throwIfAborted()
    if (resolved.waitMs === 0) return this.#now(options)
    const deadline = performance.now() + resolved.waitMs
    const waiter = this.#waiters.join(this.#keys)
    const abort = () => waiter.wake()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await this.#wait(waiter, resolved, deadline, signal)
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#waiters.leave(this.#keys, waiter)
    }
  }

  /**
   * Take the lock if it is free: one round trip.
   *
   * @throws LockStoreError
   */
  async tryAcquire(options: MutexOptions = {}): Promise<Lease | null> {
    const resolved = resolve(this.#options, options)
    const request = this.#request(randomUUID(), resolved)
    try {
      return await request
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Who holds the lock, `null` when it is free. */
  async inspect(): Promise<Holder | null> {
    return this.#store.inspect(this.#keys).catch(error => {
      throw this.#failed(error)
    })
  }

  /** Take the lock away from whoever holds it: for emergencies. Resolves with false when it was free. */
  async forceRelease(): Promise<boolean> {
    return this.#store.forceRelease(this.#keys).catch(error => {
      throw this.#failed(error)
    })
  }

  /** A lease that `toJSON` of another process described, if it is still held; it lasts its full time from now. */
  async restore(data: LeaseData): Promise<Lease | null> {
    const options = resolve(this.#options, { ttlMs: data.ttlMs })
    const sentAt = performance.now()
    const held = await this.#store.extend(this.#keys, data.ticket, data.ttlMs).catch(error => {
      throw this.#failed(error)
    })
    return held
      ? new Lease(this.#store, { ...data, keys: this.#keys, sentAt, renew: options.renew })
      : null
  }

  async #now({ signal: _, ...options }: AcquireOptions): Promise<Lease> {
    const lease = await this.tryAcquire(options)
    if (!lease) throw new LockTimeoutError(this.name, 0)
    return lease
  }

  async #wait(
    waiter: Waiter,
    options: ResolvedOptions,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<Lease> {
    const ticket = randomUUID()
    const left = () => deadline - performance.now()
    let failure: unknown
    for (let asked = false; ; ) {
      signal?.throwIfAborted()
      if (asked && left() <= 0) {
        throw failure ? this.#failed(failure) : new LockTimeoutError(this.name, options.waitMs)
      }
      if (!this.#waiters.isHead(this.#keys, waiter)) {
        asked = true
        await waiter.sleep(left())
        continue
      }
      asked = true
      const outcome = await this.#ask(ticket, options, left, signal)
      if (outcome instanceof Lease) return outcome
      failure = outcome.failure
      await waiter.sleep(Math.min(left(), outcome.againMs))
    }
  }

  /** One question of the head: a lease, or after how many ms to ask again. */
  async #ask(
    ticket: string,
    options: ResolvedOptions,
    left: () => number,
    signal: AbortSignal | undefined,
  ): Promise<Lease | { againMs: number; failure?: unknown }> {
    const once = async () => {
      const first = await this.#attempt(ticket, options)
      if (first.lease || !(await this.#waiters.listen(this.#keys))) return first
      return this.#attempt(ticket, options)
    }
    const asking = once()
    if (!(await settles(asking, left(), signal))) {
      this.#giveBack(asking, ticket)
      return {
        againMs: 0,
        failure: new Error(`no answer of Redis within ${options.waitMs} ms`),
      }
    }
    try {
      const { lease, ttlMs } = await asking
      if (!lease) return { againMs: Math.min(ttlMs + AFTER_EXPIRY_MS, HEARTBEAT_MS) }
      if (!signal?.aborted) return lease
      await lease.release()
      return { againMs: 0 }
    } catch (failure) {
      if (!this.#store.passes(failure)) throw this.#failed(failure)
      return { againMs: STORE_RETRY_MS, failure }
    }
  }

  async #attempt(
    ticket: string,
    options: ResolvedOptions,
  ): Promise<{ lease?: Lease; ttlMs: number }> {
    const sentAt = performance.now()
    const { token, ttlMs = 0 }: Attempt = await this.#store.acquire(
      this.#keys,
      ticket,
      options.ttlMs,
    )
    if (token === undefined) return { ttlMs }
    const { name } = this
    const grant = {
      name,
      ticket,
      token,
      ttlMs: options.ttlMs,
      keys: this.#keys,
      sentAt,
      renew: options.renew,
    }
    return { lease: new Lease(this.#store, grant), ttlMs: 0 }
  }

  async #request(ticket: string, options: ResolvedOptions): Promise<Lease | null> {
    try {
      return (await this.#attempt(ticket, options)).lease ?? null
    } catch (error) {
      this.#giveBack(Promise.reject(error), ticket)
      throw error
    }
  }

  /** A grant that comes after its waiter left, or whose reply was lost, goes back at once. */
  #giveBack(asking: Promise<{ lease?: Lease }>, ticket: string): void {
    asking
      .then(
        ({ lease }) => lease?.release(),
        () => this.#store.release(this.#keys, ticket),
      )
      .catch(() => undefined)
  }

  #failed(error: unknown): Error {
    return error instanceof LockStoreError ? error : new LockStoreError(this.name, error)
  }
}

/** Does the promise settle within `ms` and before the signal aborts? */
async function settles(
  promise: Promise<unknown>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  let stop = () => {}
  const cut = new Promise<boolean>(resolve => {
    stop = () => resolve(false)
    if (Number.isFinite(ms)) timer = setTimeout(stop, Math.min(ms, MAX_TIMER_MS))
    signal?.addEventListener('abort', stop, { once: true })
  })
  const settled = promise.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, cut])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

import { InvalidArgumentError } from '@gravito/plasma'
import { LockTimeoutError } from '../errors.js'
import type { Lease } from '../lease/lease.js'
import {
  type AcquireOptions,
  checkFunction,
  type MutexOptions,
  type ResolvedOptions,
  resolve,
} from '../options.js'
import type { Mutex } from './mutex.js'

/** What a critical section under several locks is given. */
export interface MultiSection {
  lease: MultiLease
  /** Aborts when any of the leases is lost or the caller's signal aborts. */
  signal: AbortSignal
  /** The fencing token of each lock. */
  tokens: ReadonlyMap<string, number>
  /** Throws LockLostError when any of the leases is over. */
  assertHeld: () => void
}

/** Several locks, held together. */
export class MultiLease {
  /** One per lock, in the order of their names. */
  readonly leases: readonly Lease[]
  /** Aborts with LockLostError, once, when any of them is lost. */
  readonly signal: AbortSignal
  readonly tokens: ReadonlyMap<string, number>

  constructor(leases: readonly Lease[]) {
    this.leases = leases
    this.signal = AbortSignal.any(leases.map(lease => lease.signal))
    this.tokens = new Map(leases.map(({ name, token }) => [name, token]))
  }

  /** Milliseconds left to the first that ends. */
  remainingMs(): number {
    return Math.min(...this.leases.map(lease => lease.remainingMs()))
  }

  isHeld(): boolean {
    return this.remainingMs() > 0
  }

  /** @throws LockLostError when any of them is over */
  assertHeld(): void {
    for (const lease of this.leases) lease.assertHeld()
  }

  /**
   * Let all of them last `ttlMs` (default: as before) from now.
   *
   * @returns false when any was no longer ours
   */
  async extend(ttlMs?: number): Promise<boolean> {
    const extended = await Promise.all(this.leases.map(lease => lease.extend(ttlMs)))
    return extended.every(Boolean)
  }

  /**
   * Give all of them back; idempotent.
   *
   * @returns true when all were still ours
   */
  async release(): Promise<boolean> {
    const released = await Promise.allSettled(this.leases.map(lease => lease.release()))
    const failed = released.find(it => it.status === 'rejected')
    if (failed) throw failed.reason
    return released.every(it => it.status === 'fulfilled' && it.value)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
  }
}

/**
 * Several mutexes, all of them or none. They are taken one after the other in the order of their names, whoever asks:
 * so two callers never wait for each other.
 */
export class MultiLock {
  /** Sorted, each once. */
  readonly names: readonly string[]
  readonly #mutexes: readonly Mutex[]
  readonly #options: ResolvedOptions

  constructor(names: readonly string[], mutex: (name: string) => Mutex, options: ResolvedOptions) {
    if (!Array.isArray(names) || names.length === 0) {
      throw new InvalidArgumentError('names', 'must be a list of at least one name')
    }
    const mutexes = new Map(names.map(name => [name, mutex(name)]))
    this.names = [...mutexes.keys()].sort()
    this.#mutexes = this.names.map(name => mutexes.get(name) as Mutex)
    this.#options = options
  }

  /**
   * Run `fn` while all locks are held.
   *
   * @throws LockTimeoutError naming the lock, LockLostError when one was lost while the others were waited for,
   * LockStoreError, the signal's reason, or what `fn` throws
   */
  async run<Result>(
    fn: (section: MultiSection) => Promise<Result> | Result,
    options: AcquireOptions = {},
  ): Promise<Result> {
    checkFunction('fn', fn)
    const lease = await this.acquire(options)
    const { tokens } = lease
    const signal = options.signal ? AbortSignal.any([lease.signal, options.signal]) : lease.signal
    const section = { lease, signal, tokens, assertHeld: () => lease.assertHeld() }
    try {
      const inside = (i: number): Promise<Result> => {
        const mutex = this.#mutexes[i]
        const held = lease.leases[i]
        return mutex && held ? mutex.within(held, () => inside(i + 1)) : call(() => fn(section))
      }
      return await inside(0)
    } finally {
      // What cannot be given back now ends with its lease; the section's own outcome is what counts.
      await lease.release().catch(() => false)
    }
  }

  /**
   * Wait for all locks, at most `waitMs` in total.
   *
   * @throws as `run`
   */
  async acquire(options: AcquireOptions = {}): Promise<MultiLease> {
    const { waitMs } = resolve(this.#options, options)
    const next = budget(options, waitMs)
    const leases: Lease[] = []
    try {
      for (const mutex of this.#mutexes) {
        leases.push(await inTotal(waitMs, mutex.acquire(next(leases))))
      }
      return new MultiLease(leases)
    } catch (error) {
      await giveBack(leases)
      throw error
    }
  }

  /**
   * Take all locks if all are free.
   *
   * @throws LockStoreError
   */
  async tryAcquire(options: MutexOptions = {}): Promise<MultiLease | null> {
    const leases: Lease[] = []
    try {
      for (const mutex of this.#mutexes) {
        const lease = await mutex.tryAcquire(options)
        if (!lease) {
          await giveBack(leases)
          return null
        }
        leases.push(lease)
      }
      return new MultiLease(leases)
    } catch (error) {
      await giveBack(leases)
      throw error
    }
  }
}

/** The options for the next lock: what is left of the time, and an end when one of those held is lost. */
function budget(options: AcquireOptions, waitMs: number) {
  const deadline = performance.now() + waitMs
  return (held: readonly Lease[]): AcquireOptions => {
    const left = deadline - performance.now()
    const signals = held.map(lease => lease.signal)
    if (options.signal) signals.push(options.signal)
    const inTime = {
      ...options,
      waitMs: Number.isFinite(left) ? Math.max(0, Math.ceil(left)) : waitMs,
    }
    return signals.length > 0 ? { ...inTime, signal: AbortSignal.any(signals) } : inTime
  }
}

/** A time-out says how long all of it was allowed to take. */
async function inTotal<Result>(waitMs: number, taking: Promise<Result>): Promise<Result> {
  try {
    return await taking
  } catch (error) {
    if (!(error instanceof LockTimeoutError)) throw error
    throw new LockTimeoutError(error.lock, waitMs)
  }
}

const call = async <Result>(fn: () => Promise<Result> | Result): Promise<Result> => fn()

const giveBack = (leases: readonly Lease[]) =>
  Promise.allSettled(leases.map(lease => lease.release()))

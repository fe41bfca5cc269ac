import { InvalidArgumentError } from '@gravito/plasma'
import { LockStoreError } from '../errors.js'
import type { Lease, LeaseData } from '../lease/lease.js'
import type { Section } from '../lease/section.js'
import {
  type AcquireOptions,
  checkAmount,
  type MutexOptions,
  type ResolvedOptions,
} from '../options.js'
import type { LimitChange, LockStore } from '../redis/store.js'
import type { Lines } from '../waiting/lines.js'
import { Mutex } from './mutex.js'
import { type PermitHolder, type PermitState, permitState } from './permit-state.js'

export interface SemaphoreOptions extends MutexOptions {
  /** How many may be held at a time. Give every process the same number, or set it with `setPermits`. */
  permits: number
}

interface Weighted {
  /** How many permits it takes, default 1; all of them or none. */
  weight?: number
}

/** Options of one acquisition of permits. */
export type PermitOptions = AcquireOptions & Weighted

export interface SemaphoreInfo {
  /** The limit that counts: `setPermits`' or, without one, this process' option. */
  permits: number
  /** Never below 0, also when the limit was lowered under what is held. */
  available: number
  held: number
  /** Of this process all who wait, of others those with a ticket in Redis. */
  waiting: number
  /** Somebody set the limit at run time. */
  isSet: boolean
}

/**
 * So many permits for the whole fleet. They are leases: those of a killed process come back when the lease ends. First
 * come, first served: a heavy request is not overtaken by lighter ones.
 */
export class Semaphore {
  readonly name: string
  readonly #store: LockStore
  readonly #lines: Lines
  readonly #options: ResolvedOptions
  readonly #permits: number
  /** Of weight 1, for all who want no more. */
  readonly #single: Mutex

  constructor(lines: Lines, name: string, options: ResolvedOptions, permits: number) {
    checkAmount('permits', permits, MAX_PERMITS)
    this.name = name
    this.#store = lines.store
    this.#lines = lines
    this.#options = options
    this.#permits = permits
    this.#single = this.#of(1)
  }

  /**
   * Run `fn` while its permits are held.
   *
   * @throws LockTimeoutError, LockStoreError, the signal's reason, or what `fn` throws
   */
  async run<Result>(
    fn: (section: Section) => Promise<Result> | Result,
    { weight, ...options }: PermitOptions = {},
  ): Promise<Result> {
    return this.#of(weight).run(fn, options)
  }

  /**
   * Wait for permits, at most `waitMs`, first come, first served, across all processes.
   *
   * @throws LockTimeoutError, LockStoreError when Redis fails, or the signal's reason
   */
  async acquire({ weight, ...options }: PermitOptions = {}): Promise<Lease> {
    return this.#of(weight).acquire(options)
  }

  /**
   * Take permits if they are free and nobody queues: one round trip.
   *
   * @throws LockStoreError
   */
  async tryAcquire({ weight, ...options }: MutexOptions & Weighted = {}): Promise<Lease | null> {
    return this.#of(weight).tryAcquire(options)
  }

  /** Take over the lease that `toJSON` described; `null` when it is no longer held. */
  async restore(data: LeaseData): Promise<Lease | null> {
    return this.#of().restore(data)
  }

  /**
   * Change the limit for all processes, at once: more go to those who wait; with fewer, nobody new until enough came
   * back. It overrides every process' option until `resetPermits`, or until a week after its last use.
   */
  async setPermits(permits: number): Promise<void> {
    checkAmount('permits', permits, MAX_PERMITS)
    await this.#limit('set', permits)
  }

  /** Change the limit by `amount`, which may be below 0; resolves with the new one, never below 0. */
  async addPermits(amount: number): Promise<number> {
    if (!Number.isSafeInteger(amount) || Math.abs(amount) > MAX_PERMITS) {
      throw new InvalidArgumentError('amount', `must be a whole number up to ${MAX_PERMITS}`)
    }
    return this.#limit('add', amount)
  }

  /** Let every process' own option count again. */
  async resetPermits(): Promise<void> {
    await this.#limit('forget', 0)
  }

  /** How full it is: one round trip. */
  async info(): Promise<SemaphoreInfo> {
    const { limit, held, queued } = await this.#state()
    const permits = limit ?? this.#permits
    const waiting = queued + this.#lines.unqueued(this.#store.keys(this.name))
    const available = Math.max(0, permits - held)
    return { permits, available, held, waiting, isSet: limit !== null }
  }

  /** Who holds permits. */
  async inspect(): Promise<PermitHolder[]> {
    return (await this.#state()).holders
  }

  /** Take all permits away from whoever holds them: for emergencies. Resolves with false when there was none. */
  async forceRelease(): Promise<boolean> {
    return this.#of().forceRelease()
  }

  #state(): Promise<PermitState> {
    return permitState(this.#store, this.name)
  }

  #limit(how: LimitChange, amount: number): Promise<number> {
    const keys = this.#store.keys(this.name)
    return this.#store.setLimit(keys, how, amount, this.#permits).catch(error => {
      throw new LockStoreError(this.name, error, this.#store.kind.name)
    })
  }

  #of(weight?: number): Mutex {
    if (weight === undefined) return this.#single
    checkAmount('weight', weight, this.#permits)
    const claim = `*${weight}/${this.#permits}`
    return new Mutex(this.#store, this.#lines, this.name, this.#options, claim)
  }
}

const MAX_PERMITS = 1_000_000_000

import { Funnel } from './adapters/laravel/funnel.js'
import { Throttle } from './adapters/laravel/throttle.js'
import { Leader, type LeaderOptions } from './kinds/leader.js'
import { MultiLock } from './kinds/multi.js'
import { Mutex } from './kinds/mutex.js'
import { ReadWriteLock } from './kinds/read-write.js'
import { Semaphore, type SemaphoreOptions } from './kinds/semaphore.js'
import { checkLeaseData, type Lease, type LeaseData } from './lease/lease.js'
import type { Section } from './lease/section.js'
import { RateLimiter, type RateLimitOptions } from './limits/rate-limiter.js'
import { LimitStore } from './limits/store.js'
import {
  type AcquireOptions,
  checkOptions,
  DEFAULTS,
  type LocksOptions,
  type MutexOptions,
  type ResolvedOptions,
  resolve,
} from './options.js'
import { clientOf } from './redis/client.js'
import { LockStore, type LocksSource } from './redis/store.js'
import { MUTEX } from './scripts/mutex.js'
import { READ_WRITE } from './scripts/read-write.js'
import { SEMAPHORE } from './scripts/semaphore.js'
import type { LocksStats } from './telemetry/stats.js'
import type { LockEventName, LockListener } from './telemetry/telemetry.js'
import { Lines } from './waiting/lines.js'

/** The locks under one prefix of one client. */
export class Locks {
  readonly #store: LockStore
  readonly #lines: Lines
  readonly #semaphores: Lines
  readonly #readWrites: Lines
  readonly #leaders: Lines
  readonly #limits: LimitStore
  readonly #options: ResolvedOptions

  constructor(source: LocksSource, options: LocksOptions = {}) {
    this.#options = resolve(DEFAULTS, options)
    const client = clientOf(source)
    this.#store = new LockStore(client, this.#options.prefix)
    this.#limits = new LimitStore(client, this.#options.prefix)
    this.#lines = new Lines(this.#store)
    this.#semaphores = new Lines(this.#store.of(SEMAPHORE))
    this.#leaders = new Lines(this.#store.of({ ...MUTEX, suffix: ':leader' }))
    this.#readWrites = new Lines(this.#store.of(READ_WRITE))
  }

  /** How many leases of these locks, of every kind, are held or being released; a process that shuts down waits for 0. */
  get held(): number {
    return this.#store.held
  }

  /**
   * The mutex called `name`; costs nothing until it is used.
   *
   * @throws InvalidArgumentError for a bad name or option
   */
  mutex(name: string, options: MutexOptions = {}): Mutex {
    return new Mutex(this.#store, this.#lines, name, resolve(this.#options, options))
  }

  /**
   * The semaphore called `name`: up to `permits` holders at a time.
   *
   * @throws InvalidArgumentError for a bad name or option
   */
  semaphore(name: string, options: SemaphoreOptions): Semaphore {
    const { permits, ...rest } = { ...options }
    return new Semaphore(this.#semaphores, name, resolve(this.#options, rest), permits)
  }

  /**
   * The read-write lock called `name`: readers together, writers alone.
   *
   * @throws InvalidArgumentError for a bad name or option
   */
  readWrite(name: string, options: MutexOptions = {}): ReadWriteLock {
    return new ReadWriteLock(this.#readWrites, name, resolve(this.#options, options))
  }

  /**
   * Several mutexes, all of them or none; a name that is given twice counts once.
   *
   * @throws InvalidArgumentError for no names, or a bad name or option
   */
  multi(names: readonly string[], options: MutexOptions = {}): MultiLock {
    return new MultiLock(names, name => this.mutex(name, options), resolve(this.#options, options))
  }

  /**
   * A candidate for the leadership called `name`, which one process has at a time; `start` makes it stand.
   *
   * @throws InvalidArgumentError for a bad name or option
   */
  leader(name: string, options: LeaderOptions = {}): Leader {
    checkOptions(options)
    const { ttlMs = this.#options.ttlMs, ...rest } = options
    const resolved = resolve(this.#options, { ttlMs, renew: true, reentrant: false })
    const mutex = new Mutex(this.#leaders.store, this.#leaders, name, resolved)
    return new Leader(mutex, ttlMs, rest)
  }

  /**
   * The limit called `name`, counted per id.
   *
   * @throws InvalidArgumentError for a bad name or option
   */
  rateLimiter(name: string, options: RateLimitOptions): RateLimiter {
    return new RateLimiter(this.#limits, name, options)
  }

  /** The limit called `name` in the words of Laravel: `locks.throttle('mail').allow(10).every(60).run(send)`. */
  throttle(name: string): Throttle {
    return new Throttle(this, name)
  }

  /** The semaphore called `name` in the words of Laravel: `locks.funnel('video').limit(3).run(convert)`. */
  funnel(name: string): Funnel {
    return new Funnel(this, name)
  }

  /** Run `fn` while the mutex called `name` is held: see `Mutex.run`. */
  async withLock<Result>(
    name: string,
    fn: (section: Section) => Promise<Result> | Result,
    options: AcquireOptions = {},
  ): Promise<Result> {
    return this.mutex(name).run(fn, options)
  }

  /** Hear of the locks of this object: see `LockEventName`. What a listener throws becomes a process warning. */
  on(event: LockEventName, listener: LockListener): this {
    this.#store.telemetry.on(event, listener)
    return this
  }

  off(event: LockEventName, listener: LockListener): this {
    this.#store.telemetry.off(event, listener)
    return this
  }

  /** What the locks of this object did: how often, how long they were waited for and held. */
  stats(): LocksStats {
    return this.#store.telemetry.stats()
  }

  /** Take over the lease that `toJSON` described; `null` when it is no longer held. */
  async restore(data: LeaseData): Promise<Lease | null> {
    checkLeaseData(data)
    return this.mutex(data.name).restore(data)
  }
}

/**
 * Locks on a plasma client, a manager, or any ioredis instance or Cluster.
 *
 * @throws InvalidArgumentError naming a bad option
 */
export function createLocks(source: LocksSource, options: LocksOptions = {}): Locks {
  return new Locks(source, options)
}

const shared = new WeakMap<object, Locks>()

/** Run `fn` while the lock called `name` is held, with the defaults of `createLocks`. */
export async function withLock<Result>(
  source: LocksSource,
  name: string,
  fn: (section: Section) => Promise<Result> | Result,
  options: AcquireOptions = {},
): Promise<Result> {
  const locks = shared.get(source) ?? new Locks(source)
  shared.set(source, locks)
  return locks.withLock(name, fn, options)
}

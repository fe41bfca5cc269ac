/** What one lock, or all of them, did since its `Locks` was made. */
export interface LockStats {
  acquisitions: number
  /** Of these, so many were not free at once. */
  contended: number
  /** `tryAcquire` that found it taken. */
  refused: number
  /** Waits that ended with LockTimeoutError. */
  timeouts: number
  /** Waits that their signal ended. */
  aborted: number
  /** Waits that an error of Redis ended. */
  failures: number
  /** Leases that ended while they were in use. */
  lost: number
  /** Of every wait, also of those that ended without the lock. */
  waitMs: DurationStats
  holdMs: DurationStats
}

/** Milliseconds; percentiles are at most a quarter too high. */
export interface DurationStats {
  count: number
  mean: number
  p50: number
  p95: number
  p99: number
  max: number
}

export interface LocksStats {
  /** Of all locks, also of those that are not listed any more. */
  total: LockStats
  /** By name, `semaphore:` or `read-write:` in front where it is one; the last 1 000 that were new. */
  locks: Record<string, LockStats>
}

/** Three buckets per doubling, from 10 microseconds to 20 hours. */
const PER_DOUBLING = 3
const SMALLEST_MS = 0.01
const BUCKETS = PER_DOUBLING * 33

/** Counts durations in buckets of equal ratio. */
export class Durations {
  #buckets: Uint32Array | undefined
  #count = 0
  #sum = 0
  #max = 0

  /** Count milliseconds. */
  record(ms: number): void {
    this.#count++
    this.#sum += ms
    if (ms > this.#max) this.#max = ms
    const exact = Math.ceil(Math.log2(ms / SMALLEST_MS) * PER_DOUBLING)
    const bucket = exact > 0 ? Math.min(exact, BUCKETS - 1) : 0
    this.#buckets ??= new Uint32Array(BUCKETS)
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
  }

  stats(): DurationStats {
    return {
      count: this.#count,
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      p50: this.#percentile(0.5),
      p95: this.#percentile(0.95),
      p99: this.#percentile(0.99),
      max: this.#max,
    }
  }

  #percentile(share: number): number {
    let below = 0
    for (let bucket = 0; this.#buckets && bucket < BUCKETS; bucket++) {
      below += this.#buckets[bucket] ?? 0
      if (below >= share * this.#count) {
        return Math.min(2 ** (bucket / PER_DOUBLING) * SMALLEST_MS, this.#max)
      }
    }
    return 0
  }
}

/** The numbers behind `LockStats`. */
export class LockCounters {
  acquisitions = 0
  contended = 0
  refused = 0
  timeouts = 0
  aborted = 0
  failures = 0
  losses = 0
  readonly waits = new Durations()
  readonly holds = new Durations()

  acquired(waitMs: number, contended: boolean): void {
    this.acquisitions++
    if (contended) this.contended++
    this.waits.record(waitMs)
  }

  missed(how: 'timeout' | 'abort' | 'fail', waitMs: number): void {
    if (how === 'timeout') this.timeouts++
    else if (how === 'abort') this.aborted++
    else this.failures++
    this.waits.record(waitMs)
  }

  released(holdMs: number): void {
    this.holds.record(holdMs)
  }

  lost(holdMs: number): void {
    this.losses++
    this.holds.record(holdMs)
  }
}

export const statsOf = (counters: LockCounters): LockStats => ({
  acquisitions: counters.acquisitions,
  contended: counters.contended,
  refused: counters.refused,
  timeouts: counters.timeouts,
  aborted: counters.aborted,
  failures: counters.failures,
  lost: counters.losses,
  waitMs: counters.waits.stats(),
  holdMs: counters.holds.stats(),
})

/** What a connection did since it was made. */
export interface ConnectionStats {
  /** Commands answered, those of pipelines too. */
  commands: number
  /** Commands that failed, timeouts included. */
  errors: number
  /** Commands without a reply within `commandTimeout`. */
  timeouts: number
  /** How many times the connection was ready again after it was lost. */
  reconnects: number
  /** Commands that wait for the connection now. */
  queued: number
  /** Milliseconds from call to reply; a pipeline counts once, a command that waits for data not at all. */
  latencyMs: LatencySummary
}

/** Milliseconds; percentiles are at most 10 % too high. */
export interface LatencySummary {
  count: number
  mean: number
  p50: number
  p95: number
  p99: number
  max: number
}

/** Eight buckets per doubling, from a microsecond to 19 hours. */
const PER_DOUBLING = 8
const BUCKETS = PER_DOUBLING * 36

/** Counts durations in buckets of equal ratio: any number of them in 2 kB. */
export class Histogram {
  readonly #buckets = new Float64Array(BUCKETS)
  #count = 0
  #sum = 0
  #max = 0

  /** Count a duration in milliseconds. */
  record(milliseconds: number): void {
    const exact = Math.log2(milliseconds * 1_000) * PER_DOUBLING
    const bucket = exact > 0 ? Math.min(Math.floor(exact), BUCKETS - 1) : 0
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1
    this.#count++
    this.#sum += milliseconds
    if (milliseconds > this.#max) this.#max = milliseconds
  }

  summary(): LatencySummary {
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
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      below += this.#buckets[bucket] as number
      if (below > 0 && below >= share * this.#count) {
        return Math.min(2 ** ((bucket + 1) / PER_DOUBLING) / 1_000, this.#max)
      }
    }
    return 0
  }
}

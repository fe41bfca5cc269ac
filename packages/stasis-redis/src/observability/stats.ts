import type { NearStats } from '../near/cache.js'
import { type Listeners, safely } from './events.js'

/** What a store has done since it was made. */
export interface CacheStats {
  hits: number
  misses: number
  /** Hits in all reads, 0 to 1; 0 before the first. */
  hitRate: number
  /** Hits without asking Redis, from the near cache. */
  nearHits: number
  /** Values that were served after their TTL. */
  stale: number
  sets: number
  deletes: number
  /** Calls of factories of `remember` and `flexible`. */
  factoryCalls: number
  /** Writes that were given up, because Redis was away. */
  dropped: number
  /** What failed and did not fail a caller. */
  errors: number
  /** What the near cache holds; absent without one. */
  near?: NearStats
}

/** Counts what a store does, and tells who listens. */
export class Counts {
  factoryCalls = 0
  dropped = 0
  readonly #onError: (error: unknown, key: string) => void
  readonly #listeners: Listeners
  #hits = 0
  #misses = 0
  #nearHits = 0
  #stale = 0
  #sets = 0
  #deletes = 0
  #errors = 0

  /** @param onError told of what failed and did not fail a caller */
  constructor(onError: (error: unknown, key: string) => void, listeners: Listeners) {
    this.#onError = onError
    this.#listeners = listeners
  }

  hit(key: string, near = false): void {
    this.#hits++
    if (near) this.#nearHits++
    if (this.#listeners.listened) this.#listeners.emit('hit', { key, near })
  }

  miss(key: string): void {
    this.#misses++
    if (this.#listeners.listened) this.#listeners.emit('miss', { key })
  }

  /** A value was served after its time. */
  stale(key: string): void {
    this.#stale++
    if (this.#listeners.listened) this.#listeners.emit('stale', { key })
  }

  written(key: string, ttlMs?: number | null): void {
    this.#sets++
    if (this.#listeners.listened) this.#listeners.emit('write', { key, ttlMs })
  }

  removed(key: string): void {
    this.#deletes++
    if (this.#listeners.listened) this.#listeners.emit('forget', { key })
  }

  flushed(tags: readonly string[] | null): void {
    if (this.#listeners.listened) this.#listeners.emit('flush', { tags })
  }

  /** Something failed and did not fail a caller. */
  failed(error: unknown, key: string): void {
    this.#errors++
    safely(() => this.#onError(error, key))
    if (this.#listeners.listened) this.#listeners.emit('error', { key, error })
  }

  snapshot(near?: NearStats): CacheStats {
    const { factoryCalls, dropped } = this
    const reads = this.#hits + this.#misses
    return {
      hits: this.#hits,
      misses: this.#misses,
      hitRate: reads === 0 ? 0 : this.#hits / reads,
      nearHits: this.#nearHits,
      stale: this.#stale,
      sets: this.#sets,
      deletes: this.#deletes,
      factoryCalls,
      dropped,
      errors: this.#errors,
      ...(near ? { near } : {}),
    }
  }
}

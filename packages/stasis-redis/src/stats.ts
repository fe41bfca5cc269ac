/** What a store has done since it was made. */
export interface CacheStats {
  hits: number
  misses: number
  sets: number
  deletes: number
  /** Hits that were served after their TTL, in their stale time. */
  stale: number
  /** Calls of factories of `remember` and `flexible`. */
  factoryCalls: number
  /** What failed and did not fail a caller. */
  errors: number
  /** Hits in all reads, 0 to 1; 0 before the first. */
  hitRate: number
}

/** Counts what a store does. */
export class Counts {
  hits = 0
  misses = 0
  sets = 0
  deletes = 0
  stale = 0
  factoryCalls = 0
  errors = 0

  snapshot(): CacheStats {
    const { hits, misses, sets, deletes, stale, factoryCalls, errors } = this
    const reads = hits + misses
    const hitRate = reads === 0 ? 0 : hits / reads
    return { hits, misses, sets, deletes, stale, factoryCalls, errors, hitRate }
  }
}

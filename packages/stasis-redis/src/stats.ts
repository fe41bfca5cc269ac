import type { NearStats } from './near/near-cache.js'

/** What a store has done since it was made. */
export interface CacheStats {
  hits: number
  misses: number
  sets: number
  deletes: number
  /** Hits without asking Redis, from the near cache. */
  nearHits: number
  /** Hits that were served after their TTL, in their stale time. */
  stale: number
  /** Calls of factories of `remember` and `flexible`. */
  factoryCalls: number
  /** What failed and did not fail a caller. */
  errors: number
  /** Hits in all reads, 0 to 1; 0 before the first. */
  hitRate: number
  /** What the near cache holds; absent without one. */
  near?: NearStats
}

/** Counts what a store does. */
export class Counts {
  hits = 0
  misses = 0
  sets = 0
  deletes = 0
  nearHits = 0
  stale = 0
  factoryCalls = 0
  errors = 0

  snapshot(near?: NearStats): CacheStats {
    const { hits, misses, sets, deletes, nearHits, stale, factoryCalls, errors } = this
    const reads = hits + misses
    const hitRate = reads === 0 ? 0 : hits / reads
    const counts = { hits, misses, sets, deletes, nearHits, stale, factoryCalls, errors, hitRate }
    return near ? { ...counts, near } : counts
  }
}

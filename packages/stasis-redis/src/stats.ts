/** What a store has done since it was made. */
export interface CacheStats {
  hits: number
  misses: number
  sets: number
  deletes: number
  /** Hits in all reads, 0 to 1; 0 before the first. */
  hitRate: number
}

/** Counts what a store does. */
export class Counts {
  hits = 0
  misses = 0
  sets = 0
  deletes = 0

  snapshot(): CacheStats {
    const { hits, misses, sets, deletes } = this
    const reads = hits + misses
    return { hits, misses, sets, deletes, hitRate: reads === 0 ? 0 : hits / reads }
  }
}

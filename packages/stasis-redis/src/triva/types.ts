/** What Triva asks of an adapter of its cache; nothing of Triva is imported. TTLs are milliseconds. */
export interface TrivaAdapter {
  connect(): Promise<void>
  disconnect(): Promise<void>
  get(key: string): Promise<unknown | null>
  set(key: string, value: unknown, ttl?: number | null): Promise<boolean>
  delete(key: string): Promise<boolean>
  clear(): Promise<number>
  keys(pattern?: string | null): Promise<string[]>
  has(key: string): Promise<boolean>
}

/** What an adapter has done since it was made. */
export interface TrivaStats {
  hits: number
  misses: number
  sets: number
  deletes: number
  /** Failures that read as a miss or as `false`. */
  errors: number
  /** Hits in all reads, 0 to 1; 0 before the first. */
  hitRate: number
}

/** The slice of Stasis that this package fulfils; nothing of it is imported at run time. */

/** Seconds from now, an absolute time, `null` for ever, `undefined` for the store's default. */
export type CacheTtl = number | Date | null | undefined

/** A lock as Stasis hands it out. */
export interface CacheLock {
  acquire(): Promise<boolean>
  release(): Promise<void>
  /** Wait at most `seconds`, run, give back. */
  block<Result>(
    seconds: number,
    callback: () => Promise<Result> | Result,
    options?: { sleepMillis?: number },
  ): Promise<Result>
}

/** What every store of Stasis does. */
export interface CacheStore {
  get<Value = unknown>(key: string): Promise<Value | null>
  put(key: string, value: unknown, ttl: CacheTtl): Promise<void>
  add(key: string, value: unknown, ttl: CacheTtl): Promise<boolean>
  forget(key: string): Promise<boolean>
  flush(): Promise<void>
  increment(key: string, value?: number): Promise<number>
  decrement(key: string, value?: number): Promise<number>
  lock?(name: string, seconds?: number): CacheLock | undefined
}

/** What a store with tags does besides. */
export interface TaggableStore {
  flushTags(tags: readonly string[]): Promise<void>
  tagKey(key: string, tags: readonly string[]): string
  tagIndexAdd(tags: readonly string[], taggedKey: string): void
  tagIndexRemove(taggedKey: string): void
}

/** How Stasis' configuration names a store of one's own. */
export interface CustomStoreConfig<Store extends CacheStore> {
  driver: 'custom'
  store: Store
}

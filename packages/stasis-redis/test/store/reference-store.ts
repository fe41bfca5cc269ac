import type { CacheStore, CacheTtl, TaggableStore } from '../../src/store/stasis.js'

/** What Stasis' contract says, in memory: the semantics that every store must show. Its clock is the test's. */
export class ReferenceStore implements CacheStore, TaggableStore {
  now = 0
  readonly #entries = new Map<string, { value: unknown; expiresAt: number; tags: string[] }>()

  async get<Value = unknown>(key: string): Promise<Value | null> {
    return (this.#live(key)?.value as Value | undefined) ?? null
  }

  async put(key: string, value: unknown, ttl: CacheTtl): Promise<void> {
    const expiresAt = this.#expiry(ttl)
    if (value === null || expiresAt <= this.now) this.#entries.delete(key)
    else this.#entries.set(key, { value, expiresAt, tags: tagsOf(key) })
  }

  async add(key: string, value: unknown, ttl: CacheTtl): Promise<boolean> {
    if (this.#live(key) || this.#expiry(ttl) <= this.now) return false
    await this.put(key, value, ttl)
    return true
  }

  async forget(key: string): Promise<boolean> {
    const existed = this.#live(key) !== undefined
    this.#entries.delete(key)
    return existed
  }

  async flush(): Promise<void> {
    this.#entries.clear()
  }

  async increment(key: string, value = 1): Promise<number> {
    const entry = this.#live(key)
    const current = entry?.value ?? 0
    if (!Number.isInteger(current)) throw new TypeError('not a whole number')
    const next = (current as number) + value
    if (entry) entry.value = next
    else await this.put(key, next, null)
    return next
  }

  decrement(key: string, value = 1): Promise<number> {
    return this.increment(key, -value)
  }

  async flushTags(tags: readonly string[]): Promise<void> {
    for (const [key, entry] of this.#entries) {
      if (entry.tags.some(tag => tags.includes(tag))) this.#entries.delete(key)
    }
  }

  tagKey(key: string, tags: readonly string[]): string {
    return tags.length === 0 ? key : JSON.stringify([[...new Set(tags)].sort(), key])
  }

  tagIndexAdd(): void {}

  tagIndexRemove(): void {}

  #live(key: string) {
    const entry = this.#entries.get(key)
    return entry && entry.expiresAt > this.now ? entry : undefined
  }

  #expiry(ttl: CacheTtl): number {
    if (ttl === null || ttl === undefined) return Number.POSITIVE_INFINITY
    return ttl instanceof Date ? ttl.getTime() : this.now + ttl * 1_000
  }
}

const tagsOf = (key: string): string[] => (key.startsWith('[[') ? JSON.parse(key)[0] : [])

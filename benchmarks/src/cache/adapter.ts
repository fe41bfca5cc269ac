/** What is stored: about 100 bytes of JSON. */
export interface Item {
  id: number
  name: string
  email: string
  active: boolean
}

export const itemOf = (id: number): Item => ({
  id,
  name: 'Nova Vega',
  email: 'nova.vega@example.com',
  active: true,
})

/** What the benchmark asks of every cache; keys are within the adapter's own namespace. */
export interface CacheAdapter {
  get(key: string): Promise<unknown>
  /** For five minutes. */
  set(key: string, value: unknown): Promise<unknown>
  getMany(keys: string[]): Promise<unknown[]>
  /** The value, or the factory's, which is kept; as well as the library can. */
  remember(key: string, factory: () => Promise<unknown>): Promise<unknown>
  clear(): Promise<unknown>
  close(): Promise<unknown>
  readonly tagged?: TaggedAdapter
  /** Resolves when what is kept in the process is in use. */
  warm?(key: string): Promise<void>
}

export interface TaggedAdapter {
  set(key: string, value: unknown, tags: string[]): Promise<unknown>
  get(key: string, tags: string[]): Promise<unknown>
  invalidate(tag: string): Promise<unknown>
}

export type OpenCache = (url: string, namespace: string) => Promise<CacheAdapter>

export const TTL_SECONDS = 300

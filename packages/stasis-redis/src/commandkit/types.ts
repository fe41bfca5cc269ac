/** The slice of CommandKit that this package fulfils; nothing of it is imported. Every duration is milliseconds. */

/** A value that may come later. */
export type Awaitable<Value> = Value | Promise<Value>

/** What a provider answers with. */
export interface CacheEntry<Value = unknown> {
  value: Value
  /** When it expires, in Unix milliseconds; absent when it never does. */
  ttl?: number
}

/** What CommandKit asks of a cache. */
export interface CacheProvider {
  get<Value>(key: string): Promise<CacheEntry<Value> | undefined>
  set<Value>(key: string, value: Value, ttl?: number): Promise<void>
  exists(key: string): Promise<boolean>
  delete(key: string): Promise<void>
  clear(): Promise<void>
  expire(key: string, ttl: number): Promise<void>
}

/** A plugin of CommandKit's run time. */
export interface CommandKitPlugin {
  readonly name: string
  activate(context?: unknown): Promise<void>
  deactivate(context?: unknown): Promise<void>
}

/** What the plugin needs of the application's own copies of `commandkit` and `@commandkit/cache`. */
export interface CommandKitModules {
  /** The class that CommandKit recognizes plugins by. */
  RuntimePlugin?: new (
    options: never,
  ) => object
  setCacheProvider?: (provider: never) => void
}

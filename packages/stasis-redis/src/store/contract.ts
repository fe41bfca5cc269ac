import type { Limiter, LimiterOptions } from '../locks/limiter.js'
import type { CacheEventName, CacheListener } from '../observability/events.js'
import type { CacheStats } from '../observability/stats.js'
import type { RememberOptions, RememberTtl } from '../remember/options.js'
import type { Factory } from '../remember/wanted.js'
import type { CacheLock, CacheStore, CacheTtl, TaggableStore } from './stasis.js'

/** Everything that a cache of this package does, in Redis or in memory; see RedisStore for what each method means. */
export interface CacheContract extends CacheStore, TaggableStore {
  get<Value = unknown>(key: string): Promise<Value | null>
  put(key: string, value: unknown, ttl?: CacheTtl): Promise<void>
  add(key: string, value: unknown, ttl?: CacheTtl): Promise<boolean>
  has(key: string): Promise<boolean>
  forgetMany(keys: readonly string[]): Promise<number>
  many<Value = unknown>(keys: readonly string[]): Promise<Record<string, Value | null>>
  putMany(values: Readonly<Record<string, unknown>>, ttl?: CacheTtl): Promise<void>
  forever(key: string, value: unknown): Promise<void>
  pull<Value = unknown>(key: string): Promise<Value | null>
  touch(key: string, ttl?: CacheTtl): Promise<boolean>
  ttl(key: string): Promise<number | null>
  remember<Value>(
    key: string,
    ttl: RememberTtl<Value>,
    factory: Factory<Value>,
    options?: RememberOptions,
  ): Promise<Value>
  rememberForever<Value>(
    key: string,
    factory: Factory<Value>,
    options?: RememberOptions,
  ): Promise<Value>
  flexible<Value>(
    key: string,
    times: readonly [fresh: number, stale: number],
    factory: Factory<Value>,
    options?: Omit<RememberOptions, 'staleSeconds'>,
  ): Promise<Value>
  keys(glob?: string): Promise<string[]>
  lock(name: string, seconds?: number): CacheLock
  limiter(options?: LimiterOptions): Limiter
  stats(): CacheStats
  on<Name extends CacheEventName>(event: Name, listener: CacheListener<Name>): this
  off<Name extends CacheEventName>(event: Name, listener: CacheListener<Name>): this
  close(): Promise<void>
}

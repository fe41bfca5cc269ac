import { RateLimiter } from '../../limits/rate-limiter.js'
import { LimitStore } from '../../limits/store.js'
import { checkMs } from '../../options.js'
import { clientOf } from '../../redis/client.js'
import type { LocksSource } from '../../redis/store.js'

/** CommandKit's storage of rate limits: counts by key. */
export interface RateLimitStorage {
  get(key: string): Promise<number>
  set(key: string, value: number): Promise<void>
  delete(key: string): Promise<void>
}

export interface RateLimitStorageOptions {
  /** Milliseconds after which a count that nobody deletes is forgotten, at least the limiter's interval; default a day. */
  ttlMs?: number
}

const NAME = 'commandkit'
const ALGORITHM = 'fixed-window'
const DAY_MS = 86_400_000

/**
 * Counts of CommandKit's shape. A limiter reads, compares and writes, so many at once would all read the same: here a
 * read already counts, and what the reader does not claim by a write at once is taken back. That makes the limiters of
 * one process exact; `createRateLimiter` of this package is exact across all.
 */
export class RedisRateLimitStorage implements RateLimitStorage {
  readonly #store: LimitStore
  readonly #ttlMs: number
  /** By key, the values that readers may write without a command. */
  readonly #counted = new Map<string, Set<number>>()

  /** @throws InvalidArgumentError for a bad `ttlMs` */
  constructor(redis: LocksSource, { ttlMs = DAY_MS }: RateLimitStorageOptions = {}) {
    checkMs('ttlMs', ttlMs, 1)
    this.#store = new LimitStore(clientOf(redis), 'ratelimit')
    this.#ttlMs = ttlMs
  }

  /** The count, 0 when there is none. */
  async get(key: string): Promise<number> {
    const redisKey = this.#key(key)
    const count = await this.#store.reserve(redisKey, this.#ttlMs)
    const counted = this.#counted.get(key) ?? new Set()
    this.#counted.set(key, counted.add(count + 1))
    setImmediate(() => {
      if (this.#claim(key, count + 1)) this.#store.unreserve(redisKey).catch(() => undefined)
    })
    return count
  }

  async set(key: string, value: number): Promise<void> {
    if (this.#claim(key, value)) return
    this.#counted.delete(key)
    await this.#store.setCount(this.#key(key), value, this.#ttlMs)
  }

  async delete(key: string): Promise<void> {
    this.#counted.delete(key)
    await this.#store.clear(this.#key(key))
  }

  /** A limit over the same counts, exact across all processes. */
  limiter(maxRequests: number, interval: number): RateLimiter {
    const options = { limit: maxRequests, windowMs: interval, algorithm: ALGORITHM } as const
    return new RateLimiter(this.#store, NAME, options)
  }

  /** Milliseconds until the count is forgotten, 0 when there is none. */
  async resetTime(key: string, interval: number): Promise<number> {
    const spending = {
      algorithm: ALGORITHM,
      limit: Number.MAX_SAFE_INTEGER,
      windowMs: interval,
      cost: 1,
      spend: false,
    }
    const [, , wholeMs] = await this.#store.attempt(this.#key(key), spending)
    return wholeMs
  }

  #claim(key: string, value: number): boolean {
    const counted = this.#counted.get(key)
    const isClaimed = counted?.delete(value) ?? false
    if (counted?.size === 0) this.#counted.delete(key)
    return isClaimed
  }

  #key(key: string): string {
    return this.#store.key(NAME, key, ALGORITHM)
  }
}

/** Options of `createRateLimiter`; milliseconds. */
export interface RateLimiterOptions {
  /** How many within `interval`, default 10. */
  maxRequests?: number
  /** Default 60 000. */
  interval?: number
  storage: RedisRateLimitStorage
}

/** CommandKit's rate limiter over Redis: exact however many processes ask at once; one command per request. */
export function createRateLimiter({
  maxRequests = 10,
  interval = 60_000,
  storage,
}: RateLimiterOptions) {
  const limiter = storage.limiter(maxRequests, interval)
  return {
    /** True when the request is allowed; then it counts. */
    limit: async (key: string) => (await limiter.attempt(key)).allowed,
    getRemaining: async (key: string) => (await limiter.peek(key)).remaining,
    /** Milliseconds until the whole limit is available again. */
    getResetTime: (key: string) => storage.resetTime(key, interval),
    reset: (key: string) => limiter.reset(key),
    getConfig: () => ({ maxRequests, interval }),
  }
}

import { InvalidArgumentError } from '@gravito/plasma'
import { escapedName } from './names.js'
import { checkMs } from './options.js'
import type { LockStore } from './store.js'

const ALGORITHMS = ['fixed-window', 'sliding-window', 'gcra'] as const

export interface RateLimitOptions {
  /** How much may be spent per window. */
  limit: number
  windowMs: number
  /**
   * `sliding-window` (default) is exact over any window and keeps an entry per attempt; `gcra` keeps one number and
   * spreads what comes back evenly; `fixed-window` counts, and allows twice the limit around a window's end.
   */
  algorithm?: (typeof ALGORITHMS)[number]
}

export interface RateLimit {
  allowed: boolean
  remaining: number
  /** Unix seconds when the whole limit is available again. */
  reset: number
  /** 0 when allowed, else ms until the same attempt can succeed. */
  retryAfterMs: number
}

/** A limit per id, shared by all processes; one command per attempt. */
export class RateLimiter {
  readonly name: string
  readonly #store: LockStore
  readonly #options: Required<RateLimitOptions>

  constructor(store: LockStore, name: string, options: RateLimitOptions) {
    const { limit, windowMs, algorithm = 'sliding-window' } = options
    checkAmount('limit', limit, Number.MAX_SAFE_INTEGER)
    checkMs('windowMs', windowMs, 1)
    if (!ALGORITHMS.includes(algorithm)) {
      throw new InvalidArgumentError('algorithm', `must be one of ${ALGORITHMS.join(', ')}`)
    }
    escapedName(name)
    this.name = name
    this.#store = store
    this.#options = { limit, windowMs, algorithm }
  }

  /**
   * Spend `cost` for `id`; what is refused costs nothing.
   *
   * @throws InvalidArgumentError for an id or a cost that cannot be
   */
  async attempt(id: string, cost = 1): Promise<RateLimit> {
    const { limit, windowMs, algorithm } = this.#options
    checkAmount('cost', cost, limit)
    const [allowed, remaining, wholeMs, retryAfterMs] = await this.#store.attempt(
      this.name,
      id,
      algorithm,
      [limit, windowMs, cost],
    )
    const reset = Math.ceil((Date.now() + wholeMs) / 1_000)
    return { allowed: allowed === 1, remaining, reset, retryAfterMs }
  }

  /** Forget what `id` spent. */
  async clear(id: string): Promise<void> {
    await this.#store.clearLimit(this.name, id, this.#options.algorithm)
  }
}

function checkAmount(name: string, value: unknown, most: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most) return
  throw new InvalidArgumentError(name, `must be a whole number from 1 to ${most}`)
}

import type { RateLimit } from '@gravito/redis-locks'
import { checkAttempt, checkLimitKey, type Limiter } from '../../locks/limiter.js'

/** Limits of a process, exact over any window. */
export class MemoryLimiter implements Limiter {
  readonly #attempts: Map<string, number[]>

  constructor(attempts: Map<string, number[]>) {
    this.#attempts = attempts
  }

  async attempt(key: string, maxAttempts: number, decaySeconds: number): Promise<RateLimit> {
    const windowMs = checkAttempt(key, maxAttempts, decaySeconds)
    const now = Date.now()
    const spent = (this.#attempts.get(key) ?? []).filter(at => at > now - windowMs)
    const allowed = spent.length < maxAttempts
    if (allowed) spent.push(now)
    this.#attempts.set(key, spent)
    const wholeAt = (spent.at(-1) ?? now) + windowMs
    const freeAt = (spent[spent.length - maxAttempts] ?? now) + windowMs
    return {
      allowed,
      remaining: Math.max(0, maxAttempts - spent.length),
      reset: Math.ceil(wholeAt / 1_000),
      retryAfterMs: allowed ? 0 : freeAt - now,
    }
  }

  async clear(key: string): Promise<void> {
    checkLimitKey(key)
    this.#attempts.delete(key)
  }
}

import type { RedisManager } from '@gravito/plasma'
import { createLocks, type RateLimiter } from '@gravito/redis-locks'
import type { Crew } from '../crew/crew.js'
import { LIMIT, stageNames } from '../crew/protocol.js'
import { wholeNumber } from '../input.js'
import type { Journal } from './journal.js'
import type { Kept, Panel } from './panel.js'

export interface LimiterSnapshot {
  limit: number
  windowMs: number
  remaining: number
  /** 0: the next attempt succeeds. */
  retryAfterMs: number
  allowed: number
  refused: number
  last: Burst | null
  promises: Kept[]
}

interface Burst {
  attempts: number
  processes: number
  allowed: number
}

interface Allowed {
  /** Between these times, Unix milliseconds. */
  from: number
  to: number
  allowed: number
}

const ATTEMPTS = 100

/** One limit for all processes, and a burst of attempts from all of them at once. */
export class LimiterPanel implements Panel<LimiterSnapshot> {
  readonly name = 'limiter'
  readonly #crew: Crew
  readonly #journal: Journal
  readonly #limiter: RateLimiter
  #allowed = 0
  #refused = 0
  #last: Burst | null = null
  #recent: Allowed[] = []
  /** The most that was allowed by bursts that fit into one window. */
  #most = 0

  constructor(redis: RedisManager, crew: Crew, journal: Journal, stage: string) {
    const { locks, limiter } = stageNames(stage)
    this.#crew = crew
    this.#journal = journal
    this.#limiter = createLocks(redis.connection(), { prefix: locks }).rateLimiter(limiter, LIMIT)
  }

  readonly actions = {
    burst: {
      fields: ['attempts'],
      run: async (body: Record<string, unknown>) => {
        const attempts = wholeNumber(body, 'attempts', { min: 1, max: 1_000, initial: ATTEMPTS })
        return this.#burst(attempts)
      },
    },
    reset: {
      run: async () => {
        await this.#limiter.reset('page')
        this.#recent = []
        return {}
      },
    },
  }

  async snapshot(): Promise<LimiterSnapshot> {
    const { remaining, retryAfterMs } = await this.#limiter.peek('page')
    const { limit, windowMs } = LIMIT
    return {
      ...{ limit, windowMs, remaining, retryAfterMs: Math.ceil(retryAfterMs / 100) * 100 },
      ...{ allowed: this.#allowed, refused: this.#refused, last: this.#last },
      promises: [
        {
          text: `Never more than ${limit} in ${windowMs / 1_000} s from all processes: at most ${this.#most} seen`,
          kept: this.#most <= limit,
        },
      ],
    }
  }

  async #burst(attempts: number): Promise<Burst> {
    const from = Date.now()
    const replies = await this.#crew.share('attempts', attempts, {})
    const to = Date.now()
    const allowed = replies.reduce((sum, it) => sum + it.allowed, 0)
    const refused = replies.reduce((sum, it) => sum + it.refused, 0)
    this.#allowed += allowed
    this.#refused += refused
    this.#recent = this.#recent.filter(it => to - it.from <= LIMIT.windowMs)
    this.#recent.push({ from, to, allowed })
    this.#most = Math.max(
      this.#most,
      this.#recent.reduce((sum, it) => sum + it.allowed, 0),
    )
    this.#last = { attempts: allowed + refused, processes: replies.length, allowed }
    this.#journal.add(
      'good',
      `${allowed + refused} attempts from ${replies.length} processes at once: ${allowed} allowed`,
    )
    return this.#last
  }
}

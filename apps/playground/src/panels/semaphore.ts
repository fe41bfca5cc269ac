import type { RedisManager } from '@gravito/plasma'
import { createLocks, type Semaphore } from '@gravito/redis-locks'
import { CREW, type Crew } from '../crew/crew.js'
import { PERMITS, stageNames } from '../crew/protocol.js'
import { wholeNumber } from '../input.js'
import type { Journal } from './journal.js'
import type { Kept, Panel } from './panel.js'

export interface SemaphoreSnapshot {
  permits: number
  held: number
  available: number
  /** Who holds permits, as Redis says. */
  holders: { member: string | undefined; token: number; ttlMs: number }[]
  waiting: string[]
  grants: number
  /** The most that were held at once since the limit was set. */
  peak: number
  promises: Kept[]
}

const TOKENS = 50

/** A number of permits, for as long as it counts. */
class Limit {
  /** The most that were held at once. */
  peak = 0
  readonly #permits: number
  /** Until then those who held more when it was lowered are not done. */
  #isReached = false

  constructor(permits: number) {
    this.#permits = permits
  }

  isExceededBy(held: number): boolean {
    this.#isReached ||= held <= this.#permits
    if (this.#isReached) this.peak = Math.max(this.peak, held)
    return this.#isReached && held > this.#permits
  }
}

/** Permits that the crew shares; their number can be changed while it works. */
export class SemaphorePanel implements Panel<SemaphoreSnapshot> {
  readonly name = 'semaphore'
  readonly #crew: Crew
  readonly #journal: Journal
  readonly #semaphore: Semaphore
  /** Who got which token, the newest last. */
  readonly #members = new Map<number, string>()
  readonly #waiting = new Map<string, number>()
  #grants = 0
  #exceeded = 0
  #limit = new Limit(PERMITS)

  constructor(redis: RedisManager, crew: Crew, journal: Journal, stage: string) {
    const { locks, semaphore } = stageNames(stage)
    this.#crew = crew
    this.#journal = journal
    const options = { permits: PERMITS }
    this.#semaphore = createLocks(redis.connection(), { prefix: locks }).semaphore(
      semaphore,
      options,
    )
    crew.listen((member, news) => {
      if (news.kind !== 'permit') return
      if (news.event === 'waiting') this.#waiting.set(member, news.at)
      else this.#waiting.delete(member)
      if (news.event !== 'held') return
      this.#grants++
      this.#members.set(news.token, member)
      for (const token of this.#members.keys())
        if (this.#members.size > TOKENS) this.#members.delete(token)
    })
    crew.onFate((member, fate) => {
      if (fate === 'died') this.#waiting.delete(member)
    })
  }

  readonly actions = {
    permits: {
      fields: ['permits'],
      run: async (body: Record<string, unknown>) => {
        const permits = wholeNumber(body, 'permits', { min: 1, max: CREW.length, initial: PERMITS })
        const unknown = new Limit(Number.POSITIVE_INFINITY)
        this.#limit = unknown
        await this.#semaphore.setPermits(permits)
        if (this.#limit === unknown) this.#limit = new Limit(permits)
        this.#journal.add('plain', `Permits of the semaphore, for every process: ${permits}`)
        return { permits }
      },
    },
  }

  async start(): Promise<void> {
    this.#waiting.clear()
  }

  async snapshot(): Promise<SemaphoreSnapshot> {
    const limit = this.#limit
    const info = await this.#semaphore.info()
    const holders = await this.#semaphore.inspect()
    if (limit === this.#limit && limit.isExceededBy(info.held)) this.#exceeded++
    const working = new Set(this.#crew.members.map(({ name }) => name))
    return {
      permits: info.permits,
      held: info.held,
      available: info.available,
      holders: holders
        .map(({ token, ttlMs }) => ({ member: this.#members.get(token), token, ttlMs }))
        .sort((a, b) => a.token - b.token),
      waiting: [...this.#waiting]
        .sort(([, a], [, b]) => a - b)
        .flatMap(([member]) => (working.has(member) ? [member] : [])),
      grants: this.#grants,
      peak: limit.peak,
      promises: [
        {
          text: `Never more than ${info.permits} at once: at most ${limit.peak} seen`,
          kept: this.#exceeded === 0,
        },
      ],
    }
  }
}

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
  #peak = 0
  #permits = PERMITS
  #exceeded = 0
  /** More may be held than the limit until those who hold them are done: it was lowered. */
  #settling = false

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
        await this.#semaphore.setPermits(permits)
        this.#settling = true
        this.#permits = permits
        this.#peak = 0
        this.#journal.add('plain', `The semaphore has ${permits} permits now, for every process`)
        return { permits }
      },
    },
  }

  async start(): Promise<void> {
    this.#waiting.clear()
  }

  async snapshot(): Promise<SemaphoreSnapshot> {
    const limit = this.#permits
    const info = await this.#semaphore.info()
    const holders = await this.#semaphore.inspect()
    if (info.held <= limit) this.#settling = false
    if (!this.#settling && limit === this.#permits) {
      this.#peak = Math.max(this.#peak, info.held)
      if (info.held > limit) this.#exceeded++
    }
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
      peak: this.#peak,
      promises: [
        {
          text: `Never more than ${info.permits} at once: at most ${this.#peak} seen`,
          kept: this.#exceeded === 0,
        },
      ],
    }
  }
}

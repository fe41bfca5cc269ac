import { randomUUID } from 'node:crypto'
import type { RedisManager } from '@gravito/plasma'
import { type CacheStats, RedisStore } from '@gravito/stasis-redis'
import type { Crew } from '../crew/crew.js'
import { ENTRIES, entryKey, stageNames, TAGS } from '../crew/protocol.js'
import { InvalidInput, wholeNumber } from '../input.js'
import type { Journal } from './journal.js'
import { type Kept, NotNow, type Panel } from './panel.js'

export interface CacheSnapshot {
  hits: number
  misses: number
  hitRate: number
  /** Hits without asking Redis. */
  nearHits: number
  /** Calls of factories. */
  factoryCalls: number
  /** Requests that a factory call of somebody else answered. */
  avoided: number
  tags: readonly string[]
  /** Each entry: is it in the cache? The tag of entry `n` is `tags[n % tags.length]`. */
  entries: boolean[]
  /** How often each tag was flushed. */
  flushed: Record<string, number>
  burst: Burst | null
  promises: Kept[]
}

interface Burst {
  requests: number
  processes: number
  factoryCalls: number
  values: number
  tookMs: number
}

const REQUESTS = 1_000
const COUNTED = ['hits', 'misses', 'nearHits', 'factoryCalls'] as const
type Sums = Record<(typeof COUNTED)[number], number>

/** What the crew's caches do, which entries are there, tags to flush, and a thousand requests for what is not. */
export class CachePanel implements Panel<CacheSnapshot> {
  readonly name = 'cache'
  readonly #crew: Crew
  readonly #journal: Journal
  /** Its reads are not the crew's. */
  readonly #store: RedisStore
  /** The last numbers of each process, and those of processes that are gone. */
  readonly #known = new Map<string, CacheStats>()
  #gone: Sums = none()
  #flushed: Record<string, number> = Object.fromEntries(TAGS.map(tag => [tag, 0]))
  #burst: Burst | null = null
  #bursts = 0
  #extraCalls = 0
  #avoided = 0

  constructor(redis: RedisManager, crew: Crew, journal: Journal, stage: string) {
    this.#crew = crew
    this.#journal = journal
    this.#store = new RedisStore({ client: redis.connection(), prefix: stageNames(stage).cache })
    crew.listen((member, news) => {
      if (news.kind === 'report') this.#known.set(member, news.report.cache)
    })
    crew.onFate((member, fate) => {
      if (fate !== 'died') return
      this.#gone = sumOf([this.#gone, this.#known.get(member) ?? none()])
      this.#known.delete(member)
    })
  }

  readonly actions = {
    burst: {
      fields: ['requests'],
      run: async (body: Record<string, unknown>) => {
        const requests = wholeNumber(body, 'requests', { min: 1, max: 5_000, initial: REQUESTS })
        return this.#ask(requests)
      },
    },
    'flush-tag': {
      fields: ['tag'],
      run: async ({ tag }: Record<string, unknown>) => {
        if (typeof tag !== 'string' || !TAGS.includes(tag))
          throw new InvalidInput(`tag must be one of ${TAGS.join(', ')}.`)
        const before = await this.#present()
        await this.#store.flushTags([tag])
        this.#flushed[tag] = (this.#flushed[tag] ?? 0) + 1
        const gone = before.filter((isThere, n) => isThere && TAGS[n % TAGS.length] === tag).length
        this.#journal.add('bad', `The tag ${tag} was flushed: ${gone} entries gone in one step`)
        return { tag, gone }
      },
    },
  }

  /** What was counted goes on counting; the processes start again from 0. */
  async stop(): Promise<void> {
    this.#gone = sumOf([this.#gone, ...this.#known.values()])
    this.#known.clear()
  }

  async snapshot(): Promise<CacheSnapshot> {
    const entries = await this.#present()
    const sums = sumOf([this.#gone, ...this.#known.values()])
    const reads = sums.hits + sums.misses
    return {
      ...sums,
      hitRate: reads === 0 ? 0 : sums.hits / reads,
      avoided: this.#avoided,
      tags: TAGS,
      entries,
      flushed: this.#flushed,
      burst: this.#burst,
      promises: [
        {
          text: `One factory call for all who ask for what is missing; bursts: ${this.#bursts}, calls too many: ${this.#extraCalls}`,
          kept: this.#extraCalls === 0,
        },
      ],
    }
  }

  async #present(): Promise<boolean[]> {
    const keys = Array.from({ length: ENTRIES }, (_, n) =>
      this.#store.tagKey(entryKey(n), [TAGS[n % TAGS.length] as string]),
    )
    const found = await this.#store.many(keys)
    return keys.map(key => found[key] !== null)
  }

  async #ask(requests: number): Promise<Burst> {
    const startedAt = performance.now()
    const replies = await this.#crew.share('requests', requests, { key: `cold:${randomUUID()}` })
    if (replies.length === 0) throw new NotNow('No process of the crew is awake just now.')
    const factoryCalls = replies.reduce((sum, it) => sum + it.factoryCalls, 0)
    const served = replies.reduce((sum, it) => sum + it.served, 0)
    this.#burst = {
      requests: served,
      processes: replies.length,
      factoryCalls,
      values: new Set(replies.flatMap(it => it.values)).size,
      tookMs: Math.round(performance.now() - startedAt),
    }
    this.#bursts++
    this.#avoided += served - factoryCalls
    this.#extraCalls += factoryCalls - 1
    this.#journal.add(
      factoryCalls === 1 ? 'good' : 'bad',
      `${served} requests from ${replies.length} processes for a cold key: ${factoryCalls} factory ${factoryCalls === 1 ? 'call' : 'calls'}`,
    )
    return this.#burst
  }
}

function sumOf(all: readonly Sums[]): Sums {
  const sums = none()
  for (const one of all) for (const name of COUNTED) sums[name] += one[name]
  return sums
}

function none(): Sums {
  return { hits: 0, misses: 0, nearHits: 0, factoryCalls: 0 }
}

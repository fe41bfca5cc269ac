import type { RedisManager } from '@gravito/plasma'
import type { Crew } from '../crew/crew.js'
import { stageNames } from '../crew/protocol.js'
import { wholeNumber } from '../input.js'
import type { Journal } from './journal.js'
import { type Kept, NotNow, type Panel } from './panel.js'

export interface StreamSnapshot {
  /** Entries added since the start, by a steady producer and by the button. */
  added: number
  /** Different entries that were handled. */
  handled: number
  /** Delivered, not acknowledged. */
  pending: number
  /** Not yet delivered. */
  lag: number
  deadLetters: number
  /** Handled more than once, or delivered again. */
  again: number
  consumers: { name: string; pending: number; idleMs: number; handled: number }[]
  promises: Kept[]
}

const EVERY_MS = 300
const AT_ONCE = 200
const KEEP_SECONDS = 3_600
const ITEMS = ['book', 'lamp', 'chair', 'tea']

/** A stream that the playground fills and the crew works off as one consumer group. */
export class StreamPanel implements Panel<StreamSnapshot> {
  readonly name = 'stream'
  readonly #redis: RedisManager
  readonly #names: ReturnType<typeof stageNames>
  readonly #journal: Journal
  readonly #handled = new Map<string, number>()
  #again = 0
  #producer: NodeJS.Timeout | undefined
  #number = 0

  constructor(redis: RedisManager, crew: Crew, journal: Journal, stage: string) {
    this.#redis = redis
    this.#names = stageNames(stage)
    this.#journal = journal
    crew.listen((member, news) => {
      if (news.kind !== 'order') return
      if (news.outcome === 'handled')
        this.#handled.set(member, (this.#handled.get(member) ?? 0) + 1)
      if (news.outcome === 'again' || news.deliveries > 1) this.#again++
    })
  }

  readonly actions = {
    add: {
      fields: ['count'],
      run: async (body: Record<string, unknown>) => {
        const count = wholeNumber(body, 'count', { min: 1, max: 2_000, initial: AT_ONCE })
        const orders = Array.from({ length: count }, () => this.#order())
        await this.#redis.pipeline(c => orders.map(order => c.xadd(this.#names.stream, order)))
        this.#journal.add('plain', `${count} orders at once`)
        return { added: count }
      },
    },
    poison: {
      run: async () => {
        const id = await this.#redis.xadd(this.#names.stream, { ...this.#order(), poison: 'yes' })
        this.#journal.add('bad', `An order that nobody can handle: ${id}`)
        return { id }
      },
    },
  }

  async start(): Promise<void> {
    const { stream, group } = this.#names
    await this.#redis.xgroupCreate(stream, group, '0', { mkStream: true }).catch(error => {
      if (!String(error).includes('BUSYGROUP')) throw error
    })
    let busy = false
    this.#producer = setInterval(async () => {
      if (busy) return
      busy = true
      await this.#redis.xadd(stream, this.#order()).catch(() => undefined)
      busy = false
    }, EVERY_MS)
  }

  async stop(): Promise<void> {
    clearInterval(this.#producer)
    const { stream, deadLetters } = this.#names
    const keys = [stream, deadLetters]
    await Promise.all(keys.map(key => this.#redis.expire(key, KEEP_SECONDS))).catch(() => undefined)
  }

  async snapshot(): Promise<StreamSnapshot> {
    const { stream, group, handled: done, deadLetters: dead } = this.#names
    const [info, groups, consumers, handled, deadLetters] = await this.#redis.multi(c => [
      c.xinfoStream(stream),
      c.xinfoGroups(stream),
      c.xinfoConsumers(stream, group),
      c.scard(done),
      c.xlen(dead),
    ])
    const ours = groups.find(it => it.name === group)
    if (!ours) throw new NotNow('The group is not there yet.')
    const { pending } = ours
    const added = info.entriesAdded ?? info.length
    const lag = ours.lag ?? 0
    const missing = added - handled - pending - lag - deadLetters
    return {
      ...{ added, handled, pending, lag, deadLetters, again: this.#again },
      consumers: consumers
        .map(({ name, pending, idle }) => {
          return { name, pending, idleMs: idle, handled: this.#handled.get(name) ?? 0 }
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      promises: [
        {
          text: `Every order is handled, under way, waiting or a dead letter: ${Math.max(0, missing)} missing`,
          kept: missing <= 0,
        },
      ],
    }
  }

  #order(): { number: string; item: string } {
    const item = ITEMS[this.#number % ITEMS.length] as string
    return { number: String(++this.#number), item }
  }
}

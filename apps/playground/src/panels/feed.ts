import type { RedisManager, Subscription } from '@gravito/plasma'
import type { FeedMessage } from '../crew/jobs/feed.js'
import { stageNames } from '../crew/protocol.js'
import type { Kept, Panel } from './panel.js'

export interface FeedSnapshot {
  received: number
  perSecond: number
  /** Messages that did not arrive: pub/sub keeps nothing for who is away. */
  missed: number
  senders: number
  /** The newest first. */
  messages: (FeedMessage & { at: number })[]
  promises: Kept[]
}

const SHOWN = 7
const WINDOW_MS = 5_000

/** What the crew publishes, numbered by its senders, heard by one subscription. */
export class FeedPanel implements Panel<FeedSnapshot> {
  readonly name = 'feed'
  readonly #redis: RedisManager
  readonly #channel: string
  readonly #last = new Map<number, { seq: number; closes: number }>()
  #subscription: Subscription | undefined
  #messages: FeedSnapshot['messages'] = []
  #arrivals: number[] = []
  #received = 0
  #missed = 0
  #missedConnected = 0
  #closes = 0

  constructor(redis: RedisManager, stage: string) {
    this.#redis = redis
    this.#channel = stageNames(stage).feed
    redis.on('close', () => this.#closes++)
  }

  async start(): Promise<void> {
    this.#last.clear()
    this.#messages = []
    this.#subscription = await this.#redis.subscribe(this.#channel, text => this.#hear(text))
  }

  async stop(): Promise<void> {
    await this.#subscription?.unsubscribe().catch(() => undefined)
    this.#subscription = undefined
  }

  async snapshot(): Promise<FeedSnapshot> {
    const since = Date.now() - WINDOW_MS
    this.#arrivals = this.#arrivals.filter(at => at > since)
    const late = this.#missedConnected
    return {
      received: this.#received,
      perSecond: Math.round((this.#arrivals.length * 10_000) / WINDOW_MS) / 10,
      missed: this.#missed,
      senders: new Set(this.#messages.map(it => it.from)).size,
      messages: this.#messages,
      promises: [
        { text: `In order, and none missing while connected: ${late} missing`, kept: late === 0 },
      ],
    }
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as FeedMessage
    const { pid, seq } = message
    const now = Date.now()
    const last = this.#last.get(pid)
    const gap = Math.max(0, seq - (last?.seq ?? seq) - 1)
    this.#missed += gap
    if (last?.closes === this.#closes) this.#missedConnected += gap
    this.#last.set(pid, { seq, closes: this.#closes })
    this.#received++
    this.#arrivals.push(now)
    this.#messages = [{ ...message, at: now }, ...this.#messages].slice(0, SHOWN)
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import type { RedisClient } from '../client.js'
import type { EntryId } from '../commands/stream-replies.js'
import { onAbort } from '../connection/limits.js'
import type { Dispatcher } from '../dispatcher.js'
import { isRedisError } from '../errors.js'
import { type Delivery, StreamGroup } from './group.js'
import { type ConsumeOptions, type ConsumeSettings, consumeSettings } from './options.js'

/** One entry of a stream, delivered to one consumer of a group. */
export interface ConsumedEntry {
  readonly id: EntryId
  /** The stream. */
  readonly key: string
  readonly fields: Record<string, string>
  /** How often it was delivered, this time included. */
  readonly deliveries: number
  /** Say that it is done; resolves with false when it was no longer pending. Another call does nothing. */
  ack(): Promise<boolean>
}

/** A part of what is pending that is still to be looked at: this consumer's own, or everybody's. */
interface Search {
  readonly whose: 'own' | 'all'
  readonly key: string
  readonly start: string
}

/** Beyond the time a read waits, for the reply to arrive. */
const GRACE_MS = 5_000
/** Interrupting a read can close a connection, too. */
const RECOVERY_PAUSE_MS = 1_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2_000

/** Passing by themselves: the connection is away, or the server is not yet, or no longer, the right one. */
const PASSING = new Set([
  ...['CONNECTION_FAILED', 'COMMAND_TIMEOUT', 'REPLY_LOST', 'QUEUE_FULL'],
  ...['LOADING', 'READONLY', 'MASTERDOWN', 'CLUSTERDOWN', 'TRYAGAIN', 'BUSY'],
])

/** The group or the stream was deleted. */
const GONE = new Set(['NOGROUP', 'UNBLOCKED'])

/**
 * The entries of streams as an async iterator: first what this consumer had pending when it last ended, then what
 * others left behind, then what is new. Each is delivered at least once. It ends when its signal aborts, when the
 * loop is left and when the client is disconnected; what is not acknowledged stays pending.
 */
export class StreamConsumer implements AsyncIterableIterator<ConsumedEntry, void, undefined> {
  readonly #client: RedisClient
  readonly #settings: ConsumeSettings
  readonly #group: StreamGroup
  readonly #stop = new AbortController()
  readonly #entries: AsyncGenerator<ConsumedEntry, void, undefined>
  /** Fetched and not yet in the loop, all at the same time. */
  #fetched: Delivery[] = []
  #fetchedAt = 0
  /** Pending, and to be delivered once more. */
  #again: { key: string; id: EntryId }[] = []
  #searches: Search[] = []
  #claimAt = 0
  /** In the loop and not acknowledged, with the time of its delivery. */
  readonly #held = new Map<string, number>()
  /** Under way. */
  #acks: Promise<unknown>[] = []
  #hasGroup = false
  #wasConnected = false
  #recoveredAt = Number.NEGATIVE_INFINITY
  #reading: AbortController | undefined

  /** @internal */
  constructor(
    client: RedisClient,
    dispatcher: Dispatcher,
    streams: string | readonly string[],
    options: ConsumeOptions,
  ) {
    this.#client = client
    this.#settings = consumeSettings(streams, options)
    this.#group = new StreamGroup(client, dispatcher, this.#settings, this.#stop.signal)
    this.#entries = this.#loop()
  }

  next(): Promise<IteratorResult<ConsumedEntry, void>> {
    return this.#entries.next()
  }

  /** End the loop, also while it waits; what is not acknowledged stays pending. */
  return(): Promise<IteratorResult<ConsumedEntry, void>> {
    this.#end()
    return this.#entries.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  get #ended(): boolean {
    return this.#stop.signal.aborted
  }

  #end(): void {
    this.#stop.abort()
    this.#reading?.abort()
  }

  async *#loop(): AsyncGenerator<ConsumedEntry, void, undefined> {
    const { signal, autoAck } = this.#settings
    const unlisten = signal && onAbort(signal, () => this.#end())
    const recover = () => this.#recover()
    if (signal?.aborted) this.#end()
    this.#wasConnected = this.#client.status === 'ready'
    this.#client.on('close', recover)
    this.#search('own')
    try {
      while (!this.#ended) {
        const delivery = await this.#retry(() => this.#take())
        if (!delivery) continue
        if (this.#ended) {
          this.#fetched.unshift(delivery)
          break
        }
        const entry = this.#entry(delivery)
        yield entry
        if (autoAck) this.#acknowledge(entry)
      }
    } finally {
      this.#client.off('close', recover)
      unlisten?.()
      if (this.#fetched.length > 0) await this.#group.release(this.#fetched)
    }
  }

  #entry({ key, id, fields, deliveries }: Delivery): ConsumedEntry {
    const name = `${id} ${key}`
    let isDone = false
    this.#held.set(name, performance.now())
    return {
      id,
      key,
      fields,
      deliveries,
      ack: async () => {
        if (isDone) return false
        const wasPending = await this.#group.ack(key, id)
        isDone = true
        this.#held.delete(name)
        return wasPending
      },
    }
  }

  /** Sent at once; the next fetch waits until it has arrived. */
  #acknowledge(entry: ConsumedEntry): void {
    const ack = this.#retry(() => entry.ack())
    ack.catch(() => undefined)
    this.#acks.push(ack)
  }

  /** Do it until it succeeds, the loop ends, or it fails in a way that trying again does not mend. */
  async #retry<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    for (let delay = FIRST_PAUSE_MS; ; delay = Math.min(delay * 2, LONGEST_PAUSE_MS)) {
      try {
        const result = await work()
        this.#wasConnected = true
        return result
      } catch (error) {
        this.#prepareRetry(error)
        await pause(delay, undefined, { signal: this.#stop.signal }).catch(() => undefined)
        if (this.#ended) return undefined
      }
    }
  }

  /** Throws what does not pass by itself. */
  #prepareRetry(error: unknown): void {
    const code = isRedisError(error) ? error.code : ''
    if (code === 'CONNECTION_CLOSED') this.#end()
    if (this.#ended) return
    if (code === 'REPLY_LOST') this.#wasConnected = true
    if (GONE.has(code)) {
      this.#hasGroup = false
      this.#again = []
    } else if (error instanceof LateError || (this.#wasConnected && PASSING.has(code))) {
      this.#search('own')
    } else throw error
  }

  /** The next entry, or nothing yet. */
  async #take(): Promise<Delivery | undefined> {
    if (!this.#hasGroup) {
      await this.#group.ensure()
      this.#hasGroup = true
    }
    const [fetched] = this.#fetched
    if (fetched) {
      const isMine = this.#isRecent() || (await this.#group.renew(fetched))
      this.#fetched.shift()
      return isMine ? fetched : undefined
    }
    const [again] = this.#again
    if (again) {
      const delivery = await this.#group.redeliver(again.key, again.id)
      this.#again = this.#again.filter(it => it !== again)
      return delivery
    }
    await Promise.all(this.#acks)
    this.#acks = []
    await this.#fetch()
    return undefined
  }

  /** Nobody can have taken over what was fetched. */
  #isRecent(): boolean {
    return performance.now() - this.#fetchedAt < this.#settings.claimIdleMs / 2
  }

  async #fetch(): Promise<void> {
    const { claimIdleMs } = this.#settings
    const [search] = this.#searches
    if (search) return this.#continue(search)
    const now = performance.now()
    if (now >= this.#claimAt) {
      this.#claimAt = now + claimIdleMs / 2
      for (const [name, since] of this.#held) if (now - since > claimIdleMs) this.#held.delete(name)
      if (claimIdleMs < Number.POSITIVE_INFINITY) this.#search('all')
      return
    }
    this.#fetched = await this.#read(now)
    this.#fetchedAt = performance.now()
  }

  /** Look at pending entries from their start, once more if that is under way. */
  #search(whose: Search['whose']): void {
    const others = this.#searches.filter(it => it.whose !== whose)
    const all = this.#settings.keys.map(key => ({ whose, key, start: whose === 'own' ? '-' : '0' }))
    this.#searches = [...all, ...others]
  }

  /** A reply may have been lost with its connection; a read that waits on another one must not hide that. */
  #recover(): void {
    this.#search('own')
    const now = performance.now()
    if (now - this.#recoveredAt < RECOVERY_PAUSE_MS) return
    this.#recoveredAt = now
    this.#reading?.abort(new LateError())
  }

  async #continue(search: Search): Promise<void> {
    const { whose, key, start } = search
    const group = this.#group
    const part = await (whose === 'own' ? group.pending(key, start) : group.claim(key, start))
    const next = part.next === undefined ? [] : [{ ...search, start: part.next }]
    this.#searches = this.#searches.flatMap(it => (it === search ? next : [it]))
    for (const id of part.ids) {
      if (whose === 'all' || !this.#held.has(`${id} ${key}`)) this.#again.push({ key, id })
    }
  }

  /** New entries; a reply that does not come in time was lost on its way. */
  async #read(now: number): Promise<Delivery[]> {
    if (this.#ended) return []
    const blockMs = Math.ceil(Math.max(1, Math.min(this.#settings.blockMs, this.#claimAt - now)))
    const reading = new AbortController()
    const watchdog = setTimeout(() => reading.abort(new LateError()), blockMs + GRACE_MS)
    this.#reading = reading
    try {
      return await this.#group.read(blockMs, reading.signal)
    } finally {
      clearTimeout(watchdog)
      this.#reading = undefined
    }
  }
}

/** The read was given up, because its reply is late or may be lost. */
class LateError extends Error {}

import { Grants } from './grants.js'
import type { LockKeys } from './names.js'
import { Arrivals, ServerClock } from './server-clock.js'
import type { LockStore } from './store.js'
import { Waiter } from './waiter.js'

interface Line {
  /** Everybody of this process who waits for the lock, in order of arrival. */
  readonly waiting: Waiter[]
  /** The tickets of this process that hold the lock, as far as is known. */
  readonly holders: Set<string>
  readonly arrivals: Arrivals
  /** Nobody of the line was refused yet: all may ask at once. */
  isOpen: boolean
  /** Resolves when messages arrive. */
  listening: Promise<void> | undefined
  isListening: boolean
}

/**
 * The waiters of this process, a line per lock. Of a mutex only the head has a ticket in Redis, and none while this
 * process holds the lock: the release writes it. Of a semaphore the head has one, and each release writes another; of
 * other kinds each has one.
 */
export class Lines {
  readonly store: LockStore
  readonly #grants: Grants
  readonly #lines = new Map<string, Line>()
  readonly #clock = new ServerClock()

  constructor(store: LockStore) {
    this.store = store
    this.#grants = new Grants(store)
  }

  /** Take the last place. */
  join(keys: LockKeys, ttlMs: number): Waiter {
    const line = this.#line(keys)
    const waiter = new Waiter(this.store.ticket(keys), ttlMs, line.isOpen, line.arrivals)
    line.waiting.push(waiter)
    this.#grants.expect(waiter)
    return waiter
  }

  /** May the waiter ask Redis? */
  isTurn(keys: LockKeys, waiter: Waiter): boolean {
    const line = this.#lines.get(keys.lock)
    const isHead = line?.waiting[0] === waiter
    const { queues } = this.store.kind
    if (queues === 'head') return isHead && line.holders.size === 0
    return queues === 'each' || isHead || waiter.isQueued || (waiter.isEager && !!line?.isOpen)
  }

  /** How many of this process wait without a ticket in Redis. */
  unqueued(keys: LockKeys): number {
    return this.#lines.get(keys.lock)?.waiting.filter(waiter => !waiter.isQueued).length ?? 0
  }

  /** Redis had nothing for one of the line: from now on the others wait for their turn. */
  refused(keys: LockKeys): void {
    const line = this.#lines.get(keys.lock)
    if (line) line.isOpen = false
  }

  isListening(keys: LockKeys): boolean {
    return this.#lines.get(keys.lock)?.isListening ?? false
  }

  /** From now on grants reach the line. */
  async listen(keys: LockKeys): Promise<void> {
    const line = this.#line(keys)
    line.listening ??= this.#grants.open(keys.channel)
    try {
      await line.listening
      line.isListening = true
    } catch (error) {
      line.listening = undefined
      throw error
    }
  }

  /** Leave the line, from any place, with the lease or without. */
  leave(keys: LockKeys, waiter: Waiter, isServed: boolean): void {
    const line = this.#line(keys)
    line.waiting.splice(line.waiting.indexOf(waiter), 1)
    this.#grants.forget(waiter, keys, isServed)
    line.waiting[0]?.wake()
    this.#tidy(keys, line)
  }

  /** This process holds the lock by `ticket`. */
  held(keys: LockKeys, ticket: string): void {
    this.#line(keys).holders.add(ticket)
  }

  /** The ticket holds the lock no more. */
  ended(keys: LockKeys, ticket: string): void {
    const line = this.#lines.get(keys.lock)
    if (!line?.holders.delete(ticket)) return
    line.waiting[0]?.wake()
    this.#tidy(keys, line)
  }

  /** Give the lock back, and queue the next waiter in the same step if there is one. */
  async release(keys: LockKeys, ticket: string): Promise<boolean> {
    const next = this.#next(keys, ticket)
    try {
      if (!next) return await this.store.release(keys, ticket)
      const releasing = this.store.releaseAndEnqueue(keys, ticket, next)
      await next.place(releasing.then(({ place }) => place))
      return (await releasing).released
    } finally {
      this.ended(keys, ticket)
      next?.wake()
    }
  }

  /** Who is to be queued by the release of `ticket`. */
  #next(keys: LockKeys, ticket: string): Waiter | undefined {
    const line = this.#lines.get(keys.lock)
    if (!line?.isListening || !line.holders.has(ticket)) return undefined
    const { queues } = this.store.kind
    if (queues === 'each') return undefined
    if (queues === 'head') return line.waiting[0]
    return line.waiting.find(waiter => !waiter.isQueued)
  }

  #line(keys: LockKeys): Line {
    const line = this.#lines.get(keys.lock) ?? {
      waiting: [],
      holders: new Set<string>(),
      arrivals: new Arrivals(this.#clock),
      isOpen: true,
      listening: undefined,
      isListening: false,
    }
    this.#lines.set(keys.lock, line)
    return line
  }

  #tidy(keys: LockKeys, line: Line): void {
    if (line.waiting.length === 0) line.isOpen = true
    if (line.waiting.length > 0 || line.holders.size > 0) return
    this.#lines.delete(keys.lock)
    if (line.listening) this.#grants.close(keys.channel)
  }
}

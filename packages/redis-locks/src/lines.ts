import { Grants } from './grants.js'
import type { LockKeys } from './names.js'
import type { LockStore } from './store.js'
import { Waiter } from './waiter.js'

interface Line {
  /** Everybody of this process who waits for the lock, in order of arrival. */
  readonly waiting: Waiter[]
  /** The ticket of this process that holds the lock, as far as is known. */
  holder: string | undefined
  /** Resolves when messages arrive. */
  listening: Promise<void> | undefined
  isListening: boolean
}

/**
 * The waiters of this process, a line per lock. Only the head has a ticket in Redis, and none while this process holds
 * the lock: the release writes it.
 */
export class Lines {
  readonly #store: LockStore
  readonly #grants: Grants
  readonly #lines = new Map<string, Line>()
  /** Server microseconds at local time 0, as far as is known; only for the order of arrival. */
  #epochUs: number | undefined

  constructor(store: LockStore) {
    this.#store = store
    this.#grants = new Grants(store)
  }

  /** Take the last place. */
  join(keys: LockKeys, ttlMs: number): Waiter {
    const waiter = new Waiter(this.#store.ticket(), ttlMs, this.#arrivalUs())
    this.#line(keys).waiting.push(waiter)
    this.#grants.expect(waiter)
    return waiter
  }

  /** May the waiter ask Redis? */
  isTurn(keys: LockKeys, waiter: Waiter): boolean {
    const line = this.#lines.get(keys.lock)
    return line?.waiting[0] === waiter && line.holder === undefined
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
  held(keys: LockKeys, ticket: string, token: number): void {
    this.#epochUs ??= token - performance.now() * 1_000
    this.#line(keys).holder = ticket
  }

  /** The ticket holds the lock no more. */
  ended(keys: LockKeys, ticket: string): void {
    const line = this.#lines.get(keys.lock)
    if (line?.holder !== ticket) return
    line.holder = undefined
    line.waiting[0]?.wake()
    this.#tidy(keys, line)
  }

  /** Give the lock back, and queue the head in the same step if there is one. */
  async release(keys: LockKeys, ticket: string): Promise<boolean> {
    const line = this.#lines.get(keys.lock)
    const next = line?.isListening && line.holder === ticket ? line.waiting[0] : undefined
    try {
      if (!next) return await this.#store.release(keys, ticket)
      const releasing = this.#store.releaseAndEnqueue(keys, ticket, next)
      await next.place(releasing.then(({ place }) => place))
      return (await releasing).released
    } finally {
      this.ended(keys, ticket)
    }
  }

  #arrivalUs(): number {
    return this.#epochUs === undefined ? 0 : Math.round(this.#epochUs + performance.now() * 1_000)
  }

  #line(keys: LockKeys): Line {
    const line = this.#lines.get(keys.lock) ?? {
      waiting: [],
      holder: undefined,
      listening: undefined,
      isListening: false,
    }
    this.#lines.set(keys.lock, line)
    return line
  }

  #tidy(keys: LockKeys, line: Line): void {
    if (line.waiting.length > 0 || line.holder !== undefined) return
    this.#lines.delete(keys.lock)
    if (line.listening) this.#grants.close(keys.channel)
  }
}

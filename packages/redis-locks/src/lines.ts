import { Grants } from './grants.js'
import type { LockKeys } from './names.js'
import type { LockStore } from './store.js'
import { type Held, Tenure } from './tenure.js'
import { Waiter } from './waiter.js'

interface Line {
  /** Everybody of this process who waits for the lock, in order of arrival. */
  readonly waiting: Waiter[]
  /** The ticket of this process that holds the lock, as far as is known. */
  holder: string | undefined
  /** The holder's, when it may hand over to the line without Redis. */
  tenure: Tenure | undefined
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
  /** By ticket: those that begin or last. */
  readonly #tenures = new Map<string, Tenure>()
  /** Server microseconds at local time 0, as far as is known; only for the order of arrival. */
  #epochUs: number | undefined

  constructor(store: LockStore) {
    this.#store = store
    this.#grants = new Grants(store, ticket => this.#contended(ticket))
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
    if (!isServed) this.#tenures.delete(waiter.id)
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
    if (line.tenure?.ticket === ticket) line.tenure = undefined
    this.#tenures.delete(ticket)
    line.waiting[0]?.wake()
    this.#tidy(keys, line)
  }

  /**
   * Give the lock back, and queue the head in the same step if there is one. While nobody else waits, the head gets it
   * without a command; `held` says what is left of it, undefined when it is lost.
   */
  async release(keys: LockKeys, ticket: string, held?: Held): Promise<boolean> {
    const line = this.#lines.get(keys.lock)
    const next = line?.isListening && line.holder === ticket ? line.waiting[0] : undefined
    const tenure = line?.tenure?.ticket === ticket ? line.tenure : undefined
    if (next && held && handOver(tenure, next, held)) return true
    try {
      if (!line || !next) return await this.#store.release(keys, ticket, tenure?.used)
      return await this.#releaseTo(keys, line, ticket, next)
    } finally {
      this.ended(keys, ticket)
    }
  }

  async #releaseTo(keys: LockKeys, line: Line, ticket: string, next: Waiter): Promise<boolean> {
    const tenure = new Tenure(next.id)
    this.#tenures.set(next.id, tenure)
    try {
      const used = line.tenure?.ticket === ticket ? line.tenure.used : undefined
      const releasing = this.#store.releaseAndEnqueue(keys, ticket, next, used)
      const { token } = await next.place(releasing.then(({ place }) => place))
      const { released, isAlone } = await releasing
      if (token !== undefined && isAlone) {
        tenure.begin(token)
        line.tenure = tenure
      } else this.#tenures.delete(next.id)
      return released
    } catch (error) {
      this.#tenures.delete(next.id)
      throw error
    }
  }

  #contended(ticket: string): void {
    const tenure = this.#tenures.get(ticket)
    if (tenure) tenure.isContended = true
  }

  #arrivalUs(): number {
    return this.#epochUs === undefined ? 0 : Math.round(this.#epochUs + performance.now() * 1_000)
  }

  #line(keys: LockKeys): Line {
    const line = this.#lines.get(keys.lock) ?? {
      waiting: [],
      holder: undefined,
      tenure: undefined,
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

/** Give a lock to a waiter of this process without a command, if that may be. */
function handOver(tenure: Tenure | undefined, next: Waiter, held: Held): boolean {
  const given = tenure?.next(next, held)
  if (!given) return false
  next.given = given
  next.wake()
  return true
}

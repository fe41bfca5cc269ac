import { isRedisError } from '@gravito/plasma'
import type { LockKeys } from '../redis/keys.js'
import type { LockStore } from '../redis/store.js'
import { Grants } from './grants.js'
import { Arrivals, ServerClock } from './server-clock.js'
import { type Held, Tenure } from './tenure.js'
import { Waiter } from './waiter.js'

const RELEASE_ATTEMPTS = 3
/** How often, and how many ms apart, a release that failed is tried in the background. */
const LATE_RELEASES = 60
const LATE_RELEASE_MS = 500

interface Line {
  /** Everybody of this process who waits for the lock, in order of arrival. */
  readonly waiting: Waiter[]
  /** The tickets of this process that hold the lock, as far as is known. */
  readonly holders: Set<string>
  /** A mutex' holder's, when it may hand over to the line without Redis. */
  tenure: Tenure | undefined
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
  /** By ticket: those that begin or last. */
  readonly #tenures = new Map<string, Tenure>()
  readonly #clock = new ServerClock()

  constructor(store: LockStore) {
    this.store = store
    this.#grants = new Grants(
      store,
      ticket => this.#contended(ticket),
      reason => this.#over(reason),
    )
  }

  /** Take the last place. */
  join(keys: LockKeys, ttlMs: number): Waiter {
    const line = this.#line(keys)
    const isEager = line.isOpen && line.waiting.length < together(keys.claim)
    const waiter = new Waiter(this.store.ticket(keys), ttlMs, isEager, line.arrivals)
    line.waiting.push(waiter)
    this.#grants.expect(waiter)
    return waiter
  }

  /** May the waiter ask Redis? */
  isTurn(keys: LockKeys, waiter: Waiter): boolean {
    const line = this.#lines.get(keys.lock)
    const isHead = line?.waiting[0] === waiter
    const { queues } = this.store.kind
    if (queues === 'head') return isHead && this.#isTurnOfHead(line)
    return queues === 'each' || isHead || waiter.isQueued || (waiter.isEager && !!line?.isOpen)
  }

  /** The first of a line waits for nothing of this process. */
  #isTurnOfHead(line: Line): boolean {
    return this.store.kind.queues !== 'head' || line.holders.size === 0
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
    if (line.waiting[0] === waiter) line.waiting.shift()
    else line.waiting.splice(line.waiting.indexOf(waiter), 1)
    this.#grants.forget(waiter, keys, isServed)
    if (!isServed) this.#tenures.delete(waiter.id)
    if (this.#isTurnOfHead(line)) line.waiting[0]?.wake()
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
    if (line.tenure?.ticket === ticket) line.tenure = undefined
    this.#tenures.delete(ticket)
    line.waiting[0]?.wake()
    this.#tidy(keys, line)
  }

  /**
   * Give the lock back, and queue the next waiter in the same step if there is one. While nobody else waits for a mutex,
   * that one gets it without a command; `held` says what is left of it, undefined when it is lost.
   */
  async release(keys: LockKeys, ticket: string, held?: Held): Promise<boolean> {
    const line = this.#lines.get(keys.lock)
    const next = this.#next(line, ticket)
    const tenure = line?.tenure?.ticket === ticket ? line.tenure : undefined
    if (next && held && handOver(tenure, next, held)) return true
    this.store.releasing()
    try {
      if (line && next) return await this.#releaseTo(keys, line, ticket, next)
      return await this.store.release(keys, ticket, tenure?.used)
    } catch (error) {
      return await this.#releaseAgain(error, keys, ticket, tenure, next !== undefined)
    } finally {
      this.store.released()
      this.ended(keys, ticket)
      next?.wake()
    }
  }

  /**
   * Without the next waiter (`withNext`) it may be possible, without memory for a ticket for example; and a reply that is
   * lost says nothing. Released twice is released once.
   */
  async #releaseAgain(
    failure: unknown,
    keys: LockKeys,
    ticket: string,
    tenure: Tenure | undefined,
    withNext: boolean,
  ): Promise<boolean> {
    let error = failure
    let mayGo = isRedisError(error, withNext ? undefined : 'REPLY_LOST')
    for (let attempt = withNext ? 1 : 2; mayGo && attempt <= RELEASE_ATTEMPTS; attempt++) {
      try {
        return await this.store.release(keys, ticket, tenure?.used)
      } catch (again) {
        error = again
        mayGo = isRedisError(error, 'REPLY_LOST')
      }
    }
    if (this.store.isOver) return this.store.cancel(keys, ticket)
    this.#releaseLater(error, keys, ticket, tenure)
    throw error
  }

  /** Others need not wait for the end of the lease when Redis is back before that. */
  #releaseLater(
    error: unknown,
    keys: LockKeys,
    ticket: string,
    tenure: Tenure | undefined,
    tries = LATE_RELEASES,
  ): void {
    if (tries === 0 || !this.store.passes(error)) return
    setTimeout(() => {
      this.store
        .release(keys, ticket, tenure?.used)
        .catch(failure => this.#releaseLater(failure, keys, ticket, tenure, tries - 1))
    }, LATE_RELEASE_MS).unref()
  }

  /** Who is to be queued by the release of `ticket`. */
  #next(line: Line | undefined, ticket: string): Waiter | undefined {
    const { queues } = this.store.kind
    if (queues === 'each' || !line?.isListening || !line.holders.has(ticket)) return undefined
    if (queues === 'head') return line.waiting[0]
    // Two ages may overtake each other on their way; two times do not.
    return this.#clock.isKnown ? line.waiting.find(waiter => !waiter.isQueued) : undefined
  }

  async #releaseTo(keys: LockKeys, line: Line, ticket: string, next: Waiter): Promise<boolean> {
    const tenure = new Tenure(next.id)
    this.#tenures.set(next.id, tenure)
    const used = line.tenure?.ticket === ticket ? line.tenure.used : undefined
    const sentAt = performance.now()
    const releasing = this.store.releaseAndEnqueue(keys, ticket, next, used)
    next.placing(releasing, sentAt)
    try {
      const { released, isAlone, place } = await releasing
      next.placed(place, sentAt)
      if (place.token !== undefined && isAlone) {
        tenure.begin(place.token)
        line.tenure = tenure
      } else this.#tenures.delete(next.id)
      return released
    } catch (error) {
      next.unplaced()
      this.#tenures.delete(next.id)
      throw error
    }
  }

  #contended(ticket: string): void {
    const tenure = this.#tenures.get(ticket)
    if (tenure) tenure.isContended = true
  }

  /** The client is closed: nobody waits any more, and nothing is heard. */
  #over(reason: Error): void {
    for (const tenure of this.#tenures.values()) tenure.isContended = true
    for (const line of this.#lines.values()) {
      line.listening = undefined
      line.isListening = false
      for (const waiter of line.waiting) waiter.fail(reason)
    }
  }

  #line(keys: LockKeys): Line {
    const known = this.#lines.get(keys.lock)
    if (known) return known
    const line: Line = {
      waiting: [],
      holders: new Set<string>(),
      tenure: undefined,
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

/** Give a lock to a waiter of this process without a command, if that may be. */
function handOver(tenure: Tenure | undefined, next: Waiter, held: Held): boolean {
  const given = tenure?.next(next, held)
  if (!tenure || !given) return false
  next.given = given
  if (tenure.isLong) setImmediate(() => next.wake())
  else next.wake()
  return true
}

/** How many requests with this claim on permits can be granted at a time. */
function together(claim: string): number {
  if (claim === '') return 1
  const [, weight = 1, permits = 1] = /^\*(\d+)\/(\d+)$/.exec(claim) ?? []
  return Math.floor(Number(permits) / Number(weight))
}

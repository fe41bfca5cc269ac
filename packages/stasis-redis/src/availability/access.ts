import type { TaggedName } from '../entries/tagged-keys.js'
import type { Counts } from '../observability/stats.js'
import { type Breaker, type Guard, isAway } from './breaker.js'
import type { Invalidations } from './invalidations.js'

/** What each kind of operation does when Redis is away. */
export class Access {
  readonly #breaker: Breaker
  readonly #invalidations: Invalidations
  readonly #counts: Counts
  readonly #dropNear: (name?: TaggedName) => void

  /** @param dropNear forget what this process holds of an entry, or everything */
  constructor(
    breaker: Breaker,
    invalidations: Invalidations,
    counts: Counts,
    dropNear: (name?: TaggedName) => void,
  ) {
    this.#breaker = breaker
    this.#invalidations = invalidations
    this.#counts = counts
    this.#dropNear = dropNear
  }

  /** Does the entry wait for its removal? */
  waits(name: TaggedName): boolean {
    return this.#invalidations.has(name)
  }

  /** Rejects. */
  readonly guard: Guard = operation => this.#breaker.run(operation)

  /**
   * `fallback` when Redis is away, which is reported, and for an entry that waits for its removal.
   *
   * @param undo for a result that comes when nobody waits for it any more
   */
  async read<Result, Fallback>(
    name: TaggedName,
    operation: () => Promise<Result>,
    fallback: Fallback,
    undo?: (result: Result) => unknown,
  ): Promise<Result | Fallback> {
    if (this.waits(name)) return fallback
    let running: Promise<Result> | undefined
    try {
      return await this.#breaker.run(() => {
        running = operation()
        return running
      }, name)
    } catch (error) {
      if (!isAway(error)) throw error
      if (undo) running?.then(undo).catch(() => undefined)
      this.#counts.failed(error, name.name)
      return fallback
    }
  }

  /** A write that is given up is reported, and no read gets the old value instead. */
  async write(name: TaggedName, operation: () => Promise<unknown>): Promise<void> {
    try {
      await this.#breaker.run(operation, name)
    } catch (error) {
      if (!isAway(error)) throw error
      this.#counts.dropped++
      this.#counts.failed(error, name.name)
      this.#invalidations.add(name, { optional: true })
      this.#dropNear(name)
    }
  }

  /** Rejects. */
  change<Result>(name: TaggedName, operation: () => Promise<Result>): Promise<Result> {
    return this.#breaker.run(operation, name)
  }

  /** Rejects, and is made up for before anybody reads again. */
  async forget<Result>(name: TaggedName, operation: () => Promise<Result>): Promise<Result> {
    return this.#madeUp(
      () => this.#breaker.run(operation, name),
      it => {
        it.add(name)
        this.#dropNear(name)
      },
    )
  }

  /** Like `forget`. */
  flushTags(tags: readonly string[], operation: () => Promise<void>): Promise<void> {
    return this.#madeUp(
      () => this.#breaker.run(operation),
      it => {
        it.addTags(tags)
        this.#dropNear()
      },
    )
  }

  /** Like `forget`; the deadline is that of each step. */
  flush(operation: (guard: Guard) => Promise<void>): Promise<void> {
    return this.#madeUp(
      () => operation(this.guard),
      it => {
        it.addAll()
        this.#dropNear()
      },
    )
  }

  async #madeUp<Result>(
    operation: () => Promise<Result>,
    remember: (invalidations: Invalidations) => void,
  ): Promise<Result> {
    try {
      return await operation()
    } catch (error) {
      if (isAway(error)) remember(this.#invalidations)
      throw error
    }
  }
}

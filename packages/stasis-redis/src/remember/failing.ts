import { idOf, type TaggedName } from '../entries/tagged-keys.js'

const MAX = 1_000
const PAUSE_MS = 1_000

/** Entries whose factory failed, and is left alone for a second while there is a value to serve. */
export class Failing {
  readonly #now: () => number
  readonly #until = new Map<string, number>()

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  add(name: TaggedName): void {
    if (this.#until.size >= MAX) this.#until.clear()
    this.#until.set(idOf(name), this.#now() + PAUSE_MS)
  }

  has(name: TaggedName): boolean {
    if (this.#until.size === 0) return false
    const until = this.#until.get(idOf(name))
    return until !== undefined && until > this.#now()
  }

  drop(name: TaggedName): void {
    if (this.#until.size > 0) this.#until.delete(idOf(name))
  }

  dropAll(): void {
    this.#until.clear()
  }
}

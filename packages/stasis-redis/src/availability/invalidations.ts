import { idOf, type TaggedName } from '../entries/tagged-keys.js'
import type { Guard } from './breaker.js'

/** How what was invalidated is removed. */
export interface Removal {
  remove(name: TaggedName): Promise<unknown>
  revoke(tags: readonly string[]): Promise<void>
  flush(guard: Guard): Promise<void>
}

const LIMIT = 10_000
const BATCH = 200
const AGAIN_MS = 500

/**
 * What was to be removed while Redis could not: no read gets it, and it is removed as soon as that is possible. What
 * no longer fits becomes a flush of everything, which is never wrong.
 */
export class Invalidations {
  readonly #removal: Removal
  readonly #guard: Guard
  readonly #names = new Map<string, TaggedName>()
  /** Each with what tells it from the same one added again. */
  readonly #tags = new Map<string, object>()
  #everything: object | undefined
  #replaying: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** @param guard for what is tried again while Redis answers, but could not write */
  constructor(removal: Removal, guard: Guard) {
    this.#removal = removal
    this.#guard = guard
  }

  get size(): number {
    return this.#names.size + this.#tags.size + Number(this.#everything !== undefined)
  }

  /** Is the entry to be removed? */
  has(name: TaggedName): boolean {
    if (this.size === 0) return false
    if (this.#everything || name.tags.some(tag => this.#tags.has(tag))) return true
    return this.#names.has(idOf(name))
  }

  /** @param optional a value that was not written: given up when there is no room */
  add(name: TaggedName, { optional = false } = {}): void {
    if (this.#everything || (optional && this.size >= LIMIT)) return
    this.#names.set(idOf(name), name)
    this.#added()
  }

  addTags(tags: readonly string[]): void {
    for (const tag of tags) this.#tags.set(tag, {})
    this.#added()
  }

  addAll(): void {
    this.#names.clear()
    this.#tags.clear()
    this.#everything = {}
    this.#added()
  }

  /** Remove what waits; rejects with the first failure, and the rest waits on. */
  replay(guard: Guard): Promise<void> {
    this.#replaying ??= this.#replay(guard).finally(() => {
      this.#replaying = undefined
    })
    return this.#replaying
  }

  /** Nothing is tried again. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #added(): void {
    if (this.size > LIMIT) this.addAll()
    if (this.#timer || this.#closed) return
    this.#timer = setTimeout(() => this.#tryAgain(), AGAIN_MS).unref()
  }

  async #tryAgain(): Promise<void> {
    await this.replay(this.#guard).catch(() => undefined)
    this.#timer = undefined
    if (this.size > 0) this.#added()
  }

  async #replay(guard: Guard): Promise<void> {
    while (this.size > 0) {
      const everything = this.#everything
      if (everything) {
        await this.#removal.flush(guard)
        if (this.#everything === everything) this.#everything = undefined
        continue
      }
      const tags = [...this.#tags].slice(0, BATCH)
      const names = [...this.#names].slice(0, BATCH)
      await guard(() =>
        Promise.all([
          this.#removal.revoke(tags.map(([tag]) => tag)),
          ...names.map(([, name]) => this.#removal.remove(name)),
        ]),
      )
      for (const [tag, it] of tags) if (this.#tags.get(tag) === it) this.#tags.delete(tag)
      for (const [id, it] of names) if (this.#names.get(id) === it) this.#names.delete(id)
    }
  }
}

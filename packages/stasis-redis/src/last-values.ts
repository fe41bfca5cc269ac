import type { TaggedName } from './keys.js'

interface Last {
  readonly tags: readonly string[]
  readonly text: string
  /** `performance.now()` */
  readonly until: number
}

const MAX = 1_000
const PAUSE_MS = 1_000

/** The last values of this process, for when neither Redis nor their factory can be had; the newest thousand. */
export class LastValues {
  readonly #values = new Map<string, Last>()
  readonly #failing = new Map<string, number>()

  /** @param forMs negative for ever */
  keep(name: TaggedName, text: string, forMs: number): void {
    const id = idOf(name)
    this.#values.delete(id)
    const until = forMs < 0 ? Number.POSITIVE_INFINITY : performance.now() + forMs
    this.#values.set(id, { tags: name.tags, text, until })
    const [oldest] = this.#values.keys()
    if (this.#values.size > MAX && oldest !== undefined) this.#values.delete(oldest)
  }

  /** `null` when there is none. */
  get(name: TaggedName): string | null {
    const last = this.#values.get(idOf(name))
    return last && last.until > performance.now() ? last.text : null
  }

  /** The factory failed: it is left alone for a second, while there is a value to serve. */
  failed(name: TaggedName): void {
    if (this.#failing.size >= MAX) this.#failing.clear()
    this.#failing.set(idOf(name), performance.now() + PAUSE_MS)
  }

  isFailing(name: TaggedName): boolean {
    if (this.#failing.size === 0) return false
    const until = this.#failing.get(idOf(name))
    return until !== undefined && until > performance.now()
  }

  drop(name: TaggedName): void {
    if (this.#values.size > 0) this.#values.delete(idOf(name))
    if (this.#failing.size > 0) this.#failing.delete(idOf(name))
  }

  dropTags(tags: readonly string[]): void {
    for (const [id, last] of this.#values)
      if (last.tags.some(tag => tags.includes(tag))) this.#values.delete(id)
    this.#failing.clear()
  }

  dropAll(): void {
    this.#values.clear()
    this.#failing.clear()
  }
}

const idOf = ({ name, tags }: TaggedName): string => JSON.stringify([name, tags])

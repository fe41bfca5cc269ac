import { idOf, type TaggedName } from '../entries/tagged-keys.js'

interface Last {
  readonly tags: readonly string[]
  readonly text: string
  /** `performance.now()` */
  readonly until: number
}

const MAX = 1_000

/** The last values of this process, for when neither Redis nor their factory can be had; the newest thousand. */
export class LastValues {
  readonly #values = new Map<string, Last>()

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

  drop(name: TaggedName): void {
    if (this.#values.size > 0) this.#values.delete(idOf(name))
  }

  dropTags(tags: readonly string[]): void {
    for (const [id, last] of this.#values)
      if (last.tags.some(tag => tags.includes(tag))) this.#values.delete(id)
  }

  dropAll(): void {
    this.#values.clear()
  }
}

import { idOf, type TaggedName } from '../entries/tagged-keys.js'

/** Is the computation still the one that newcomers join? Not after its entry was written, forgotten or flushed. */
export type IsCurrent = () => boolean

interface Flight {
  readonly tags: readonly string[]
  readonly result: Promise<unknown>
}

/** One computation per entry at a time in this process; everybody who asks meanwhile gets its result. */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>()

  run<Value>(name: TaggedName, compute: (isCurrent: IsCurrent) => Promise<Value>): Promise<Value> {
    const id = idOf(name)
    const running = this.#flights.get(id)
    if (running) return running.result as Promise<Value>
    let flight: Flight | undefined
    const isCurrent = () => this.#flights.get(id) === flight
    const result = this.#landed(compute(isCurrent), id, isCurrent)
    flight = { tags: name.tags, result }
    this.#flights.set(id, flight)
    return result
  }

  async #landed<Value>(work: Promise<Value>, id: string, isCurrent: IsCurrent): Promise<Value> {
    try {
      return await work
    } finally {
      if (isCurrent()) this.#flights.delete(id)
    }
  }

  /** Nobody joins the computation of this entry from now on. */
  leave(name: TaggedName): void {
    if (this.#flights.size > 0) this.#flights.delete(idOf(name))
  }

  /** Nobody joins a computation with any of the tags from now on. */
  leaveTags(tags: readonly string[]): void {
    for (const [id, flight] of this.#flights) {
      if (flight.tags.some(tag => tags.includes(tag))) this.#flights.delete(id)
    }
  }

  leaveAll(): void {
    this.#flights.clear()
  }
}

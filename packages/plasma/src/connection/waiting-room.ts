/** Something to be sent as soon as commands flow. */
export interface Waiting {
  /** How many commands it is. */
  size: number
  start(): void
  fail(error: Error): void
}

/** Where commands wait, in order, while the connection opens or is away; bounded, and left when their caller gives up. */
export class WaitingRoom {
  readonly #waiting = new Set<Waiting>()
  #size = 0

  /** How many commands wait. */
  get size(): number {
    return this.#size
  }

  enter(waiting: Waiting): void {
    this.#waiting.add(waiting)
    this.#size += waiting.size
  }

  leave(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) this.#size -= waiting.size
  }

  /** Start all, in their order. */
  release(): void {
    for (const waiting of this.#empty()) waiting.start()
  }

  /** Fail all. */
  dismiss(error: Error): void {
    for (const waiting of this.#empty()) waiting.fail(error)
  }

  #empty(): Waiting[] {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    this.#size = 0
    return waiting
  }
}

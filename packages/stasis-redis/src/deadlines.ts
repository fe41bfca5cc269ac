interface Waiting {
  readonly due: number
  readonly late: () => void
}

/**
 * Gives up on promises after one and the same time, as long as nothing else is answered either: who waits behind many
 * others has to be patient. One timer for all of them.
 */
export class Deadlines {
  readonly #ms: number
  readonly #patienceMs: () => number
  readonly #lateError: () => Error
  /** The oldest first, since all have the same time. */
  readonly #waiting = new Set<Waiting>()
  #timer: NodeJS.Timeout | undefined
  #lastAnswer = Number.NEGATIVE_INFINITY

  /** @param patienceMs for so long at most, beyond `ms`, while others are answered */
  constructor(ms: number, patienceMs: () => number, lateError: () => Error) {
    this.#ms = ms
    this.#patienceMs = patienceMs
    this.#lateError = lateError
  }

  /** What `work` settles to, or a rejection when that takes too long. */
  race<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const due = performance.now() + this.#ms
      const waiting: Waiting = { due, late: () => reject(this.#lateError()) }
      this.#waiting.add(waiting)
      this.#timer ??= setTimeout(this.#look, this.#ms)
      if (this.#waiting.size === 1) this.#timer.ref()
      const settled = () => {
        this.#waiting.delete(waiting)
        if (this.#waiting.size === 0) this.#timer?.unref()
      }
      work.then(
        result => {
          settled()
          this.#lastAnswer = performance.now()
          resolve(result)
        },
        error => {
          settled()
          reject(error)
        },
      )
    })
  }

  /** A process that was busy itself reads its sockets first: the answer may be there. */
  readonly #look = () => {
    setImmediate(() => {
      const now = performance.now()
      const alive = this.#lastAnswer + this.#ms
      const patienceMs = this.#patienceMs()
      for (const waiting of this.#waiting) {
        const due = Math.max(waiting.due, Math.min(alive, waiting.due + patienceMs))
        if (due > now + 1) {
          this.#timer = setTimeout(this.#look, due - now)
          return
        }
        this.#waiting.delete(waiting)
        waiting.late()
      }
      this.#timer = undefined
    })
  }
}

interface Waiting {
  readonly due: number
  readonly late: () => void
}

/** So much later than it was set a timer comes in a process that is busy. */
const LAG_MS = 50
/** Looked at so often, so that a busy time is noticed whenever it was. */
const LOOK_MS = 50

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
  #lookAt = 0
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
      if (!this.#timer) this.#lookIn(this.#ms)
      if (this.#waiting.size === 1) this.#timer?.ref()
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

  #lookIn(ms: number): void {
    const soon = Math.min(ms, LOOK_MS)
    this.#lookAt = performance.now() + soon
    this.#timer = setTimeout(this.#look, soon)
  }

  /** A process that was busy itself reads its sockets first, and lost time that it gives back. */
  readonly #look = () => {
    const isLate = performance.now() - this.#lookAt > LAG_MS
    setImmediate(() => {
      const now = performance.now()
      if (isLate) this.#lastAnswer = now
      const alive = this.#lastAnswer + this.#ms
      const patienceMs = this.#patienceMs()
      for (const waiting of this.#waiting) {
        const due = Math.max(waiting.due, Math.min(alive, waiting.due + patienceMs))
        if (due > now + 1) {
          this.#lookIn(due - now)
          return
        }
        this.#waiting.delete(waiting)
        waiting.late()
      }
      this.#timer = undefined
    })
  }
}

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
  readonly #waiting = new Line()
  #timer: NodeJS.Timeout | undefined
  #lookAt = 0
  #lastAnswer = Number.NEGATIVE_INFINITY

  /** @param patienceMs for so long at most, beyond `ms`, while others are answered */
  constructor(ms: number, patienceMs: () => number, lateError: () => Error) {
    this.#ms = ms
    this.#patienceMs = patienceMs
    this.#lateError = lateError
  }

  /**
   * What `work` settles to, or a rejection when that takes too long.
   *
   * @param failed told of a rejection first
   */
  race<Result>(work: Promise<Result>, failed: (error: unknown) => void): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const fail = (error: unknown) => {
        failed(error)
        reject(error)
      }
      const waiting = new Waiting(performance.now() + this.#ms, fail)
      this.#begin(waiting)
      work.then(
        result => {
          this.#end(waiting)
          this.#lastAnswer = performance.now()
          resolve(result)
        },
        error => {
          if (!waiting.inLine) return
          this.#end(waiting)
          fail(error)
        },
      )
    })
  }

  #begin(waiting: Waiting): void {
    const first = this.#waiting.isEmpty
    this.#waiting.add(waiting)
    if (!this.#timer) this.#lookIn(this.#ms)
    if (first) this.#timer?.ref()
  }

  #end(waiting: Waiting): void {
    this.#waiting.remove(waiting)
    if (this.#waiting.isEmpty) this.#timer?.unref()
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
      for (let oldest = this.#waiting.first; oldest; oldest = this.#waiting.first) {
        const due = Math.max(oldest.due, Math.min(alive, oldest.due + patienceMs))
        if (due > now + 1) {
          this.#lookIn(due - now)
          return
        }
        this.#waiting.remove(oldest)
        oldest.fail(this.#lateError())
      }
      this.#timer = undefined
    })
  }
}

/** A promise that is waited for, and its neighbours in line. */
class Waiting {
  before: Waiting | undefined
  after: Waiting | undefined
  inLine = false

  constructor(
    readonly due: number,
    readonly fail: (error: Error) => void,
  ) {}
}

/** The oldest first, since all have the same time. Linked: a `Set` would take as long as a command. */
class Line {
  first: Waiting | undefined
  #last: Waiting | undefined

  get isEmpty(): boolean {
    return this.first === undefined
  }

  add(waiting: Waiting): void {
    waiting.before = this.#last
    waiting.inLine = true
    if (this.#last) this.#last.after = waiting
    else this.first = waiting
    this.#last = waiting
  }

  /** Does nothing for one that has left. */
  remove(waiting: Waiting): void {
    if (!waiting.inLine) return
    waiting.inLine = false
    const { before, after } = waiting
    if (before) before.after = after
    else this.first = after
    if (after) after.before = before
    else this.#last = before
    waiting.before = undefined
    waiting.after = undefined
  }
}

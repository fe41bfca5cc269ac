import type { SentCommand } from './command.js'
import { TIMED_OUT } from './limits.js'

/**
 * Ends commands whose time is over: one timer for all that have the same time, because they end in the order in
 * which they began.
 */
export class Deadlines {
  readonly #timeoutMs: number
  #first: SentCommand | undefined
  #last: SentCommand | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Give a command its time, from its `started` on. */
  watch(command: SentCommand): void {
    command.deadlines = this
    command.before = this.#last
    if (this.#last) this.#last.after = command
    else this.#first = command
    this.#last = command
    if (this.#timer === undefined) this.#wait(this.#timeoutMs)
  }

  forget(command: SentCommand): void {
    const { before, after } = command
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    command.deadlines = command.before = command.after = undefined
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#expire(), milliseconds)
    // Whatever waits for a reply has a socket, which keeps the process alive.
    this.#timer.unref()
  }

  #expire(): void {
    this.#timer = undefined
    const now = performance.now()
    for (let command = this.#first; command; command = this.#first) {
      const left = command.started + this.#timeoutMs - now
      if (left > 0) {
        this.#wait(Math.ceil(left))
        return
      }
      this.forget(command)
      command.reject(new Error(TIMED_OUT))
    }
  }
}

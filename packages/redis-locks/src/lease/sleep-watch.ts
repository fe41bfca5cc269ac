import { uptime } from 'node:os'

/** Three clocks, in milliseconds. */
export interface Clocks {
  /** Stands still while the machine sleeps, on Linux. */
  monotonic(): number
  /** May be set by anybody. */
  wall(): number
  /** Goes on while the machine sleeps, and nobody sets it; costs a system call. */
  sinceBoot(): number
}

const SYSTEM: Clocks = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  sinceBoot: () => uptime() * 1_000,
}

/** `uptime` may count whole seconds. */
const NOTICED_MS = 1_000
const REMEMBERED = 16

/**
 * Notices that the machine was suspended: Redis went on counting, the monotonic clock did not. A wall clock that is
 * merely set counts for nothing.
 */
export class SleepWatch {
  readonly #clocks: Clocks
  #last: number
  #skew: number
  #boot: number
  readonly #sleeps: { noticedAt: number; ms: number }[] = []

  constructor(clocks: Clocks = SYSTEM) {
    this.#clocks = clocks
    const now = clocks.monotonic()
    this.#last = now
    this.#skew = clocks.wall() - now
    this.#boot = clocks.sinceBoot() - now
  }

  /** Milliseconds of sleep that were noticed after the monotonic time `at`. */
  since(at: number): number {
    const now = this.#clocks.monotonic()
    const skew = this.#clocks.wall() - now
    // Only faked timers turn it back.
    if (now < this.#last) {
      this.#skew = skew
      this.#boot = this.#clocks.sinceBoot() - now
    }
    this.#last = now
    if (Math.abs(skew - this.#skew) > NOTICED_MS) this.#look(now, skew)
    let ms = 0
    for (const sleep of this.#sleeps) if (sleep.noticedAt > at) ms += sleep.ms
    return ms
  }

  #look(now: number, skew: number): void {
    this.#skew = skew
    const boot = this.#clocks.sinceBoot() - now
    const ms = boot - this.#boot
    if (ms < NOTICED_MS) return
    this.#boot = boot
    this.#sleeps.push({ noticedAt: now, ms })
    if (this.#sleeps.length > REMEMBERED) this.#sleeps.shift()
  }
}

/** This process' machine. */
export const sleepWatch = new SleepWatch()

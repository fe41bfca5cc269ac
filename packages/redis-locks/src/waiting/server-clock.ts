/** The server's clock as far as its answers tell; only for the order of arrival. */
export class ServerClock {
  /** Server microseconds at local time 0. */
  #epochUs: number | undefined

  /**
   * The server's clock showed `nowUs` between two local times: an estimate that cannot be true any more (drift, a step
   * of either clock, a failover, a machine that slept) moves to the nearest one that can.
   */
  saw(nowUs: number, sentAt: number, receivedAt: number): void {
    const earliest = nowUs - receivedAt * 1_000
    const latest = nowUs - sentAt * 1_000
    this.#epochUs = Math.min(Math.max(this.#epochUs ?? latest, earliest), latest)
  }

  get isKnown(): boolean {
    return this.#epochUs !== undefined
  }

  /** Server microseconds at a local time that has passed; below 0, how long ago it was, while the server's are unknown. */
  at(localMs: number): number {
    if (this.#epochUs === undefined) return Math.round((localMs - performance.now()) * 1_000) - 1
    return Math.round(this.#epochUs + localMs * 1_000)
  }
}

/** The times of arrival in one line: a better estimate of the clock changes nobody's place in it. */
export class Arrivals {
  readonly clock: ServerClock
  #lastUs = 0

  constructor(clock: ServerClock) {
    this.clock = clock
  }

  /** What Redis is told of the next one that is queued, who came at a local time: see `ServerClock.at`. */
  next(arrivedAt: number): number {
    const at = this.clock.at(arrivedAt)
    if (at < 0) return at
    this.#lastUs = Math.max(at, this.#lastUs + 1)
    return this.#lastUs
  }

  /** A command that queued `told` was executed between two local times, at `nowUs` of the server. */
  placed(told: number, nowUs: number, sentAt: number, receivedAt: number): void {
    this.clock.saw(nowUs, sentAt, receivedAt)
    if (told < 0) this.#lastUs = Math.max(this.#lastUs, nowUs + told)
  }
}

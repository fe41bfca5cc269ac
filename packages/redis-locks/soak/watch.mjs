const STEP_MS = 20
/** For what is no lock's fault: starting, reconnecting, and a machine that others load. */
const SLACK_MS = 2_000

/** Measures how long no section of a lock ran; the time in which Redis was away, or this process was late, does not count. */
export class Watch {
  #judge
  #ttlMs
  #locks
  #isOver = false
  #away = 0
  #watching
  longestMs = 0

  constructor(judge, names, ttlMs) {
    this.#judge = judge
    this.#ttlMs = ttlMs
    this.#locks = names.map(name => ({ name, sections: -1, stillMs: 0 }))
  }

  /** Recovered within two leases. */
  get limitMs() {
    return 2 * this.#ttlMs + SLACK_MS
  }

  /** Resolves when each lock had its first section. */
  async start() {
    await this.#until(({ sections }) => sections > 0)
    this.#watching = this.#run()
  }

  /** Resolves when each lock had ten more sections, or not within the limit, which `stop` tells. */
  async settle() {
    const now = await this.#counts()
    const end = performance.now() + this.limitMs + SLACK_MS
    await this.#until(({ sections }, i) => sections > now[i] + 10 || performance.now() > end)
  }

  async stop() {
    this.#isOver = true
    await this.#watching
    if (this.longestMs <= this.limitMs) return []
    return [`${Math.round(this.longestMs)} ms without a section, more than ${this.limitMs} ms`]
  }

  /** Do what takes Redis away. */
  async without(harm) {
    this.#away++
    try {
      await harm()
    } finally {
      this.#away--
    }
  }

  async #counts() {
    return Promise.all(this.#locks.map(({ name }) => this.#judge.sections(name)))
  }

  async #until(isDone) {
    const end = performance.now() + 60_000
    for (;;) {
      const counts = await this.#counts()
      if (counts.every((sections, i) => isDone({ sections }, i))) return
      if (performance.now() > end) throw new Error('no section of a lock runs')
      await new Promise(resolve => setTimeout(resolve, STEP_MS))
    }
  }

  async #run() {
    while (!this.#isOver) {
      await new Promise(resolve => setTimeout(resolve, STEP_MS))
      const counts = await this.#counts()
      for (const [i, lock] of this.#locks.entries()) {
        if (counts[i] === lock.sections) {
          // A step that took longer was this machine's, not the locks'.
          if (this.#away === 0) lock.stillMs += STEP_MS
        } else {
          lock.sections = counts[i]
          lock.stillMs = 0
        }
        this.longestMs = Math.max(this.longestMs, lock.stillMs)
      }
    }
  }
}

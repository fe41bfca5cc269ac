import type { TaggedName } from '../entries/tagged-keys.js'
import type { Counts } from '../observability/stats.js'
import { CacheTimeoutError } from '../store/errors.js'

const LATE = Symbol('late')

/** Waits for computations that many share, for as long as each caller wants to; they go on without it. */
export class Patience {
  readonly #counts: Counts
  readonly #left = new WeakSet<Promise<unknown>>()

  constructor(counts: Counts) {
    this.#counts = counts
  }

  /**
   * @param timeoutMs 0: for ever
   * @param spare what may be served instead, `null` for nothing
   * @throws CacheTimeoutError when it takes longer and there is nothing to serve
   */
  async wait<Value>(
    { name }: TaggedName,
    work: Promise<Value>,
    timeoutMs: number,
    spare: () => Promise<Value | null>,
  ): Promise<Value> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<typeof LATE>(resolve => {
      timer = setTimeout(resolve, timeoutMs, LATE)
    })
    try {
      const first = await Promise.race([work, late])
      if (first !== LATE) return first
    } finally {
      clearTimeout(timer)
    }
    this.#leave(name, work)
    const last = await spare()
    if (last === null) throw new CacheTimeoutError(name, timeoutMs)
    this.#counts.stale(name)
    return last
  }

  /** Its failure is reported once, however many have left. */
  #leave(key: string, work: Promise<unknown>): void {
    if (this.#left.has(work)) return
    this.#left.add(work)
    work.catch(error => this.#counts.failed(error, key))
  }
}

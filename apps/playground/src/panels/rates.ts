import type { ConnectionStats } from '@gravito/plasma'

export interface Rate {
  commandsPerSecond: number
  /** Mean latency of the commands since the last look that saw any, in milliseconds. */
  recent: number
}

interface Look extends Rate {
  at: number
  commands: number
  count: number
  sum: number
}

const WINDOW_MS = 1_000

/** Makes rates of counts that only grow. */
export class Rates {
  readonly #looks = new Map<string, Look>()

  /** The rate of the connection called `name`, measured over a second or more; 0 before that. */
  of(name: string, stats: ConnectionStats | undefined, now = performance.now()): Rate {
    if (!stats) return { commandsPerSecond: 0, recent: 0 }
    const { commands, latencyMs } = stats
    const { count } = latencyMs
    const sum = latencyMs.mean * count
    const before = this.#looks.get(name)
    // A process that was started again counts from 0.
    const last = before && before.commands <= commands ? before : undefined
    if (last && now - last.at < WINDOW_MS) return last
    const rate = last
      ? {
          commandsPerSecond: Math.round(((commands - last.commands) * 1_000) / (now - last.at)),
          recent: count > last.count ? (sum - last.sum) / (count - last.count) : last.recent,
        }
      : { commandsPerSecond: 0, recent: latencyMs.mean }
    this.#looks.set(name, { ...rate, at: now, commands, count, sum })
    return rate
  }
}

import { median } from '../statistics.js'
import type { Hold } from './tasks.js'

/** What a crowd got, of all processes together. */
export interface CrowdFigures {
  acquisitions: number
  /** How often somebody else held it next. */
  handoffs: number
  /** Jain's index of the acquisitions per waiter after `settledAt`: 1 is fair, 1/n is one for all. */
  fairness: number
  p99WaitMs: number
  /** What a hold took: a timer takes a little longer than it was asked for. */
  holdMs: number
  /** The most at the same time. */
  mostHolders: number
}

/**
 * @param byProcess the holds of each process, of `waiters` in all
 * @param endAt what was taken later counts as a wait only
 * @param settledAt before, some are still on their way into the queue, and others take it all the more often
 */
export function crowdFigures(
  byProcess: readonly (readonly Hold[])[],
  waiters: number,
  endAt: number,
  settledAt = 0,
): CrowdFigures {
  const holds = byProcess
    .flatMap((own, index) => own.map(hold => ({ ...hold, who: `${index}:${hold.waiter}` })))
    .sort((a, b) => a.from - b.from)
  const counted = holds.filter(({ from }) => from < endAt)
  const counts = new Map<string, number>()
  for (const { who, from } of counted)
    if (from >= settledAt) counts.set(who, (counts.get(who) ?? 0) + 1)
  return {
    acquisitions: counted.length,
    handoffs: counted.filter(({ who }, i) => i > 0 && counted[i - 1]?.who !== who).length,
    fairness: jain([...counts.values()], waiters),
    p99WaitMs: percentile(
      holds.map(({ askedAt, from }) => from - askedAt),
      0.99,
    ),
    holdMs: counted.reduce((sum, { from, to }) => sum + to - from, 0) / counted.length,
    mostHolders: mostAtOnce(counted),
  }
}

/** Jain's index of `size` values, those that are absent being 0. */
export function jain(values: readonly number[], size: number): number {
  const sum = values.reduce((total, it) => total + it, 0)
  const squares = values.reduce((total, it) => total + it * it, 0)
  return (sum * sum) / (size * squares)
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function mostAtOnce(holds: readonly Pick<Hold, 'from' | 'to'>[]): number {
  // Who leaves at the moment another comes makes room first.
  const steps = holds
    .flatMap(({ from, to }) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by)
  let [now, most] = [0, 0]
  for (const { by } of steps) {
    now += by
    most = Math.max(most, now)
  }
  return most
}

/** The figures of several rounds as one, each the median, but the most holders of all. */
export function medianFigures(rounds: readonly CrowdFigures[]): CrowdFigures {
  const middle = (figure: (it: CrowdFigures) => number) => median(rounds.map(figure))
  return {
    acquisitions: middle(it => it.acquisitions),
    handoffs: middle(it => it.handoffs),
    fairness: middle(it => it.fairness),
    p99WaitMs: middle(it => it.p99WaitMs),
    holdMs: middle(it => it.holdMs),
    mostHolders: Math.max(...rounds.map(it => it.mostHolders)),
  }
}

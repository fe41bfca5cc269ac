import { expect, test } from 'vitest'
import { crowdFigures, jain, mostAtOnce, percentile } from '../src/locks/figures.js'
import type { Round } from '../src/locks/rounds.js'
import { locksTable } from '../src/locks/table.js'

const hold = (waiter: number, askedAt: number, from: number, to: number) => ({
  waiter,
  askedAt,
  from,
  to,
})

test("Jain's index: equal shares are 1, one for all is 1/n, the absent count", () => {
  expect(jain([5, 5, 5], 3)).toBe(1)
  expect(jain([9], 3)).toBeCloseTo(1 / 3)
  expect(jain([1, 2, 3], 3)).toBeCloseTo(36 / 42)
})

test('a percentile is a value that occurs', () => {
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(3)
  expect(percentile([4, 1, 3, 2], 0.99)).toBe(4)
  expect(percentile([], 0.5)).toBeNaN()
})

test('overlapping holds are counted; who leaves as another comes does not overlap', () => {
  expect(
    mostAtOnce([
      { from: 0, to: 5 },
      { from: 5, to: 9 },
    ]),
  ).toBe(1)
  expect(
    mostAtOnce([
      { from: 0, to: 6 },
      { from: 5, to: 9 },
      { from: 1, to: 2 },
    ]),
  ).toBe(2)
})

test('handoffs are to somebody else; the same waiter of another process is somebody else', () => {
  const one = [hold(0, 0, 1, 2), hold(0, 2, 3, 4), hold(1, 0, 7, 8)]
  const other = [hold(0, 0, 5, 6), hold(0, 6, 20, 21)]
  expect(crowdFigures([one, other], 4, 10)).toEqual({
    acquisitions: 4,
    handoffs: 2,
    fairness: jain([2, 1, 1], 4),
    p99WaitMs: 14,
    holdMs: 1,
    mostHolders: 1,
  })
})

test('what one process takes before the others queue is not unfair', () => {
  const early = Array.from({ length: 50 }, (_, i) => hold(0, i, i, i + 1))
  const one = [...early, hold(0, 51, 61, 62)]
  const other = [hold(0, 60, 60, 61), hold(1, 60, 62, 63)]
  expect(crowdFigures([one, other], 3, 100, 60)).toMatchObject({ acquisitions: 53, fairness: 1 })
})

test('the table has medians, ratios within a round, and a dash for what a library lacks', () => {
  const round = (handoffs: number, semaphore = false): Round => {
    const crowd = {
      ...crowdFigures([[hold(0, 0, 1, 2)]], 1, 10),
      perSecond: 250,
      handoffsPerSecond: handoffs,
      commands: 1,
    }
    const alone = { timesFloor: 1.5, cpuTimesFloor: 1.25, commands: 2 }
    return {
      alone,
      crowd,
      semaphore: semaphore ? crowd : undefined,
      idle: 0,
      heldBytes: 100,
      keysLeft: 0,
    }
  }
  const table = locksTable(
    new Map([
      ['@gravito/redis-locks', [round(1_000, true), round(3_000, true), round(9_000, true)]],
      ['redlock', [round(500), round(1_000), round(1_000)]],
    ]),
  )
  const rows = table
    .split('\n')
    .map(line => line.split(' | ').map(it => it.replaceAll('|', '').trim()))
  const row = (start: string) => rows.find(([title]) => title?.startsWith(start))?.slice(1)
  expect(row('50 waiters')?.[0]).toBe('3,000')
  expect(row('50 waiters')?.[2]).toBe('1,000')
  expect(row('… CPU')?.[0]).toBe('1.25')
  expect(row('… ours are')?.[2]).toBe('3.0')
  expect(row('100 waiters')?.[0]).toBe('0.05')
  expect(row('100 waiters')?.[2]).toBe('–')
})

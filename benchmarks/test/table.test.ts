import { expect, test } from 'vitest'
import { cpuTable, extrasTable, speedTable } from '../src/clients/table.js'
import { median, medianRatio } from '../src/statistics.js'

test('a median is the middle, or the mean of the two in the middle', () => {
  expect(median([5])).toBe(5)
  expect(median([9, 1, 5])).toBe(5)
  expect(median([1, 9, 3, 5])).toBe(4)
  expect(median([])).toBeNaN()
})

test('ratios compare within a round, so a slow round counts like a fast one', () => {
  expect(medianRatio([200, 20, 300], [100, 10, 100])).toBe(2)
})

test('the tables have the base in units and the others as ratios', () => {
  const rounds = (...figures: [perSecond: number, cpuMicros: number][]) =>
    figures.map(([perSecond, cpuMicros]) => ({
      perSecond,
      cpuMicros,
      serverCpuMicros: 2 * cpuMicros,
      commands: 1_000,
    }))
  const measured = new Map([
    [
      'GET',
      new Map([
        ['ioredis' as const, rounds([10_000, 10], [12_000, 8], [11_000, 9])],
        ['plasma' as const, rounds([12_000, 5], [12_000, 4], [12_100, 4])],
        ['node-redis' as const, rounds([9_000, 20], [12_000, 16], [5_500, 9])],
      ]),
    ],
  ])
  expect(speedTable(measured).split('\n')).toEqual([
    '|  | ioredis (commands/s) | plasma / ioredis | node-redis / ioredis |',
    '| --- | ---: | ---: | ---: |',
    '| GET | 11,000 | 1.10 | 0.90 |',
    '',
  ])
  expect(cpuTable(measured, 'cpuMicros').split('\n')).toEqual([
    '|  | ioredis (µs/command) | plasma / ioredis | node-redis / ioredis |',
    '| --- | ---: | ---: | ---: |',
    '| GET | 9.0 | 0.50 | 2.00 |',
    '',
  ])
  expect(cpuTable(measured, 'serverCpuMicros')).toContain('| GET | 18.0 | 0.50 | 2.00 |')
})

test('memory is in kilobytes, waits are in milliseconds and a ratio', () => {
  const growth = new Map([
    ['ioredis' as const, 2_048],
    ['plasma' as const, -1_024],
  ])
  const stall = new Map([
    ['ioredis' as const, [4, 5, 6]],
    ['plasma' as const, [2, 2.5, 9]],
  ])
  expect(extrasTable({ growth, stall }).split('\n').slice(2)).toEqual([
    '| ioredis | 2 | 5.0 | 1.00 |',
    '| plasma | -1 | 2.5 | 0.50 |',
    '',
  ])
})

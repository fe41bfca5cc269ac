import { expect, test } from 'vitest'
import { formatTable, median, medianRatio } from '../src/table.js'

test('a median is the middle, or the mean of the two in the middle', () => {
  expect(median([5])).toBe(5)
  expect(median([9, 1, 5])).toBe(5)
  expect(median([1, 9, 3, 5])).toBe(4)
  expect(median([])).toBeNaN()
})

test('ratios compare within a round, so a slow round counts like a fast one', () => {
  expect(medianRatio([200, 20, 300], [100, 10, 100])).toBe(2)
})

test('the table has the base in commands per second and the others as ratios', () => {
  const byClient = new Map([
    ['ioredis', [10_000, 12_000, 11_000]],
    ['plasma', [12_000, 12_000, 12_100]],
    ['node-redis', [9_000, 12_000, 5_500]],
  ] as const).entries()
  const table = formatTable(
    new Map([['GET', new Map([...byClient].map(([name, values]) => [name, [...values]]))]]),
  )
  expect(table.split('\n')).toEqual([
    '|  | ioredis (commands/s) | plasma / ioredis | node-redis / ioredis |',
    '| --- | ---: | ---: | ---: |',
    '| GET | 11,000 | 1.10 | 0.90 |',
    '',
  ])
})

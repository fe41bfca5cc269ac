import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Arrivals, ServerClock } from '../../src/waiting/server-clock.js'

const ms = fc.integer({ min: 0, max: 1_000 })

test('the estimate agrees with the latest answer, however the clocks stepped before', () => {
  const answer = fc.record({ offsetUs: fc.integer({ min: -1e9, max: 1e9 }), to: ms, from: ms })
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1 }), answers => {
      const clock = new ServerClock()
      let now = 1_000
      for (const { offsetUs, to, from } of answers) {
        const serverUs = 1e15 + offsetUs
        clock.saw(serverUs, now, now + to + from)
        expect(clock.at(now)).toBeLessThanOrEqual(serverUs)
        expect(clock.at(now + to + from)).toBeGreaterThanOrEqual(serverUs)
        now += to + from
      }
    }),
  )
})

test('before the first answer it tells the age', () => {
  const clock = new ServerClock()
  const age = -clock.at(performance.now() - 500)
  expect(age).toBeGreaterThan(500_000)
  expect(age).toBeLessThan(5_000_000)
})

test('places in a line go up, also when the estimate goes down', () => {
  const clock = new ServerClock()
  const line = new Arrivals(clock)
  clock.saw(1e15, 0, 100)
  const first = line.next(1_000)
  clock.saw(1e15 - 5e6, 0, 100)
  const second = line.next(1_000.1)
  expect(second).toBeGreaterThan(first)
  line.placed(-10, 2e15, 0, 100)
  expect(line.next(1_000.2)).toBeGreaterThan(2e15 - 10)
})

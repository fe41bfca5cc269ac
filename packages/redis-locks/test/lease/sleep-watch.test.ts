import { describe, expect, test } from 'vitest'
import { SleepWatch } from '../../src/lease/sleep-watch.js'

function machine() {
  const at = { monotonic: 1_000, wall: 1_700_000_000_000, sinceBoot: 50_000 }
  const watch = new SleepWatch({
    monotonic: () => at.monotonic,
    wall: () => at.wall,
    sinceBoot: () => at.sinceBoot,
  })
  const pass = (ms: number) => {
    at.monotonic += ms
    at.wall += ms
    at.sinceBoot += ms
  }
  return { at, watch, pass }
}

describe('a machine', () => {
  test('that stays awake never slept, whatever its wall clock is set to', () => {
    const { at, watch, pass } = machine()
    for (const jump of [3_600_000, -7_200_000, 900, 5_000]) {
      pass(10_000)
      at.wall += jump
      expect(watch.since(1_000)).toBe(0)
    }
  })

  test('that slept a minute is noticed for what began before, and not for what began after', () => {
    const { at, watch, pass } = machine()
    pass(500)
    at.wall += 60_000
    at.sinceBoot += 60_000
    pass(10)
    expect(watch.since(1_200)).toBe(60_000)
    const after = at.monotonic
    pass(1_000)
    expect(watch.since(after)).toBe(0)
    at.wall += 5_000
    at.sinceBoot += 5_000
    expect(watch.since(1_200)).toBe(65_000)
    expect(watch.since(after)).toBe(5_000)
  })

  test('whose clocks are faked, from 0, did not sleep by that', () => {
    const { at, watch, pass } = machine()
    pass(60_000)
    expect(watch.since(0)).toBe(0)
    at.monotonic = 0
    pass(10)
    expect(watch.since(0)).toBe(0)
    pass(30_000)
    expect(watch.since(0)).toBe(0)
  })
})

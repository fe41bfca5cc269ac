import { waitUntil } from '@gravito/redis-testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { pause, setup } from '../setup.js'

const DAY = 86_400_000
const real = Date.now.bind(Date)

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each([
  ['a day early', -DAY],
  ['a day late', DAY],
])('a client whose clock is %s', (_, offset) => {
  const wrong = () => vi.spyOn(Date, 'now').mockImplementation(() => real() + offset)

  test('keeps entries for as long as their TTL says', async () => {
    wrong()
    const { store, redis } = setup()
    await store.put('k', 1, 0.3)
    await store.put('long', 1, 600)
    expect(await store.get('k')).toBe(1)
    expect(await store.ttl('long')).toBeGreaterThan(590)
    expect(await redis.pttl('cache:v:{long}')).toBeLessThanOrEqual(600_000)
    await pause(350)
    expect(await store.get('k')).toBeNull()
  })

  test('refreshes, waits and ends its grace in time', async () => {
    wrong()
    const { store } = setup()
    let n = 0
    const make = () => store.flexible('k', [0.3, 60], () => ++n, { graceSeconds: 60 })
    expect(await make()).toBe(1)
    expect(await make()).toBe(1)
    expect(n).toBe(1)
    await pause(350)
    expect(await make()).toBe(1)
    await waitUntil('it is made anew', async () => (await make()) >= 2)
    await store.remember('g', 0.2, () => 'first', { graceSeconds: 60 })
    await pause(250)
    expect(await store.get('g')).toBeNull()
    const fail = () => Promise.reject(new Error('no data'))
    expect(await store.remember('g', 0.2, fail, { graceSeconds: 60 })).toBe('first')
  })

  test('has a near cache that ends its entries in time', async () => {
    wrong()
    const { store } = setup({ near: true })
    await waitUntil('it is live', async () => {
      await store.get('x')
      return store.stats().near?.live === true
    })
    await store.put('k', 1, 0.4)
    await pause(50)
    expect(await store.get('k')).toBe(1)
    const { nearHits } = store.stats()
    expect(await store.get('k')).toBe(1)
    expect(store.stats().nearHits).toBe(nearHits + 1)
    await pause(400)
    expect(await store.get('k')).toBeNull()
  })

  test('takes a Date for what its own clock says', async () => {
    wrong()
    const { store } = setup()
    await store.put('k', 1, new Date(Date.now() + 60_000))
    expect(await store.ttl('k')).toBeGreaterThan(55)
    expect(await store.ttl('k')).toBeLessThanOrEqual(60)
    await store.put('k', 1, new Date(Date.now() - 1))
    expect(await store.get('k')).toBeNull()
  })
})

test('a clock that jumps while an entry lives changes nothing', async () => {
  const { store } = setup({ near: true })
  await store.put('k', 1, 600)
  await store.remember('r', 600, () => 2, { staleSeconds: 600, beta: 1 })
  vi.spyOn(Date, 'now').mockImplementation(() => real() + 365 * DAY)
  const calls = store.stats().factoryCalls
  for (let i = 0; i < 20; i++) {
    expect(await store.get('k')).toBe(1)
    expect(await store.remember('r', 600, () => 3, { staleSeconds: 600 })).toBe(2)
  }
  expect(store.stats().factoryCalls).toBe(calls)
})

import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { escapeGlob } from '../../src/entries/keys.js'
import { createMemoryStore, MemoryStore } from '../../src/testing/index.js'
import { globPattern } from '../../src/testing/memory/glob.js'

afterEach(() => {
  vi.useRealTimers()
})

describe('the twin in memory', () => {
  test("a test's clock rules it", async () => {
    vi.useFakeTimers()
    const store = createMemoryStore({ defaultTtl: 5 })
    await store.put('k', 1)
    vi.advanceTimersByTime(4_999)
    expect(await store.get('k')).toBe(1)
    expect(await store.ttl('k')).toBe(0.001)
    vi.advanceTimersByTime(1)
    expect(await store.get('k')).toBeNull()
    const lock = store.lock('job')
    await lock.acquire()
    const waiting = store.lock('job').block(60, () => 'ran')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await waiting).toBe('ran')
    const limiter = store.limiter()
    expect(await limiter.attempt('k', 1, 60)).toMatchObject({ allowed: true, remaining: 0 })
    vi.advanceTimersByTime(20_000)
    expect(await limiter.attempt('k', 1, 60)).toMatchObject({
      allowed: false,
      retryAfterMs: 40_000,
    })
    expect(await limiter.attempt('k', 0, 60)).toMatchObject({ allowed: false, remaining: 0 })
    vi.advanceTimersByTime(40_000)
    expect(await limiter.attempt('k', 1, 60)).toMatchObject({ allowed: true })
  })

  test('above maxItems, what was used longest ago goes', async () => {
    const store = createMemoryStore({ maxItems: 2 })
    await store.putMany({ a: 1, b: 2 })
    await store.get('a')
    await store.put('c', 3)
    expect(await store.many(['a', 'b', 'c'])).toEqual({ a: 1, b: null, c: 3 })
  })

  test('what has ended does not stay in memory', async () => {
    vi.useFakeTimers()
    const store = createMemoryStore()
    for (let i = 0; i < 500; i++) await store.put(`k${i}`, i, 1)
    vi.advanceTimersByTime(2_000)
    expect(await store.keys()).toEqual([])
  })

  test('beta refreshes early, jitter shortens', async () => {
    vi.useFakeTimers()
    const store = createMemoryStore()
    let calls = 0
    const slow = async () => {
      calls++
      await new Promise(resolve => setTimeout(resolve, 1_000))
      return calls
    }
    const first = store.remember('k', 10, slow, { beta: 1_000_000, jitter: 0.5 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await first).toBe(1)
    expect(await store.ttl('k')).toBeLessThanOrEqual(10)
    expect(await store.ttl('k')).toBeGreaterThanOrEqual(5)
    expect(await store.remember('k', 10, slow, { beta: 1_000_000 })).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await store.get('k')).toBe(2)
  })

  test('a refresh that fails is told, and the old value stays', async () => {
    vi.useFakeTimers()
    const told: string[] = []
    const store = createMemoryStore({ onError: (_, key) => told.push(key) })
    await store.flexible('k', [1, 10], () => 'old')
    vi.advanceTimersByTime(2_000)
    const fail = async () => {
      throw new Error('no data')
    }
    expect(await store.flexible('k', [1, 10], fail)).toBe('old')
    await vi.advanceTimersByTimeAsync(1)
    expect(told).toEqual(['k'])
    expect(store.stats().errors).toBe(1)
  })

  test('bad options are refused by name', () => {
    expect(() => new MemoryStore({ maxItems: 0 })).toThrow('maxItems')
    expect(() => new MemoryStore({ defaultTtl: -1 })).toThrow('defaultTtl')
    expect(() => new MemoryStore().limiter({ failOpen: 'x' as never })).toThrow('failOpen')
    expect(() => new MemoryStore().lock('')).toThrow('name')
  })
})

test('a glob of escaped text matches that text and no other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, other) => {
      expect(globPattern(escapeGlob(text)).test(text)).toBe(true)
      expect(globPattern(escapeGlob(text)).test(other)).toBe(text === other)
      expect(globPattern(`${escapeGlob(text)}*`).test(text + other)).toBe(true)
    }),
  )
  expect(globPattern('[^a]').test('b')).toBe(true)
  expect(globPattern('[^a]').test('a')).toBe(false)
  expect(globPattern('[a-c]?').test('bx')).toBe(true)
  expect(globPattern('[c-a]').test('b')).toBe(true)
  expect(globPattern('[').test('[')).toBe(true)
  expect(globPattern('a\\').test('a\\')).toBe(true)
})

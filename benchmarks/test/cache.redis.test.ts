import { uniquePrefix } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import type { CacheAdapter } from '../src/cache/adapter.js'
import { CACHE_NAMES, openCache } from '../src/cache/adapters/index.js'
import { CASES, expectItem } from '../src/cache/cases.js'
import { cpuTable, situationTable, speedTable } from '../src/cache/table.js'
import { perform } from '../src/cache/tasks.js'

describe.each(CACHE_NAMES)('%s', name => {
  async function open(): Promise<CacheAdapter> {
    const cache = await openCache(name, inject('redisUrl'), uniquePrefix('bench'))
    onTestFinished(async () => {
      await cache.clear()
      await cache.close()
    })
    return cache
  }

  test('does what every cache must', async () => {
    const cache = await open()
    expect((await cache.get('k')) ?? null).toBeNull()
    await cache.set('k', { id: 7 })
    expect(await cache.get('k')).toEqual({ id: 7 })
    await cache.set('l', { id: 8 })
    expect(await cache.getMany(['k', 'l'])).toEqual([{ id: 7 }, { id: 8 }])
    expect(await cache.remember('cold', async () => ({ id: 8 }))).toEqual({ id: 8 })
    expect(await cache.remember('cold', async () => ({ id: 9 }))).toEqual({ id: 8 })
    await cache.clear()
    expect((await cache.get('k')) ?? null).toBeNull()
  })

  test.each(CASES.map((it, index) => ({ name: it.name, index })))('$name', async ({ index }) => {
    const cache = await open()
    const measured = await perform(cache, { kind: 'measure', index, key: 'k', durationMs: 10 })
    if (CASES[index]?.tagged && !cache.tagged) expect(measured).toEqual({ without: true })
    else expect(measured).toEqual({ perSecond: expect.any(Number), cpuMicros: expect.any(Number) })
  })

  test('a tag, a clear, a cold key', async () => {
    const cache = await open()
    const invalidated = await perform(cache, { kind: 'invalidate', tags: 2, keys: 20 })
    expect(invalidated).toEqual(cache.tagged ? { ms: expect.any(Number) } : { without: true })
    await perform(cache, { kind: 'fill', count: 20 })
    await perform(cache, { kind: 'clear' })
    expect((await cache.get('fill-7')) ?? null).toBeNull()
    const cold = { kind: 'cold', key: 'cold', callers: 5, factoryMs: 5 } as const
    const { calls } = (await perform(cache, cold)) as { calls: number }
    expect(calls).toBeGreaterThanOrEqual(1)
    expect(calls).toBeLessThanOrEqual(5)
  })
})

test('a wrong value ends the round', () => {
  expect(() => expectItem({ id: 1 }, 2)).toThrow('the value was {"id":1}')
  expect(() => expectItem(null, 2)).toThrow('null')
})

test('the tables have the base in units and the others as ratios', () => {
  const rounds = (...figures: [perSecond: number, cpuMicros: number][]) =>
    figures.map(([perSecond, cpuMicros]) => ({ perSecond, cpuMicros }))
  const speeds = new Map([
    [
      'get',
      new Map([
        ['ioredis + JSON' as const, rounds([1_000, 10], [3_000, 30])],
        ['stasis-redis' as const, rounds([2_000, 5], [6_000, 15])],
      ]),
    ],
  ])
  const lines = speedTable(speeds).split('\n')
  expect(lines.slice(0, 4)).toEqual([
    '|  | get |',
    '| --- | ---: |',
    '| ioredis + JSON | 2,000/s |',
    '| stasis-redis | 2.00x |',
  ])
  expect(lines[4]).toContain('–')
  expect(cpuTable(speeds).split('\n').slice(2, 4)).toEqual([
    '| ioredis + JSON | 20.0 µs |',
    '| stasis-redis | 0.50x |',
  ])
  const table = situationTable({
    cold: new Map([['keyv', 800]]),
    invalidation: new Map([['stasis-redis', { ms: 0.25, blockMs: 0.1 }]]),
    clear: new Map([['keyv', { ms: 1_234.5, blockMs: 5, foreignLost: 0, ownLeft: 3 }]]),
    outage: new Map([['keyv', { firstMs: 12_001, nextMs: 11_000, backMs: 20 }]]),
    patienceMs: 12_000,
  })
  expect(table.split('\n').slice(2, 4)).toEqual([
    '| stasis-redis | – | 0.25 / 0.10 | – | – | – | – |',
    '| keyv | 800 | – | 1235 / 5.00 | 0 / 3 | > 12000 / 11000 | 20 |',
  ])
})

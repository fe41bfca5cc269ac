import { waitUntil } from '@gravito/redis-testing'
import { describe, expect, test } from 'vitest'
import { setup } from '../setup.js'

describe('values', () => {
  test('are what was put; null is never a hit', async () => {
    const { store } = setup()
    expect(await store.get('user')).toBeNull()
    await store.put('user', { name: 'Nova', at: new Date(5), tags: new Set(['a']) }, 60)
    expect(await store.get('user')).toEqual({ name: 'Nova', at: new Date(5), tags: new Set(['a']) })
    expect(await store.has('user')).toBe(true)
    await store.put('user', null, 60)
    expect(await store.has('user')).toBe(false)
    for (const value of ['', 0, false, [], {}]) {
      await store.put('falsy', value, 60)
      expect(await store.get('falsy')).toEqual(value)
    }
  })

  test('forget, has, many, putMany, pull, forever', async () => {
    const { store } = setup()
    await store.putMany({ a: 1, b: [2] }, 60)
    expect(await store.many(['a', 'b', 'c'])).toEqual({ a: 1, b: [2], c: null })
    expect(await store.forget('a')).toBe(true)
    expect(await store.forget('a')).toBe(false)
    expect(
      (await Promise.all([1, 2, 3].map(() => store.pull('b')))).filter(it => it !== null),
    ).toEqual([[2]])
    await store.forever('c', 'x')
    expect(await store.ttl('c')).toBeNull()
    expect(await store.ttl('none')).toBeNull()
    expect(await store.many([])).toEqual({})
    await store.putMany({ a: 1, c: 2 }, 0)
    expect(await store.many(['a', 'c'])).toEqual({ a: null, c: null })
  })

  test.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a Promise', Promise.resolve(1)],
    ['a WeakMap inside', { map: new WeakMap() }],
    ['what refers to itself', circular()],
  ])('%s is refused and leaves the old value', async (_, value) => {
    const { store } = setup()
    await store.put('k', 'old', 60)
    const refusal = { code: 'CACHE_SERIALIZATION', key: 'k' }
    await expect(store.put('k', value, 60)).rejects.toMatchObject(refusal)
    await expect(store.add('k', value, 60)).rejects.toMatchObject(refusal)
    await expect(store.putMany({ other: 1, k: value }, 60)).rejects.toMatchObject(refusal)
    await expect(store.remember('new', 60, () => [value])).rejects.toMatchObject({ key: 'new' })
    expect(await store.many(['k', 'other', 'new'])).toEqual({ k: 'old', other: null, new: null })
  })

  test('null is not added, and no name is no key', async () => {
    const { store } = setup()
    await expect(store.add('k', null, 60)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
    await expect(store.put('', 1, 60)).rejects.toMatchObject({ argument: 'key' })
    await expect(store.get(undefined as never)).rejects.toMatchObject({ argument: 'key' })
  })

  test('a serializer of your own, and what it cannot do', async () => {
    const serializer = { serialize: JSON.stringify, deserialize: JSON.parse }
    const { redis, store } = setup({ serializer })
    await store.put('k', { at: new Date(0) }, 60)
    expect(await store.get('k')).toEqual({ at: '1970-01-01T00:00:00.000Z' })
    await expect(store.put('k', () => 1, 60)).rejects.toMatchObject({ code: 'CACHE_SERIALIZATION' })
    await redis.set('cache:v:{k}', '{')
    const refusal = { code: 'CACHE_DESERIALIZATION', key: 'k' }
    await expect(store.get('k')).rejects.toMatchObject(refusal)
    await expect(store.many(['other', 'k'])).rejects.toMatchObject(refusal)
    expect(await store.remember('k', 60, () => 'made anew')).toBe('made anew')
    expect(await store.get('k')).toBe('made anew')
  })

  test('keys of any length and content', async () => {
    const { store } = setup()
    const long = 'k'.repeat(10_000)
    const odd = ['a*[b]?', '{x}', 'ключ 🔑\n', '__proto__', '\u0000tags\u0000x\u0000tags\u0000y']
    const keys = [...odd, long, `${long}!`, '\ud800', '\ud801', '\ufffd']
    await Promise.all(keys.map((key, i) => store.put(key, i, 60)))
    expect(Object.entries(await store.many(keys))).toEqual(keys.map((key, i) => [key, i]))
    for (const short of await store.keys('kkk*')) expect(await store.get(short)).toBeNull()
  })

  test('keys by glob, by the names that the application uses', async () => {
    const { store } = setup({ prefix: 'p*:' })
    await store.putMany({ 'user:1': 1, 'user:2': 2, other: 3 }, 60)
    expect((await store.keys('user:*')).sort()).toEqual(['user:1', 'user:2'])
  })
})

describe('TTL', () => {
  test('seconds, fractions, a Date, null and the default', async () => {
    const { store } = setup({ defaultTtl: 300 })
    await store.put('seconds', 1, 60)
    await store.put('fraction', 1, 0.25)
    await store.put('date', 1, new Date(Date.now() + 60_000))
    await store.put('ever', 1, null)
    await store.put('default', 1, undefined)
    expect(await store.ttl('seconds')).toBeGreaterThan(59)
    expect(await store.ttl('fraction')).toBeLessThanOrEqual(0.25)
    expect(await store.ttl('date')).toBeGreaterThan(58)
    expect(await store.ttl('ever')).toBeNull()
    expect(await store.ttl('default')).toBeGreaterThan(299)
    await waitUntil('the fraction is over', async () => (await store.get('fraction')) === null)
  })

  test('0, negative and past forget the entry', async () => {
    const { store } = setup()
    for (const ttl of [0, -1, new Date(0), -0.001]) {
      await store.put('k', 'old', 60)
      await store.put('k', 'new', ttl)
      expect(await store.get('k')).toBeNull()
      expect(await store.add('k', 'new', ttl)).toBe(false)
    }
  })

  test('NaN, infinity, an invalid Date or no time are refused and change nothing', async () => {
    const { store } = setup()
    await store.put('k', 'old', 60)
    for (const ttl of [Number.NaN, Number.POSITIVE_INFINITY, new Date('x'), '60', {}]) {
      await expect(store.put('k', 'new', ttl as never)).rejects.toMatchObject({ argument: 'ttl' })
      await expect(store.add('k', 'new', ttl as never)).rejects.toMatchObject({ argument: 'ttl' })
    }
    expect(await store.get('k')).toBe('old')
  })

  test('touch changes it and nothing else', async () => {
    const { store } = setup()
    await store.put('k', 'v', 10)
    expect(await store.touch('k', 100)).toBe(true)
    expect(await store.ttl('k')).toBeGreaterThan(99)
    expect(await store.touch('k', null)).toBe(true)
    expect(await store.ttl('k')).toBeNull()
    expect(await store.touch('none', 100)).toBe(false)
    expect(await store.touch('k', 0)).toBe(true)
    expect(await store.has('k')).toBe(false)
  })
})

describe('add, increment, decrement', () => {
  test('add writes once', async () => {
    const { store } = setup()
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.add('k', i, 60)))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await store.ttl('k')).toBeGreaterThan(59)
    expect(await store.add('ever', 1, null)).toBe(true)
    expect(await store.ttl('ever')).toBeNull()
    expect(await store.add('brief', 1, 0.03)).toBe(true)
    await waitUntil('it may be added again', () => store.add('brief', 2, 60))
  })

  test('increment is atomic, starts at 0 and keeps the expiry', async () => {
    const { store } = setup()
    await Promise.all(Array.from({ length: 50 }, () => store.increment('n')))
    expect(await store.get('n')).toBe(50)
    expect(await store.decrement('n', 8)).toBe(42)
    await store.put('n', 1, 60)
    expect(await store.increment('n', 2)).toBe(3)
    expect(await store.ttl('n')).toBeGreaterThan(59)
  })

  test('what is no whole number is refused and unchanged', async () => {
    const { store } = setup()
    for (const key of ['text', store.tagKey('text', ['a'])]) {
      await store.put(key, 'abc', 60)
      await expect(store.increment(key)).rejects.toMatchObject({
        code: 'CACHE_NOT_A_NUMBER',
        key: 'text',
      })
      await expect(store.increment(key, 1.5)).rejects.toMatchObject({ argument: 'value' })
      await expect(store.increment(key, Number.NaN)).rejects.toMatchObject({ argument: 'value' })
      expect(await store.get(key)).toBe('abc')
    }
  })
})

test('stats count hits, misses, sets and deletes', async () => {
  const { store } = setup()
  expect(store.stats().hitRate).toBe(0)
  await store.put('k', 1, 60)
  await store.get('k')
  await store.get('none')
  await store.forget('k')
  expect(store.stats()).toMatchObject({ hits: 1, misses: 1, sets: 1, deletes: 1, hitRate: 0.5 })
})

function circular(): object {
  const value: Record<string, unknown> = { at: new Date(0) }
  value.self = value
  return value
}

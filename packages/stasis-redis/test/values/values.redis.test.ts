import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CacheValueTooLargeError, RedisStore, type Serializer } from '../../src/index.js'
import { pack, unpack } from '../../src/values/compression.js'
import { setup } from '../setup.js'

const LARGE = { rows: Array.from({ length: 300 }, (_, i) => ({ id: i, name: `customer ${i}` })) }
const place = (redis: ReturnType<typeof setup>['redis'], key: string) =>
  redis.get(`cache:v:{${key}}`)

describe('compression', () => {
  test('any text comes back, whatever it starts with and whatever the threshold', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(
          fc.constantFrom('\u0001', '\u0002', '\u0003', '\u0004', '\u0004z', '\u0004r'),
          fc.string(),
        )
        .map(parts => parts.join('')),
      fc.tuple(fc.string({ minLength: 1 }), fc.nat(400)).map(([part, times]) => part.repeat(times)),
    )
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(0, 10, 500, Number.POSITIVE_INFINITY),
        (text, threshold) => {
          const packed = pack(text, threshold)
          expect(unpack(packed)).toBe(text)
          expect(Buffer.byteLength(packed)).toBeLessThanOrEqual(Buffer.byteLength(text) + 2)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('what nobody packed is refused', () => {
    expect(() => unpack('\u0004?x')).toThrow('unknown')
    expect(() => unpack('\u0004znothing')).toThrow()
  })

  test('from the threshold on a value takes less, and reads the same, by every way', async () => {
    const { redis, store: plain } = setup()
    const store = new RedisStore({
      client: redis,
      deadlineMs: 5_000,
      compress: { thresholdBytes: 1_000 },
    })
    const whole = JSON.stringify(LARGE).length
    await store.put('put', LARGE, 60)
    await store.add('add', LARGE, 60)
    await store.putMany({ many: LARGE, small: { a: 1 } }, 60)
    await store.remember('remember', 60, () => LARGE)
    await store.flexible('flexible', [30, 60], () => LARGE)
    const tagged = store.tagKey('tagged', ['a'])
    await store.put(tagged, LARGE, 60)
    for (const key of ['put', 'add', 'many', 'remember', 'flexible']) {
      expect((await place(redis, key))?.length).toBeLessThan(whole / 3)
      expect(await store.get(key)).toEqual(LARGE)
      expect(await plain.get(key)).toEqual(LARGE)
    }
    expect(await place(redis, 'small')).toBe('{"a":1}')
    expect(await store.remember('put', 60, () => null)).toEqual(LARGE)
    expect(await store.flexible('flexible', [30, 60], () => null)).toEqual(LARGE)
    expect(await store.pull(tagged)).toEqual(LARGE)
    expect(await store.many(['put', 'small'])).toEqual({ put: LARGE, small: { a: 1 } })
  })

  test('any value comes back through Redis; what would not get shorter stays as it is', async () => {
    const { redis } = setup()
    const store = new RedisStore({
      client: redis,
      deadlineMs: 5_000,
      compress: { thresholdBytes: 0 },
    })
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), fc.nat(50), async (value, times) => {
        const list = Array.from({ length: times }, () => value)
        await store.put('k', list, 60)
        expect(await store.get('k')).toEqual(list)
      }),
      { numRuns: 100 },
    )
    await store.put('n', 1_234_567, 60)
    expect(await store.increment('n')).toBe(1_234_568)
    await store.put('odd', { date: new Date(5), text: 'x'.repeat(5_000) }, 60)
    expect(await store.get('odd')).toEqual({ date: new Date(5), text: 'x'.repeat(5_000) })
  })

  test("a serializer's own text may look like a packed one", async () => {
    const serializer: Serializer = {
      serialize: value => `\u0004z${value}`,
      deserialize: text => text.slice(2),
    }
    const { store } = setup({ serializer })
    await store.put('k', 'text', 60)
    expect(await store.get('k')).toBe('text')
  })
})

describe('maxValueBytes', () => {
  test('a value that is larger is not stored, which is told; an older one is gone', async () => {
    const told: [unknown, string][] = []
    const { store } = setup({
      maxValueBytes: 100,
      onError: (error, key) => told.push([error, key]),
    })
    await store.put('k', 'old', 60)
    await store.put('k', LARGE, 60)
    expect(await store.get('k')).toBeNull()
    expect(told).toEqual([[expect.any(CacheValueTooLargeError), 'k']])
    expect(told[0]?.[0]).toMatchObject({ code: 'CACHE_VALUE_TOO_LARGE', key: 'k' })
    expect(await store.add('added', LARGE, 60)).toBe(false)
    await store.putMany({ large: LARGE, small: 1 }, 60)
    expect(await store.many(['added', 'large', 'small'])).toEqual({
      added: null,
      large: null,
      small: 1,
    })
    expect(told.map(([, key]) => key)).toEqual(['k', 'added', 'large'])
    expect(store.stats().errors).toBe(3)
  })

  test('remember and flexible give it to their callers and keep nothing', async () => {
    const told: unknown[] = []
    const { store } = setup({ maxValueBytes: 100, onError: error => told.push(error) })
    let calls = 0
    const factory = () => {
      calls++
      return LARGE
    }
    const key = store.tagKey('k', ['a'])
    const all = await Promise.all(Array.from({ length: 5 }, () => store.remember(key, 60, factory)))
    expect(all).toEqual(Array.from({ length: 5 }, () => LARGE))
    expect(calls).toBe(1)
    expect(await store.flexible('k', [1, 60], factory)).toEqual(LARGE)
    expect(await store.remember(key, 60, factory)).toEqual(LARGE)
    expect([calls, told.length]).toEqual([3, 3])
  })

  test('the limit is in bytes, and holds for what is stored', async () => {
    const { redis, store } = setup({ maxValueBytes: 100 })
    await store.put('exact', 'x'.repeat(98), 60)
    await store.put('wide', '狐'.repeat(32), 60)
    await store.put('above', 'x'.repeat(99), 60)
    await store.put('wider', '狐'.repeat(33), 60)
    const { exact, wide, above, wider } = await store.many(['exact', 'wide', 'above', 'wider'])
    expect([exact, wide, above, wider]).toEqual(['x'.repeat(98), '狐'.repeat(32), null, null])
    const packing = new RedisStore({
      client: redis,
      deadlineMs: 5_000,
      maxValueBytes: 100,
      compress: true,
    })
    await packing.put('packed', 'x'.repeat(5_000), 60)
    expect(await packing.get('packed')).toBe('x'.repeat(5_000))
  })
})

test('what cannot be is refused by name', () => {
  const { redis } = setup()
  const make = (options: object) => () =>
    new RedisStore({ client: redis, deadlineMs: 5_000, ...options })
  expect(make({ compress: 1 })).toThrow('compress')
  expect(make({ compress: null })).toThrow('compress')
  expect(make({ compress: { thresholdBytes: -1 } })).toThrow('compress.thresholdBytes')
  expect(make({ maxValueBytes: 0 })).toThrow('maxValueBytes')
  expect(make({ maxValueBytes: '1' })).toThrow('maxValueBytes')
})

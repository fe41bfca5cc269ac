import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonPlus } from '../src/index.js'

const roundTrip = (value: unknown) => jsonPlus.deserialize(jsonPlus.serialize(value))

describe('every value comes back as it was', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(
      null,
      undefined,
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.bigInt64Array(),
    fc.uint8Array().map(bytes => Buffer.from(bytes)),
    fc.constantFrom(/a+/gi, new URL('http://x.y/z?q=1')),
  )
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom('~', '__proto__', 'constructor', 'v')),
        tie('value'),
        {
          maxKeys: 5,
          noNullPrototype: true,
        },
      ),
      fc
        .array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 })
        .map(entries => new Map(entries)),
      fc.array(tie('value'), { maxLength: 3 }).map(items => new Set(items)),
    ),
  }))

  test('any nesting of any of the types', () => {
    fc.assert(
      fc.property(value, it => {
        expect(isDeepStrictEqual(roundTrip(it), it)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  test('plain JSON is plain JSON', () => {
    fc.assert(
      fc.property(
        fc
          .jsonValue({ noUnicodeString: false })
          .filter(it => !/-0/.test(JSON.stringify([it]) ?? '') && !hasNegativeZero(it)),
        it => {
          expect(jsonPlus.serialize(it)).toBe(JSON.stringify(it))
        },
      ),
    )
  })

  test('errors, with their cause', () => {
    const error = roundTrip(new TypeError('bad', { cause: new Date(5) })) as TypeError
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toBe('bad')
    expect(error.cause).toEqual(new Date(5))
  })

  test('a class instance by its toJSON or its fields', () => {
    class Point {
      constructor(
        readonly x: number,
        readonly y: number,
      ) {}
    }
    expect(roundTrip(new Point(1, 2))).toEqual({ x: 1, y: 2 })
    expect(roundTrip({ toJSON: () => ({ at: new Date(1) }) } as object)).toEqual({
      at: new Date(1),
    })
  })
})

describe('what is no data is refused', () => {
  test.each([
    ['a function', { f: () => 1 }],
    ['a symbol', [Symbol('x')]],
  ])('%s', (_, value) => {
    expect(() => jsonPlus.serialize(value)).toThrow(/no data/)
  })

  test('a value that refers to itself', () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    expect(() => jsonPlus.serialize(circular)).toThrow(/refers to itself/)
    const map = new Map()
    map.set('self', map)
    expect(() => jsonPlus.serialize(map)).toThrow(/refers to itself/)
  })
})

function hasNegativeZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasNegativeZero)
  return Object.is(value, -0)
}

import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonPlus } from '../../src/index.js'

const NO_CAUSE = Symbol('no cause')
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
    fc.date({ noInvalidDate: true }),
    fc.uint8Array().map(bytes => Buffer.from(bytes)),
    fc.uint8Array().map(bytes => bytes.buffer),
    fc.oneof(
      fc.int8Array(),
      fc.uint8Array(),
      fc.uint8ClampedArray(),
      fc.int16Array(),
      fc.uint16Array(),
      fc.int32Array(),
      fc.uint32Array(),
      fc.float32Array(),
      fc.float64Array(),
      fc.bigInt64Array(),
      fc.bigUint64Array(),
    ),
    fc.constantFrom(/a+/gi, /\/\n[\]]/su, new URL('http://x.y/z?q=1#é')),
  )
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(
        fc.oneof(
          fc.string(),
          fc.constantFrom('~', '__proto__', 'constructor', 'v', 'toJSON', '\u0002'),
        ),
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
      fc
        .tuple(
          fc.constantFrom(Error, TypeError, RangeError, SyntaxError),
          fc.string(),
          fc.option(tie('value'), { nil: NO_CAUSE }),
        )
        .map(([type, message, cause]) => new type(message, cause === NO_CAUSE ? {} : { cause })),
    ),
  }))

  test('any nesting of any of the types', () => {
    fc.assert(
      fc.property(value, it => {
        expect(isSame(roundTrip(it), it)).toBe(true)
      }),
      // Shrinking such values takes for ever.
      { numRuns: 1_000, endOnFailure: true },
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

  test('a date that is none', () => {
    const back = roundTrip({ at: new Date(Number.NaN) }) as { at: Date }
    expect(back.at).toBeInstanceOf(Date)
    expect(back.at.getTime()).toBeNaN()
  })

  test('what looks like an encoded value', () => {
    for (const value of [
      { '~': 'Date', v: 0 },
      { '~': { '~': 'undefined' } },
      '\u0002{"~":"bigint"}',
    ]) {
      expect(roundTrip(value)).toEqual(value)
      expect(roundTrip([value, undefined])).toEqual([value, undefined])
    }
  })

  test('errors, with their cause, their stack and their own fields', () => {
    const cause = Object.assign(new RangeError('far'), { code: 'E_FAR', at: new Date(7) })
    const error = new AggregateError([cause, 5], 'several', { cause })
    const back = roundTrip(error) as AggregateError
    expect(isDeepStrictEqual(back, error)).toBe(true)
    expect(back.stack).toBe(error.stack)
    expect(back.errors[0]).toMatchObject({ code: 'E_FAR', at: new Date(7) })
    for (const name of ['Mine', 'toString', 'constructor', '__proto__']) {
      const named = Object.assign(new Error('x'), { name })
      expect(roundTrip(named)).toBeInstanceOf(Error)
      expect(roundTrip(named)).toMatchObject({ name, message: 'x' })
    }
  })

  test('what is nested deeply, or seen twice', () => {
    let deep: unknown = new Date(1)
    for (let i = 0; i < 600; i++) deep = [deep]
    expect(isDeepStrictEqual(roundTrip(deep), deep)).toBe(true)
    for (let i = 0; i < 10_000; i++) deep = [deep]
    expect(() => jsonPlus.serialize(deep)).toThrow(/nested too deeply/)
    const shared = { at: new Date(2) }
    expect(roundTrip([shared, shared])).toEqual([shared, shared])
  })

  test('dates and maps of another realm', () => {
    const value = runInNewContext(
      '({ at: new Date(5), map: new Map([[1, new Set([2])]]), list: [1] })',
    )
    expect(roundTrip(value)).toEqual({
      at: new Date(5),
      map: new Map([[1, new Set([2])]]),
      list: [1],
    })
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
    ['a Promise', Promise.resolve(1)],
    ['a WeakMap', new Map([[1, new WeakMap()]])],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['an iterator', [1].values()],
    ['a Request', new Request('http://x.y')],
    ['a boxed number', { n: Object(1) }],
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
    const endless = { toJSON: (): unknown => ({ toJSON: endless.toJSON }) }
    expect(() => jsonPlus.serialize(endless)).toThrow(/nested too deeply/)
  })

  test('a type that only a newer version knows', () => {
    for (const type of ['Temporal', 'constructor', 'toString']) {
      expect(() => jsonPlus.deserialize(`\u0002{"~":"${type}"}`)).toThrow(/newer version/)
    }
  })
})

function hasNegativeZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasNegativeZero)
  return Object.is(value, -0)
}

/**
 * Equality in which the order of maps and sets counts: Bun's own takes the first of two equal keys for both, and so
 * finds a map different from its copy.
 */
function isSame(one: unknown, other: unknown): boolean {
  const [parts, others] = [one, other].map(partsOf)
  if (!parts || !others) return isDeepStrictEqual(one, other)
  return (
    Object.getPrototypeOf(one) === Object.getPrototypeOf(other) &&
    parts.length === others.length &&
    parts.every((part, i) => isSame(part, others[i]))
  )
}

/** What a value is made of, `undefined` for what is one piece. */
function partsOf(value: unknown): unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Map) return [...value].flat()
  if (value instanceof Set || Array.isArray(value)) return [...value]
  if (value instanceof Error)
    return [value.name, value.message, value.stack, 'cause' in value, value.cause]
  const isPlain = Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? Object.entries(value).flat() : undefined
}

test('the equality of these tests tells values apart', () => {
  const pairs = [
    [new Map([[{}, 1]]), new Map([[{}, 2]])],
    [new Set([1]), [1]],
    [{ a: 1 }, { b: 1 }],
    [new Error('a'), new TypeError('a')],
    [new Error('a'), new Error('a', { cause: undefined })],
    [new Date(1), new Date(2)],
    [-0, 0],
    [[undefined], []],
  ]
  for (const [one, other] of pairs) expect(isSame(one, other)).toBe(false)
  const keys = () =>
    new Map<object, unknown>([
      [new Map(), 1],
      [new Map(), 2],
    ])
  expect(isSame(keys(), keys())).toBe(true)
})

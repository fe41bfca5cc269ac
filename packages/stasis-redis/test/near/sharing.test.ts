import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyPlain, freezePlain, plainBytes } from '../../src/near/sharing.js'

const objectsIn = (value: unknown): object[] =>
  typeof value === 'object' && value !== null
    ? [value, ...Object.values(value).flatMap(objectsIn)]
    : []

const json = fc.jsonValue().map(value => JSON.parse(JSON.stringify({ value })) as object)

test('a copy is equal and shares nothing that can be changed', () => {
  fc.assert(
    fc.property(json, value => {
      const copy = copyPlain(value)
      expect(JSON.stringify(copy)).toBe(JSON.stringify(value))
      const own = new Set(objectsIn(value))
      expect(objectsIn(copy).filter(it => own.has(it))).toEqual([])
    }),
  )
})

test('a field called __proto__ stays one', () => {
  const copy = copyPlain(JSON.parse('{"__proto__":{"a":[1]},"b":{"__proto__":2}}'))
  expect(JSON.stringify(copy)).toBe('{"__proto__":{"a":[1]},"b":{"__proto__":2}}')
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
})

test('what somebody put on the prototype of all objects is no field', () => {
  let copy: object | undefined
  const added = { value: { a: { b: 1 } }, enumerable: true, configurable: true }
  Object.defineProperty(Object.prototype, 'added', added)
  try {
    copy = copyPlain({ x: { y: 1 } })
  } finally {
    Reflect.deleteProperty(Object.prototype, 'added')
  }
  expect(copy).toEqual({ x: { y: 1 } })
})

test('what is no plain data has no size, and what is frozen is frozen to its end', () => {
  for (const value of [new Date(), new Map(), [new Set()], { a: { b: Buffer.from('x') } }])
    expect(plainBytes(value)).toBeNaN()
  const value = { a: [{ b: 'text' }], c: undefined, d: 1n }
  expect(plainBytes(value)).toBeGreaterThan(8)
  freezePlain(value)
  expect(objectsIn(value).every(it => Object.isFrozen(it))).toBe(true)
})

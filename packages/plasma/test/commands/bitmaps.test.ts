import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BitEncoding, BitfieldOperation } from '../../src/commands/bitmaps.js'
import { builder, refused, untyped, wireOf } from './builder.js'

describe('bad arguments are refused by name', () => {
  test.each([
    ['a negative position', () => builder.setbit('k', -1, 1), 'offset'],
    ['a position that is no whole number', () => builder.getbit('k', 1.5), 'offset'],
    ['a bit that is none', () => untyped.setbit?.('k', 1, 2), 'bit'],
    ['a bit that is a boolean', () => untyped.bitpos?.('k', true), 'bit'],
    ['half a span', () => untyped.bitcount?.('k', 1, undefined, 'bit'), 'end'],
    ['an end without a start', () => untyped.bitcount?.('k', undefined, 5), 'start'],
    ['a unit that is none', () => untyped.bitcount?.('k', 0, 1, 'word'), 'unit'],
    ['an operation that is none', () => untyped.bitop?.('nand', 'd', 'a'), 'operation'],
    ['a missing operation', () => untyped.bitop?.(undefined, 'd', 'a'), 'operation'],
    ['no keys', () => builder.bitop('and', 'd'), 'keys'],
    ['two keys to negate', () => builder.bitop('not', 'd', 'a', 'b'), 'keys'],
    ['an encoding too wide', () => builder.bitfield('k', [{ get: 'u64', offset: 0 }]), 'get'],
    ['an encoding of no width', () => builder.bitfield('k', [{ get: 'i0', offset: 0 }]), 'get'],
    ['a missing offset', () => untyped.bitfield?.('k', [{ get: 'u8' }]), 'offset'],
    [
      'an offset of NaN',
      () => builder.bitfield('k', [{ get: 'u8', offset: Number.NaN }]),
      'offset',
    ],
    [
      'an offset that is no number',
      () => untyped.bitfield?.('k', [{ get: 'u8', offset: '#x' }]),
      'offset',
    ],
    ['a missing value', () => untyped.bitfield?.('k', [{ set: 'u8', offset: 0 }]), 'value'],
    [
      'a fraction',
      () => builder.bitfield('k', [{ incrBy: 'u8', offset: 0, increment: 0.5 }]),
      'increment',
    ],
    [
      'an overflow that is none',
      () => untyped.bitfield?.('k', [{ overflow: 'throw' }]),
      'overflow',
    ],
    [
      'a step that is none',
      () => untyped.bitfield?.('k', [{ read: 'u8', offset: 0 }]),
      'operations',
    ],
    ['a step that is no object', () => untyped.bitfield?.('k', ['GET']), 'operations'],
    [
      'a step with a word too many',
      () => untyped.bitfield?.('k', [{ get: 'u8', offset: 0, value: 1 }]),
      'value',
    ],
  ])('%s', (_, call, argument) => {
    expect(refused(call())).toBe(argument)
  })
})

describe('steps of a bitfield', () => {
  const encoding = fc.oneof(
    fc.integer({ min: 1, max: 64 }).map((width): BitEncoding => `i${width}`),
    fc.integer({ min: 1, max: 63 }).map((width): BitEncoding => `u${width}`),
  )
  const offset = fc.oneof(
    fc.nat(),
    fc.nat().map((n): `#${number}` => `#${n}`),
  )
  const amount = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }))
  const step: fc.Arbitrary<BitfieldOperation> = fc.oneof(
    fc.record({ get: encoding, offset }),
    fc.record({ set: encoding, offset, value: amount }),
    fc.record({ incrBy: encoding, offset, increment: amount }),
    fc.record({ overflow: fc.constantFrom('wrap' as const, 'sat' as const, 'fail' as const) }),
  )
  const words = (it: BitfieldOperation): (string | number | bigint)[] => {
    if ('overflow' in it) return ['OVERFLOW', it.overflow.toUpperCase()]
    if ('get' in it) return ['GET', it.get, it.offset]
    if ('set' in it) return ['SET', it.set, it.offset, it.value]
    return ['INCRBY', it.incrBy, it.offset, it.increment]
  }

  test('travel in their order, each with its words in theirs', () => {
    fc.assert(
      fc.property(fc.array(step), steps => {
        expect(wireOf(builder.bitfield('k', steps))).toEqual([
          'k',
          ...steps.flatMap(words).map(String),
        ])
      }),
    )
  })

  test('whatever they hold, nothing but text, numbers and bytes travels', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.object({
            key: fc.constantFrom('get', 'set', 'incrBy', 'offset', 'value', 'overflow'),
          }),
        ),
        steps => {
          const queued = untyped.bitfield?.('k', steps)
          if (!queued) throw new Error('no such command')
          try {
            for (const word of wireOf(queued))
              expect(typeof word === 'string' || Buffer.isBuffer(word)).toBe(true)
          } catch (error) {
            expect(error).toMatchObject({ code: 'ARGUMENT_INVALID' })
          }
        },
      ),
    )
  })
})

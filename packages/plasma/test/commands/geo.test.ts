import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builder, refused, untyped, wireOf } from './builder.js'

const at = { longitude: 1, latitude: 2 }

describe('bad arguments are refused by name', () => {
  test.each([
    ['no members', () => builder.geoadd('k', []), 'members'],
    [
      'a latitude of NaN',
      () => builder.geoadd('k', { member: 'a', longitude: 1, latitude: Number.NaN }),
      'latitude',
    ],
    ['a missing longitude', () => untyped.geoadd?.('k', { member: 'a', latitude: 1 }), 'longitude'],
    ['a missing member', () => untyped.geoadd?.('k', at), 'argument 4'],
    ['an unknown option', () => untyped.geoadd?.('k', { member: 'a', ...at }, { gt: true }), 'gt'],
    [
      'members one by one',
      () => untyped.geoadd?.('k', [{ member: 'a', ...at }], [{ member: 'b', ...at }]),
      'options',
    ],
    ['a unit that is none', () => untyped.geodist?.('k', 'a', 'b', 'parsec'), 'unit'],
    ['no members to locate', () => builder.geopos('k'), 'members'],
    ['no members to hash', () => builder.geohash('k', []), 'members'],
    ['no area', () => untyped.geosearch?.('k', at, {}), 'width'],
    ['half a box', () => untyped.geosearch?.('k', at, { width: 1 }), 'height'],
    [
      'a circle and a box',
      () => untyped.geosearch?.('k', at, { radius: 1, width: 1, height: 1 }),
      'radius',
    ],
    ['a radius that is no number', () => untyped.geosearch?.('k', at, { radius: null }), 'radius'],
    [
      'an area with a word too many',
      () => untyped.geosearch?.('k', at, { radius: 1, units: 'm' }),
      'units',
    ],
    [
      'half a position',
      () => untyped.geosearch?.('k', { longitude: 1 }, { radius: 1 }),
      'latitude',
    ],
    [
      'an order that is none',
      () => untyped.geosearch?.('k', at, { radius: 1 }, { sort: 'up' }),
      'sort',
    ],
    ['count: 0', () => builder.geosearch('k', at, { radius: 1 }, { count: 0 }), 'count'],
    ['any without count', () => untyped.geosearch?.('k', at, { radius: 1 }, { any: true }), 'any'],
    ['options that are none', () => untyped.geosearch?.('k', at, { radius: 1 }, 'ASC'), 'options'],
    [
      'an option of the other command',
      () => untyped.geosearch?.('k', at, { radius: 1 }, { storeDist: true }),
      'storeDist',
    ],
    [
      'the same the other way',
      () => untyped.geosearchstore?.('d', 's', at, { radius: 1 }, { withDist: true }),
      'withDist',
    ],
    ['a centre that is missing', () => untyped.geosearch?.('k', null, { radius: 1 }), 'argument 3'],
  ])('%s', (_, call, argument) => {
    expect(refused(call())).toBe(argument)
  })
})

describe('whatever a search is asked for', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true })
  const from = fc.oneof(
    fc.string(),
    fc.uint8Array(),
    fc.record({ longitude: number, latitude: number }),
  )
  const unit = fc.constantFrom('m' as const, 'km' as const, 'mi' as const, 'ft' as const)
  const area = fc.oneof(
    fc.record({ radius: number, unit }),
    fc.record({ width: number, height: number, unit }),
  )
  const options = fc.record(
    {
      withDist: fc.boolean(),
      withHash: fc.boolean(),
      withCoord: fc.boolean(),
      any: fc.boolean(),
      sort: fc.constantFrom('asc' as const, 'desc' as const),
    },
    { requiredKeys: [] },
  )

  test('good options travel as text and bytes, in the order that Redis wants', () => {
    fc.assert(
      fc.property(from, area, options, fc.integer({ min: 1 }), (centre, where, given, count) => {
        const wire = wireOf(builder.geosearch('k', centre, where, { ...given, count }))
        for (const word of wire)
          expect(typeof word === 'string' || Buffer.isBuffer(word)).toBe(true)
        const words = wire.slice(typeof centre === 'object' && 'longitude' in centre ? 4 : 3)
        expect(words.includes('WITHDIST')).toBe(given.withDist === true)
        expect(words.includes('WITHHASH')).toBe(given.withHash === true)
        expect(words.includes('WITHCOORD')).toBe(given.withCoord === true)
        expect(words.indexOf('ANY')).toBe(given.any ? words.indexOf('COUNT') + 2 : -1)
        expect(words[words.indexOf('COUNT') + 1]).toBe(String(count))
      }),
    )
  })

  test('anything else is refused, and never sent as the text of an object', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withTypedArray: true,
    })
    fc.assert(
      fc.property(anything, fc.object(), fc.anything(), (centre, where, given) => {
        const queued = untyped.geosearch?.('k', centre, where, given)
        if (!queued) throw new Error('no such command')
        try {
          for (const word of wireOf(queued)) {
            expect(typeof word === 'string' || Buffer.isBuffer(word)).toBe(true)
            expect(String(word)).not.toContain('[object')
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'ARGUMENT_INVALID' })
        }
      }),
    )
  })
})

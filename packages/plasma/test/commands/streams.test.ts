import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builder, refused, untyped, wireOf } from './builder.js'

describe('bad arguments are refused by name', () => {
  test.each([
    ['no fields', () => builder.xadd('k', {}), 'fields'],
    ['no fields in a Map', () => builder.xadd('k', new Map()), 'fields'],
    ['a field without a value', () => builder.xadd('k', ['a', 1, 'b']), 'fields'],
    ['null as a value', () => untyped.xadd?.('k', { a: null }), 'argument 4'],
    ['an object as a value', () => untyped.xadd?.('k', { a: {} }), 'argument 4'],
    ['fields behind an id', () => untyped.xadd?.('k', '*', { a: 1 }), 'argument 3'],
    ['options that are none', () => untyped.xadd?.('k', { a: 1 }, 'MAXLEN'), 'options'],
    ['an unknown option', () => untyped.xadd?.('k', { a: 1 }, { maxlen: 1 }), 'maxlen'],
    ['two bounds', () => untyped.xadd?.('k', { a: 1 }, { maxLen: 1, minId: '0' }), 'minId'],
    ['a negative length', () => builder.xtrim('k', { maxLen: -1 }), 'maxLen'],
    ['approx without a bound', () => untyped.xadd?.('k', { a: 1 }, { approx: true }), 'approx'],
    ['approx that is no boolean', () => untyped.xtrim?.('k', { maxLen: 1, approx: '~' }), 'approx'],
    ['limit without approx', () => builder.xtrim('k', { maxLen: 1, limit: 5 }), 'limit'],
    ['refs that are none', () => untyped.xtrim?.('k', { maxLen: 1, refs: 'all' }), 'refs'],
    ['nothing to trim to', () => untyped.xtrim?.('k'), 'options'],
    ['empty options to trim to', () => untyped.xtrim?.('k', {}), 'options'],
    [
      'an unknown option to trim to',
      () => untyped.xtrim?.('k', { maxLen: 1, noMkStream: true }),
      'noMkStream',
    ],
    [
      'noMkStream that is no boolean',
      () => untyped.xadd?.('k', { a: 1 }, { noMkStream: 1 }),
      'noMkStream',
    ],
    ['count: 0', () => builder.xrange('k', '-', '+', { count: 0 }), 'count'],
    ['a missing id', () => untyped.xrange?.('k', '-'), 'argument 3'],
    ['no ids', () => builder.xdel('k'), 'ids'],
    ['an empty list of ids', () => builder.xdelex('k', []), 'ids'],
    [
      'an option that XDELEX does not know',
      () => untyped.xdelex?.('k', '1-1', { ref: 'keep' }),
      'ref',
    ],
    ['no streams', () => builder.xread({}), 'streams'],
    ['a negative block', () => builder.xread({ k: '0' }, { block: -1 }), 'block'],
    [
      'an option that XREAD does not know',
      () => untyped.xread?.({ k: '0' }, { noAck: true }),
      'noAck',
    ],
    ['a stream without a position', () => untyped.xread?.({ k: undefined }), 'argument 3'],
    ['no streams for a group', () => builder.xreadgroup('g', 'c', {}), 'streams'],
    ['a missing consumer', () => untyped.xreadgroup?.('g', undefined, { k: '>' }), 'argument 3'],
    ['a full report that is none', () => untyped.xinfoStream?.('k', { full: 'yes' }), 'full'],
    ['a negative count', () => builder.xinfoStream('k', { full: true, count: -1 }), 'count'],
    [
      'an unknown option of a group',
      () => untyped.xgroupCreate?.('k', 'g', '$', { mkstream: true }),
      'mkstream',
    ],
    ['nothing to acknowledge', () => builder.xack('k', 'g'), 'ids'],
    ['nothing to acknowledge and delete', () => builder.xackdel('k', 'g', []), 'ids'],
    ['pending entries without a count', () => untyped.xpending?.('k', 'g', {}), 'count'],
    [
      'pending entries with an unknown option',
      () => untyped.xpending?.('k', 'g', { count: 1, idleMs: 1 }),
      'idleMs',
    ],
    ['a negative idle time', () => builder.xclaim('k', 'g', 'c', -1, '1-1'), 'minIdle'],
    ['nothing to claim', () => builder.xclaim('k', 'g', 'c', 0, []), 'ids'],
    [
      'an unknown option of a claim',
      () => untyped.xclaim?.('k', 'g', 'c', 0, '1-1', { idleMs: 1 }),
      'idleMs',
    ],
    [
      'a claim by an idle time of NaN',
      () => builder.xautoclaim('k', 'g', 'c', Number.NaN, '0'),
      'minIdle',
    ],
    ['a claim of nothing', () => builder.xautoclaim('k', 'g', 'c', 0, '0', { count: 0 }), 'count'],
  ])('%s', (_, call, argument) => {
    expect(refused(call())).toBe(argument)
  })
})

describe('reading', () => {
  const name = fc.string({ minLength: 1 })

  test('the prefix stands in front of the keys and nowhere else, whatever words the names are', () => {
    const word = fc.oneof(name, fc.constantFrom('STREAMS', 'streams', 'GROUP', 'COUNT', '>'))
    const keys = fc.uniqueArray(word, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(word, word, keys, fc.string(), (group, consumer, all, prefix) => {
        const streams = new Map(all.map(key => [key, '>' as const]))
        const expected = [
          ...['GROUP', group, consumer, 'COUNT', '7', 'STREAMS'],
          ...all.map(key => prefix + key),
          ...all.map(() => '>'),
        ]
        const words = ['COUNT', 7, 'STREAMS', ...all, ...all.map(() => '>')]
        expect(wireOf(builder.xreadgroup(group, consumer, streams, { count: 7 }), prefix)).toEqual(
          expected,
        )
        expect(wireOf(builder.xreadgroup('GROUP', group, consumer, ...words), prefix)).toEqual(
          expected,
        )
        expect(wireOf(builder.xread(...words), prefix)).toEqual(expected.slice(3))
      }),
    )
  })
})

describe('writing', () => {
  const value = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.bigInt(), fc.uint8Array())
  const sent = (it: unknown) => (it instanceof Uint8Array ? Buffer.from(it) : String(it))

  test('fields travel in their order, as an object, a Map or a list', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), pairs => {
        const expected = ['k', '*', ...pairs.flat().map(sent)]
        expect(wireOf(builder.xadd('k', pairs.flat()))).toEqual(expected)
        const fields = new Map(pairs)
        expect(wireOf(builder.xadd('k', fields))).toEqual([
          'k',
          '*',
          ...[...fields].flat().map(sent),
        ])
        const record = Object.fromEntries(pairs.map(([name, it]) => [String(name), it]))
        expect(wireOf(builder.xadd('k', record))).toEqual([
          'k',
          '*',
          ...Object.entries(record).flat().map(sent),
        ])
      }),
    )
  })

  test('options in any combination stand in front of the id', () => {
    const options = fc.record(
      { noMkStream: fc.boolean(), id: fc.constantFrom('*', '5-*', '5-1'), approx: fc.boolean() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(options, fc.nat(), (given, maxLen) => {
        expect(wireOf(builder.xadd('k', { f: 'v' }, { ...given, maxLen }))).toEqual([
          'k',
          ...(given.noMkStream ? ['NOMKSTREAM'] : []),
          'MAXLEN',
          ...(given.approx ? ['~'] : []),
          String(maxLen),
          given.id ?? '*',
          'f',
          'v',
        ])
      }),
    )
  })
})

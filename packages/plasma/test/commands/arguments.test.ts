import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CommandBuilder, type Queued } from '../../src/batches/batch.js'
import { InvalidArgumentError } from '../../src/errors.js'
import { toCommand } from '../../src/wire.js'

const builder = new CommandBuilder()
const wireOf = (queued: Queued<unknown>, keyPrefix = '') =>
  (toCommand(queued, keyPrefix) as unknown as { args: (string | Buffer)[] }).args
const refusal = (queued: Queued<unknown>): InvalidArgumentError => {
  try {
    toCommand(queued, '')
  } catch (error) {
    return error as InvalidArgumentError
  }
  throw new Error('was not refused')
}

/** Calls that TypeScript refuses, as they come from JavaScript. */
const untyped = builder as unknown as Record<string, (...args: unknown[]) => Queued<unknown>>

describe('bad arguments are refused by name before anything is sent', () => {
  test.each([
    ['a missing value', () => untyped.set?.('k', undefined), 'argument 2'],
    ['null as a value', () => untyped.set?.('k', null), 'argument 2'],
    ['an object as a value', () => untyped.set?.('k', { a: 1 }, { ex: 1 }), 'argument 2'],
    ['a boolean as a value', () => untyped.set?.('k', true), 'argument 2'],
    ['NaN as a value', () => untyped.set?.('k', Number.NaN), 'argument 2'],
    ['a missing key', () => untyped.get?.(undefined), 'argument 1'],
    ['ex: 0', () => builder.set('k', 'v', { ex: 0 }), 'ex'],
    ['px: -1', () => builder.set('k', 'v', { px: -1 }), 'px'],
    ['ex: NaN', () => builder.set('k', 'v', { ex: Number.NaN }), 'ex'],
    ['ex: 1.5', () => builder.set('k', 'v', { ex: 1.5 }), 'ex'],
    ['px: Infinity', () => builder.set('k', 'v', { px: Number.POSITIVE_INFINITY }), 'px'],
    ['an unknown option', () => untyped.set?.('k', 'v', { exx: 1 }), 'exx'],
    [
      'an option inherited from Object',
      () => untyped.set?.('k', 'v', { constructor: 1 }),
      'constructor',
    ],
    ['a flag that is no boolean', () => untyped.set?.('k', 'v', { nx: 'yes' }), 'nx'],
    ['setex with 0 seconds', () => builder.setex('k', 0, 'v'), 'seconds'],
    ['a fractional expire', () => builder.expire('k', 1.5), 'seconds'],
    ['an expire of NaN', () => builder.pexpire('k', Number.NaN), 'milliseconds'],
    ['no keys at all', () => builder.del(), 'keys'],
    ['an empty list of keys', () => builder.mget([]), 'keys'],
    ['no fields', () => builder.hset('k', {}), 'fields'],
    ['a field without a value', () => builder.hset('k', 'a', 1, 'b'), 'fields'],
    ['a score of NaN', () => builder.zadd('k', { member: 'm', score: Number.NaN }), 'score'],
    ['a missing score', () => untyped.zadd?.('k', { member: 'm' }), 'score'],
    ['an increment that is no number', () => untyped.incrby?.('k', 'many'), 'increment'],
    ['a wrong range', () => untyped.zrange?.('k', 0, 1, { by: 'rank' }), 'by'],
    ['more keys than arguments', () => builder.eval('return 1', 2, 'a'), 'numberOfKeys'],
    ['a negative number of keys', () => builder.eval('return 1', -1), 'numberOfKeys'],
  ])('%s', (_, call, argument) => {
    const queued = call()
    if (!queued) throw new Error('no such command')
    const error = refusal(queued)
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(error.code).toBe('ARGUMENT_INVALID')
    expect(error.argument).toBe(argument)
    expect(error.message).not.toContain('undefined is')
  })

  test('a refused value is not shown, for it may be secret', () => {
    expect(
      refusal(untyped.set?.('k', { password: 'hunter2' }, { ex: 1 }) as never).message,
    ).not.toContain('hunter2')
    expect(refusal(untyped.expire?.('k', 'hunter2') as never).message).not.toContain('hunter2')
  })
})

describe('whatever text, number or bytes go in, the same go out', () => {
  const bytes = fc.uint8Array({ maxLength: 50 })
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true }),
    fc.bigInt(),
    bytes,
  )
  const sent = (it: unknown) => (it instanceof Uint8Array ? Buffer.from(it) : String(it))

  test('values', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), values => {
        expect(wireOf(builder.rpush('k', ...values))).toEqual(['k', ...values.map(sent)])
      }),
    )
  })

  test('fields of a hash, whatever their names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { minKeys: 1 }), fields => {
        expect(wireOf(builder.hset('k', fields))).toEqual(['k', ...Object.entries(fields).flat()])
      }),
    )
  })

  test('a part of a bigger buffer', () => {
    const part = new Uint8Array(Buffer.from('abcdef').buffer.slice(0)).subarray(0, 0)
    expect(wireOf(builder.set('k', part))).toEqual(['k', Buffer.alloc(0)])
    expect(wireOf(builder.set('k', Buffer.from('abcdef').subarray(2, 4)))).toEqual([
      'k',
      Buffer.from('cd'),
    ])
  })

  test('options of set in any combination', () => {
    const options = fc.record(
      {
        ex: fc.integer({ min: 1 }),
        nx: fc.boolean(),
        get: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(options, given => {
        const wire = wireOf(builder.set('k', 'v', given)).slice(2)
        expect(wire.includes('NX')).toBe(given.nx === true)
        expect(wire.includes('GET')).toBe(given.get === true)
        expect(wire.includes('EX')).toBe(given.ex !== undefined)
        if (given.ex !== undefined) expect(wire[wire.indexOf('EX') + 1]).toBe(String(given.ex))
      }),
    )
  })

  test('the key prefix stands in front of every key and nowhere else', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { minLength: 1 }), (prefix, keys) => {
        expect(wireOf(builder.del(...keys), prefix)).toEqual(keys.map(key => prefix + key))
        expect(wireOf(builder.set(keys[0] ?? '', 'v'), prefix)).toEqual([
          prefix + (keys[0] ?? ''),
          'v',
        ])
      }),
    )
  })
})

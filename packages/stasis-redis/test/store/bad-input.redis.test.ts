import { expect, test } from 'vitest'
import { createMemoryStore } from '../../src/testing/index.js'
import { setup } from '../setup.js'

/** Anything may be called with anything by who has no types. */
type Untyped = Record<string, (...given: unknown[]) => Promise<unknown>>

const one = () => 1

const BAD: readonly (readonly [argument: string, method: string, given: readonly unknown[]])[] = [
  ['key', 'get', [undefined]],
  ['key', 'remember', ['', 60, one]],
  ['ttl', 'remember', ['k', Number.NaN, one]],
  ['factory', 'remember', ['k', 60]],
  ['factory', 'rememberForever', ['k', 'made']],
  ['factory', 'flexible', ['k', [1, 2]]],
  ['options', 'remember', ['k', 60, one, null]],
  ['options', 'remember', ['k', 60, one, 5]],
  ['grace', 'remember', ['k', 60, one, { grace: 5 }]],
  ['jitter', 'remember', ['k', 60, one, { jitter: 2 }]],
  ['beta', 'remember', ['k', 60, one, { beta: '1' }]],
  ['times', 'flexible', ['k', 60, one]],
  ['times', 'flexible', ['k', undefined, one]],
  ['times', 'flexible', ['k', [60], one]],
  ['times', 'flexible', ['k', [60, 30], one]],
  ['times', 'flexible', ['k', [60, Number.NaN], one]],
  ['keys', 'many', ['k']],
  ['keys', 'many', [undefined]],
  ['key', 'many', [['a', '']]],
  ['values', 'putMany', [null]],
  ['values', 'putMany', [['a']]],
  ['values', 'putMany', [new Map([['a', 1]])]],
  ['glob', 'keys', [null]],
]

test.each(['Redis', 'near', 'memory'] as const)(
  'bad input rejects with the name of the argument, and nothing is computed (%s)',
  async where => {
    const store = where === 'memory' ? createMemoryStore() : setup({ near: where === 'near' }).store
    await store.put('k', 'kept', 60)
    await store.get('k')
    const untyped = store as unknown as Untyped
    for (const [argument, method, given] of BAD) {
      const call = untyped[method]?.(...given)
      expect(call, method).toBeInstanceOf(Promise)
      await expect(call, `${method} ${argument}`).rejects.toMatchObject({
        code: 'ARGUMENT_INVALID',
        argument,
      })
    }
    expect(store.stats().factoryCalls).toBe(0)
    expect(await store.get('k')).toBe('kept')
    expect(() => store.on('hits' as never, one)).toThrow('is none of hit, miss,')
    expect(() => store.on('hit', undefined as never)).toThrow('listener must be a function')
    await store.close()
  },
)

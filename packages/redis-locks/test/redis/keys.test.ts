import { InvalidArgumentError } from '@gravito/plasma'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lockKeys } from '../../src/redis/keys.js'

describe('the keys of a lock', () => {
  test('two names never share a key, and all keys of one share their hash tag', () => {
    const name = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[{}%a-b7BD]{1,8}$/))
    fc.assert(
      fc.property(name, name, (one, other) => {
        const { claim: _, ...keysOfOne } = lockKeys('lock', one, true, 'me')
        const keys = Object.values(keysOfOne)
        const tags = keys.map(key => key.slice(key.indexOf('{') + 1, key.indexOf('}')))
        expect(new Set(tags).size).toBe(1)
        expect(tags[0]).not.toBe('')
        if (one !== other) expect(lockKeys('lock', other, true, 'me').lock).not.toBe(keys[0])
      }),
      { numRuns: 2_000 },
    )
  })

  test('a name that is empty or no text is refused', () => {
    for (const name of ['', undefined, null, 7, {}]) {
      expect(() => lockKeys('lock', name as string, false, 'me')).toThrow(InvalidArgumentError)
    }
  })
})

import { describe, expect, test } from 'vitest'
import { documentedErrors, documentedOptions, errorsOf, optionsOf } from './reference.js'

const TYPES = 'packages/plasma/src/config/types.ts'

describe.each(['docs', 'docs/zh-TW'])('the reference of the configuration in %s', folder => {
  test.each([
    ['RedisConfig', TYPES],
    ['ConnectionConfig', TYPES],
    ['NodeAddress', TYPES],
    ['TlsConfig', 'packages/plasma/src/config/tls.ts'],
  ])('has every option of %s and no other', (name, file) => {
    const described = (options: { name: string; type: string }[]) =>
      options.map(option => `${option.name}: ${option.type}`).sort()
    const known = optionsOf(file, name)
    const documented = documentedOptions(`${folder}/configuration.md`, name)
    expect(known).not.toEqual([])
    expect(described(documented)).toEqual(described(known))
    for (const option of known.filter(it => it.default !== undefined)) {
      expect(documented.find(it => it.name === option.name)?.default, option.name).toBe(
        option.default,
      )
    }
  })
})

test.each(['docs', 'docs/zh-TW'])(
  'the errors in %s: every code with its class, and no other',
  folder => {
    const known = ['plasma', 'redis-locks', 'stasis-redis'].flatMap(errorsOf).sort()
    expect(known.length).toBeGreaterThan(15)
    expect(documentedErrors(`${folder}/errors.md`)).toEqual(known)
  },
)

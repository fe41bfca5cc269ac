import { expect, test } from 'vitest'
import { lockGaps } from '../../scripts/lock-gaps.mjs'

const needs = (...names: string[]) => ({
  optionalDependencies: Object.fromEntries(names.map(name => [name, '1.0.0'])),
})

test('a lock with an entry for every optional dependency has no gap', () => {
  const packages = {
    '': {},
    'node_modules/turbo': needs('@turbo/darwin', '@turbo/linux'),
    'node_modules/@turbo/darwin': {},
    'node_modules/turbo/node_modules/@turbo/linux': {},
    'packages/a/node_modules/rollup': needs('@rollup/mac'),
    'packages/a/node_modules/@rollup/mac': {},
  }
  expect(lockGaps({ packages })).toEqual([])
})

test('a missing entry is named with who needs it', () => {
  const packages = {
    'node_modules/turbo': needs('@turbo/darwin', '@turbo/linux'),
    'node_modules/@turbo/linux': {},
    'node_modules/other/node_modules/@turbo/darwin': {},
  }
  expect(lockGaps({ packages })).toEqual(['node_modules/turbo needs @turbo/darwin@1.0.0'])
})

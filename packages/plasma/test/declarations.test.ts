import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('no type that users see is any', () => {
  const declarations = readFileSync(new URL('../dist/index.d.ts', import.meta.url), 'utf8')
  const withoutComments = declarations.replace(/\/\*[\s\S]*?\*\//g, '')
  // As a type: after a colon, in brackets, as an array, as an alternative; `any` is a name as well (GEOSEARCH).
  expect(withoutComments.match(/[:<|,&(]\s*any\b(?!\??:)|\bany\[\]/g) ?? []).toEqual([])
  expect(declarations).toContain('class RedisClient')
})

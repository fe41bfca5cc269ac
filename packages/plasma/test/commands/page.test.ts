import path from 'node:path'
import { expect, test } from 'vitest'
import { methods } from './coverage.js'
import { page } from './page.js'

const FILE = path.resolve(import.meta.dirname, '../../../../docs/commands.md')

test('docs/commands.md is up to date (npm run commands-page -w @gravito/plasma)', async () => {
  await expect(page()).toMatchFileSnapshot(FILE)
})

test('the page names every method', () => {
  const text = page()
  expect(methods().filter(({ method }) => !text.includes(`| \`${method}\` |`))).toEqual([])
})

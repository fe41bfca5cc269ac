import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { pages, ROOT } from './samples.js'

test('no page links to a file that is not there', () => {
  const dead = [...pages(), 'CONTRIBUTING.md'].flatMap(page => {
    const text = readFileSync(path.join(ROOT, page), 'utf8')
    return [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(({ 1: target = '' }) => target)
      .filter(target => !existsSync(path.resolve(ROOT, path.dirname(page), target)))
      .map(target => `${page} -> ${target}`)
  })
  expect(dead).toEqual([])
})

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { chinese, english } from '../.vitepress/sidebar.mjs'
import { pages, ROOT } from './samples.js'

test('no page links to a file that is not there', () => {
  const dead = [...pages(), 'CONTRIBUTING.md', 'SECURITY.md'].flatMap(page => {
    const text = readFileSync(path.join(ROOT, page), 'utf8')
    return [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(({ 1: target = '' }) => target)
      .filter(target => !existsSync(path.resolve(ROOT, path.dirname(page), target)))
      .map(target => `${page} -> ${target}`)
  })
  expect(dead).toEqual([])
})

test('the sidebar has every page, and no other', () => {
  const listed = [english, chinese]
    .flatMap(groups => groups.flatMap(({ items }) => items.map(({ link }) => `docs${link}.md`)))
    .sort()
  const there = pages().filter(page => /^docs\/(?!.*(index\.md$|decisions\/))/.test(page))
  expect(listed).toEqual(there)
})

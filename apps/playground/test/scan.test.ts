import { afterEach, describe, expect, it } from 'vitest'
import { examine, findPackages } from '../src/audit/scan.js'
import { differences, duplicatesOf, scanSequentially, withLarge } from '../src/audit/totals.js'
import { makeTree, makeUntidyTree, type Tree } from './tree.js'

let tree: Tree
afterEach(() => tree.remove())

describe('findPackages', () => {
  it('finds plain, scoped, nested and pnpm’s packages, and neither links nor hidden folders', async () => {
    tree = makeUntidyTree(2)
    expect(await findPackages(tree.root)).toEqual([
      'node_modules/.pnpm/p@1/node_modules/p',
      'node_modules/@scope/a',
      'node_modules/__proto__',
      'node_modules/broken-json',
      'node_modules/nameless',
      'node_modules/nesting',
      'node_modules/nesting/node_modules/@scope/a',
      'node_modules/nesting/node_modules/plain-1',
      'node_modules/not-an-object',
      'node_modules/old-licence',
      'node_modules/plain-0',
      'node_modules/plain-1',
      'node_modules/unicode',
    ])
  })

  it('takes a folder without node_modules for a folder of packages', async () => {
    tree = makeTree()
    tree.add('b', { name: 'b' })
    tree.add('a', { name: 'a' })
    expect(await findPackages(tree.root)).toEqual(['a', 'b'])
  })

  it('finds nothing in an empty folder', async () => {
    tree = makeTree()
    expect(await findPackages(tree.root)).toEqual([])
  })
})

describe('examine', () => {
  it('adds up a package’s own files, without the packages nested in it', async () => {
    tree = makeTree()
    tree.add('node_modules/a', '{}', { 'lib/x.js': '12345', 'lib/deep/y.js': '123' })
    tree.add('node_modules/a/node_modules/b', '{ }', { 'big.js': 'x'.repeat(1_000) })
    expect(await examine(tree.root, 'node_modules/a')).toMatchObject({ files: 3, bytes: 10 })
  })

  it('reports a package that has gone instead of failing', async () => {
    tree = makeTree()
    expect(await examine(tree.root, 'node_modules/gone')).toEqual({
      directory: 'node_modules/gone',
      name: 'gone',
      version: 'unknown',
      licence: 'unknown',
      files: 0,
      bytes: 0,
      problems: ['package.json cannot be read: ENOENT', 'folder: ENOENT'],
    })
  })

  it('adds up many files of many sizes exactly', async () => {
    tree = makeTree()
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`d${n % 7}/f${n}`, 'x'.repeat(n)]),
    )
    tree.add('a', '{}', files)
    expect(await examine(tree.root, 'a')).toMatchObject({ files: 301, bytes: (299 * 300) / 2 + 2 })
  })
})

describe('the sequential scan', () => {
  it('adds up licences, versions, problems and sizes', async () => {
    tree = makeUntidyTree(20)
    const directories = await findPackages(tree.root)
    const totals = await scanSequentially(tree.root, directories)
    expect(totals).toMatchObject({
      packages: 31,
      licences: { ISC: 7, '(MIT OR ISC)': 1, BSD: 1, unknown: 3 },
      problems: {
        'node_modules/broken-json': 'package.json is not JSON',
        'node_modules/not-an-object': 'package.json holds no object',
        'node_modules/nameless': 'no name',
        'node_modules/nesting/node_modules/@scope/a': 'no licence',
      },
    })
    expect(totals.largest).toHaveLength(10)
    expect(totals.largest[0]?.directory).toBe('node_modules/plain-19')
    expect(duplicatesOf(totals.versions)).toEqual([
      { name: '@scope/a', versions: ['1.0.0', '2.0.0'] },
      { name: 'plain-1', versions: ['1.0.1', '9.0.0'] },
    ])
    expect(differences(totals, structuredClone(totals))).toEqual([])
    expect(differences({ ...totals, bytes: totals.bytes + 1 }, totals)).toEqual([
      `bytes: ${totals.bytes + 1} instead of ${totals.bytes}`,
    ])
  })

  it('keeps the ten largest, each once, whatever the order', () => {
    tree = makeTree()
    const all = Array.from({ length: 30 }, (_, n) => ({ directory: `d${n}`, bytes: n % 11 }))
    const enter = (from: typeof all) =>
      from.reduce<typeof all>((largest, one) => withLarge(withLarge(largest, one), one), [])
    expect(enter(all)).toHaveLength(10)
    expect(enter(all.toReversed())).toEqual(enter(all))
  })
})

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A folder of packages made for one test. */
export interface Tree {
  root: string
  /** Add a package: `manifest` as an object, or as text when it is meant to be broken. */
  add(directory: string, manifest: unknown, files?: Record<string, string>): void
  remove(): void
}

export function makeTree(): Tree {
  const root = mkdtempSync(path.join(tmpdir(), 'playground-tree-'))
  return {
    root,
    add(directory, manifest, files = {}) {
      const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
      for (const [name, content] of Object.entries({ 'package.json': text, ...files })) {
        const file = path.join(root, directory, name)
        mkdirSync(path.dirname(file), { recursive: true })
        writeFileSync(file, content)
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** A tree with everything that npm, pnpm and careless authors leave behind. */
export function makeUntidyTree(packages: number): Tree {
  const tree = makeTree()
  for (let n = 0; n < packages; n++) {
    const manifest = { name: `plain-${n}`, version: `1.0.${n % 7}`, license: n % 3 ? 'MIT' : 'ISC' }
    tree.add(`node_modules/plain-${n}`, manifest, { 'index.js': 'x'.repeat(n * 7) })
  }
  const mit = { license: 'MIT' }
  tree.add('node_modules/@scope/a', { name: '@scope/a', version: '1.0.0', ...mit })
  tree.add(
    'node_modules/nesting',
    { name: 'nesting', version: '1.0.0', ...mit },
    { 'lib/a.js': 'a' },
  )
  tree.add('node_modules/nesting/node_modules/plain-1', {
    name: 'plain-1',
    version: '9.0.0',
    ...mit,
  })
  tree.add('node_modules/nesting/node_modules/@scope/a', { name: '@scope/a', version: '2.0.0' })
  tree.add('node_modules/.pnpm/p@1/node_modules/p', { name: 'p', version: '1.0.0', ...mit })
  tree.add('node_modules/.cache/ignored', { name: 'ignored', version: '1.0.0' })
  tree.add('node_modules/broken-json', '{ "name": "broken')
  tree.add('node_modules/not-an-object', '[1, 2]')
  tree.add('node_modules/nameless', { version: '1.0.0', licenses: [{ type: 'MIT' }, 'ISC'] })
  tree.add('node_modules/old-licence', { name: 'old', version: '1.0.0', license: { type: 'BSD' } })
  tree.add('node_modules/__proto__', { name: '__proto__', version: '1.0.0', license: '__proto__' })
  tree.add('node_modules/unicode', { name: 'ünïcode-日本', version: '1.0.0', license: '\ud800MIT' })
  symlinkSync(
    path.join(tree.root, 'node_modules/plain-0'),
    path.join(tree.root, 'node_modules/link'),
  )
  return tree
}

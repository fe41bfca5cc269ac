import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PACKAGES } from './packages.js'
import { ROOT } from './samples.js'

const CHANGESET = path.join(ROOT, 'node_modules/@changesets/cli/bin.js')
const PRIVATE = ['apps/playground', 'testing', 'benchmarks', 'docs']

interface Manifest {
  version: string
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

describe('changeset version', { timeout: 60_000 }, () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-'))
    for (const name of ['.', ...PACKAGES.map(it => `packages/${it}`), ...PRIVATE]) {
      mkdirSync(path.join(folder, name), { recursive: true })
      cpSync(path.join(ROOT, name, 'package.json'), path.join(folder, name, 'package.json'))
    }
    mkdirSync(path.join(folder, '.changeset'))
    for (const name of ['config.json', 'changelog.cjs'])
      cpSync(path.join(ROOT, '.changeset', name), path.join(folder, '.changeset', name))
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const manifest = (name: string): Manifest =>
    JSON.parse(readFileSync(path.join(folder, 'packages', name, 'package.json'), 'utf8'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder })

  /** How far each package's version went: `none`, `patch`, `minor` or `major`. */
  function version(changes: Record<string, 'patch' | 'minor' | 'major'>): Record<string, string> {
    const before = Object.fromEntries(PACKAGES.map(name => [name, manifest(name).version]))
    const lines = Object.entries(changes).map(([name, type]) => `"@gravito/${name}": ${type}`)
    const text = `---\n${lines.join('\n')}\n---\n\nA change.\n\nIts second line.\n`
    writeFileSync(path.join(folder, '.changeset/change.md'), text)
    git('init', '-q', '-b', 'main')
    git('add', '.')
    git('commit', '-q', '-m', 'one')
    execFileSync(process.execPath, [CHANGESET, 'version'], { cwd: folder, stdio: 'pipe' })
    return Object.fromEntries(PACKAGES.map(it => [it, step(before[it], manifest(it).version)]))
  }

  function step(before = '', after = ''): string {
    const [from, to] = [before.split('.'), after.split('.')]
    return ['major', 'minor', 'patch'].find((_, i) => from[i] !== to[i]) ?? 'none'
  }

  it('leaves alone what did not change', () => {
    expect(version({ 'plasma-orbit': 'minor' })).toEqual({
      plasma: 'none',
      'plasma-orbit': 'minor',
      'redis-locks': 'none',
      'stasis-redis': 'none',
    })
  })

  it('does not bump the orbit for its optional peers', () => {
    expect(version({ 'redis-locks': 'minor', 'stasis-redis': 'minor' })).toEqual({
      plasma: 'none',
      'plasma-orbit': 'none',
      'redis-locks': 'minor',
      'stasis-redis': 'minor',
    })
    expect(manifest('stasis-redis').dependencies?.['@gravito/redis-locks']).toBe(
      `^${manifest('redis-locks').version}`,
    )
  })

  it('gives a patch to those whose range a new minor version leaves', () => {
    expect(version({ plasma: 'minor' })).toEqual({
      plasma: 'minor',
      'plasma-orbit': 'patch',
      'redis-locks': 'patch',
      'stasis-redis': 'patch',
    })
    const changelog = readFileSync(path.join(folder, 'packages/redis-locks/CHANGELOG.md'), 'utf8')
    expect(changelog).toContain(`- Needs \`@gravito/plasma\` ${manifest('plasma').version}.`)
  })

  it('writes the changeset’s text and its commit, and leaves private workspaces without a version', () => {
    expect(version({ plasma: 'patch' }).plasma).toBe('patch')
    const changelog = readFileSync(path.join(folder, 'packages/plasma/CHANGELOG.md'), 'utf8')
    expect(changelog).toMatch(
      /- A change\.\n\n {2}Its second line\. \(\[\w{7}\]\(https:\/\/github\.com\/[\w/-]+\/commit\/\w{7}\)\)/,
    )
    for (const name of PRIVATE)
      expect(readFileSync(path.join(folder, name, 'package.json'), 'utf8')).toContain(
        '"version": "0.0.0"',
      )
  })
})

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

const run = promisify(execFile)
const FIXTURES = path.resolve(import.meta.dirname, '../fixtures/commandkit-app')
const PACKAGES = path.resolve(import.meta.dirname, '../../..')
const ROOT = path.resolve(PACKAGES, '..')

/** Run a program in an application's folder that has `commandkit`, `@commandkit/cache`, `ioredis` and ours installed. */
export async function runApp(program: string, env: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'commandkit-app-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const modules = path.join(folder, 'node_modules')
  install(modules, 'commandkit', 'commandkit.cjs')
  install(modules, '@commandkit/cache', 'cache.cjs')
  mkdirSync(path.join(modules, '@gravito'), { recursive: true })
  symlinkSync(path.join(PACKAGES, 'stasis-redis'), path.join(modules, '@gravito', 'stasis-redis'))
  symlinkSync(path.join(ROOT, 'node_modules', 'ioredis'), path.join(modules, 'ioredis'))
  const file = path.join(folder, 'app.mjs')
  writeFileSync(file, program)
  const { stdout } = await run(process.execPath, [file], {
    cwd: folder,
    env: { ...process.env, ...env },
    timeout: 30_000,
  })
  return stdout.trim().split('\n')
}

function install(modules: string, name: string, source: string): void {
  const folder = path.join(modules, name)
  mkdirSync(folder, { recursive: true })
  cpSync(path.join(FIXTURES, source), path.join(folder, 'index.cjs'))
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, main: 'index.cjs' }))
}

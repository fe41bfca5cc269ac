// The tests of the workspace in whose folder it is called, in another manner; their report is named after it.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { ROOT } from './workspaces.mjs'

const VITEST = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
const BUN = path.join(ROOT, 'node_modules', 'bun', 'bin', 'bun.exe')
const VARIANTS = {
  // On Bun instead of Node.
  bun: { command: [BUN, '--bun', VITEST], env: { TEST_RUNTIME: 'bun' } },
  // Without plasma's fast path.
  plain: { command: [process.execPath, VITEST], env: { GRAVITO_REDIS_FAST_PATH: 'off' } },
}

const [name = ''] = process.argv.slice(2)
if (!Object.hasOwn(VARIANTS, name))
  throw new Error(`Usage: node scripts/test-variant.mjs ${Object.keys(VARIANTS).join('|')}`)
const { command, env } = VARIANTS[/** @type {keyof typeof VARIANTS} */ (name)]
const [file = '', ...args] = command
const { status, error } = spawnSync(file, [...args, 'run', '--no-typecheck'], {
  stdio: 'inherit',
  env: { ...process.env, ...env, TEST_REPORT: name },
})
if (error) throw error
process.exitCode = status ?? 1

// Every gate, each one also after another failed; the last line is the total of tests and checks.
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { run } from './run-command.mjs'
import { testTotals } from './test-totals.mjs'
import { ROOT, readJson, workspaces } from './workspaces.mjs'

const PACKED = path.join(ROOT, '.reports', 'packages.json')
const GATES = /** @type {const} */ ({
  'lint and format': ['npm', 'run', 'check'],
  'lock file': ['node', 'scripts/lock-gaps.mjs'],
  build: ['npm', 'run', 'build'],
  typecheck: ['npm', 'run', 'typecheck'],
})

/** Manners of running the tests besides `npm test`: see test-variant.mjs. */
const VARIANTS = ['bun', 'plain']

const startedAt = Date.now()
const gates = {
  passed: 0,
  failed: 0,
  skipped: 0,
  problems: /** @type {string[]} */ ([]),
  skips: [],
}
for (const [name, [file, ...args]] of Object.entries(GATES)) {
  heading(name)
  const exitCode = await run(file, args)
  if (exitCode === 0) gates.passed++
  else {
    gates.failed++
    gates.problems.push(`${name}: ended with exit code ${exitCode}`)
  }
}

heading('tests')
const exitCode = await run('npm', ['test'])

heading(`tests in other manners: ${VARIANTS.join(', ')}`)
const variantTasks = VARIANTS.map(variant => `test:${variant}`)
const variantsExitCode = await run('npx', [
  ...['turbo', 'run', ...variantTasks, '--concurrency=1', '--continue', '--ui=stream'],
])

heading('packed packages')
rmSync(PACKED, { force: true })
const packedExitCode = await run('node', ['scripts/check-packages.mjs'])
const folders = workspaces().flatMap(({ folder, scripts }) => (scripts.test ? [folder] : []))
const variants = workspaces().flatMap(({ folder, scripts }) =>
  VARIANTS.flatMap(variant => (scripts[`test:${variant}`] ? [{ folder, variant }] : [])),
)
process.exitCode = testTotals({
  folders,
  variants,
  startedAt,
  exitCode: exitCode || variantsExitCode,
  more: [
    { name: 'gates', report: gates },
    { name: 'packed packages', report: packedReport() },
  ],
})

function packedReport() {
  if (existsSync(PACKED)) return readJson(PACKED)
  const problems = [`left no report, exit code ${packedExitCode}`]
  return { passed: 0, failed: 1, skipped: 0, problems, skips: [] }
}

/** @param {string} name */
function heading(name) {
  console.log(`\n== ${name}`)
}

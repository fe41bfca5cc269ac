// Every gate, each one also after another failed; the last line is the total of tests and checks.
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { prepareRedis } from './prepare-redis.mjs'
import { testTotals } from './test-totals.mjs'
import { runTasks, summary } from './turbo.mjs'
import { ROOT, readJson, workspaces } from './workspaces.mjs'

/** @typedef {import('./test-totals.mjs').Report} Report */

const PACKED = path.join(ROOT, '.reports', 'packages.json')
const PACKED_TASK = 'check:packages'

/** The tasks that leave no report of their own: one check each, over all workspaces. */
const GATES = {
  'lint and format': 'check',
  'lock file': 'check:lock',
  build: 'build',
  typecheck: 'typecheck',
}

/** Manners of running the tests besides `npm test`: see test-variant.mjs. */
const VARIANTS = ['bun', 'plain']

const startedAt = Date.now()
rmSync(PACKED, { force: true })
await prepareRedis({ say: console.log }).catch(error => console.log(String(error)))
// All that is built first, so that the longest task, the packed packages, is not the last to begin.
const built = await runTasks(['build', 'check', 'check:lock'], ['--summarize'])
const variantTasks = VARIANTS.map(variant => `test:${variant}`)
const tasks = [PACKED_TASK, 'typecheck', 'test', ...variantTasks]
const tested = await runTasks(tasks, ['--summarize', '--output-logs=new-only'])

const all = workspaces()
process.exitCode = testTotals({
  folders: all.flatMap(({ folder, scripts }) => (scripts.test ? [folder] : [])),
  variants: all.flatMap(({ folder, scripts }) =>
    VARIANTS.flatMap(variant => (scripts[`test:${variant}`] ? [{ folder, variant }] : [])),
  ),
  startedAt,
  exitCode: built || tested,
  more: [
    { name: 'gates', report: gatesReport() },
    { name: 'packed packages', report: packedReport() },
  ],
})

/** @returns {Report} */
function gatesReport() {
  const done = summary(startedAt)
  const problems = Object.entries(GATES).flatMap(([name, task]) => {
    const parts = done.filter(it => it.task === task)
    const bad = parts.filter(it => !it.ok).map(it => it.id)
    if (parts.length === 0) return [`${name}: did not run`]
    return bad.length > 0 ? [`${name}: ${bad.join(', ')}`] : []
  })
  const failed = problems.length
  return { passed: Object.keys(GATES).length - failed, failed, skipped: 0, problems, skips: [] }
}

/** @returns {Report} */
function packedReport() {
  if (existsSync(PACKED)) return readJson(PACKED)
  const problems = ['left no report: did it start?']
  return { passed: 0, failed: 1, skipped: 0, problems, skips: [] }
}

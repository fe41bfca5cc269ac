// npm run playground / npm test / npm run bench / npm run soak from a bare clone: built-ins only until the dependencies are there.
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { prepareRedis } from './prepare-redis.mjs'
import { run } from './run-command.mjs'
import { runTasks, TURBO } from './turbo.mjs'
import { ROOT, workspaces } from './workspaces.mjs'

const COMMANDS = { playground, test, bench, soak }

const [command = '', ...args] = process.argv.slice(2)
try {
  requireNode(20, 19)
  if (!Object.hasOwn(COMMANDS, command))
    throw new Error(`Usage: node scripts/run.mjs ${Object.keys(COMMANDS).join('|')} [arguments]`)
  process.env.TURBO_TELEMETRY_DISABLED = '1'
  await install()
  process.exitCode = await COMMANDS[/** @type {keyof typeof COMMANDS} */ (command)](args)
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

/** @param {string[]} args */
async function playground(args) {
  await prepareRedis({ say, program: false })
  await build('@gravito/playground')
  return run(process.execPath, ['apps/playground/dist/main.js', ...args])
}

/** @param {string[]} args */
async function bench(args) {
  await prepareRedis({ say, program: false })
  await build('@gravito/redis-benchmarks')
  return run(process.execPath, ['benchmarks/dist/main.js', ...args])
}

/** @param {string[]} args */
async function soak(args) {
  await prepareRedis({ say, program: false })
  await build('@gravito/redis-testing')
  await build('@gravito/redis-locks')
  return run(process.execPath, ['packages/redis-locks/soak/main.mjs', ...args])
}

/** @param {string[]} names folders or names of workspaces; none means all */
async function test(names) {
  const { testTotals } = await import('./test-totals.mjs')
  const chosen = testable(names)
  await prepareRedis({ say })
  say(`Tests of ${chosen.map(({ folder }) => folder).join(', ')} …`)
  const startedAt = Date.now()
  const filters = names.length > 0 ? chosen.map(({ name }) => `--filter=${name}`) : []
  const exitCode = await runTasks(['test'], ['--output-logs=new-only', ...filters])
  return testTotals({ folders: chosen.map(({ folder }) => folder), startedAt, exitCode })
}

/** @param {string[]} names */
function testable(names) {
  const all = workspaces().filter(({ scripts }) => scripts.test)
  const called = (/** @type {string} */ name) =>
    all.filter(it => [it.name, it.folder, path.basename(it.folder)].includes(name))
  const unknown = names.find(name => called(name).length === 0)
  if (unknown !== undefined)
    throw new Error(
      `No workspace with tests is called ${unknown}. There are: ${all.map(it => path.basename(it.folder)).join(', ')}`,
    )
  return names.length > 0 ? names.flatMap(called) : all
}

async function install() {
  if (isInstalled()) return
  say('Dependencies: npm ci …')
  const exitCode = await run('npm', ['ci', '--no-audit', '--no-fund'])
  if (exitCode !== 0) throw new Error('npm ci failed; its message is above.')
}

/** An install by Bun has no list of npm's: its own lock and turbo are enough. */
function isInstalled() {
  const at = (/** @type {string} */ file) => path.join(ROOT, file)
  if (existsSync(at('bun.lock')) && existsSync(TURBO)) return true
  const list = at('node_modules/.package-lock.json')
  if (!existsSync(list) || !existsSync(TURBO)) return false
  return statSync(list).mtimeMs >= statSync(at('package-lock.json')).mtimeMs
}

/** @param {string} name */
async function build(name) {
  say('Build …')
  const options = ['--output-logs=errors-only', '--ui=stream']
  const exitCode = await run(TURBO, ['run', 'build', `--filter=${name}`, ...options])
  if (exitCode !== 0) throw new Error('The build failed; its message is above.')
}

/** @param {number} major @param {number} minor */
function requireNode(major, minor) {
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number)
  if (ownMajor < major || (ownMajor === major && ownMinor < minor))
    throw new Error(
      `Node ${major}.${minor} or newer is needed; this is ${process.version}. See https://nodejs.org`,
    )
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`▸ ${line}\n`)
}

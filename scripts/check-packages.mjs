// Packs every package and checks the tarballs as a stranger meets them: contents, publint, attw, and each one
// installed alone into an empty project that imports it on Node and Bun, requires it, and compiles with every
// TypeScript in use. Leaves .reports/packages.json. Needs a build.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { installCompilers, makeConsumer } from './package-consumer.mjs'
import { ROOT, readJson, workspaces } from './workspaces.mjs'

/** @typedef {{ name: string, manifest: { dependencies?: Record<string, string>, exports?: unknown }, tarball: string, files: string[] }} Packed */

const ALLOWED = /^(dist\/.+|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/
const REQUIRED = ['package.json', 'README.md', 'LICENSE']

const execute = promisify(execFile)
const bin = (/** @type {string} */ name) => path.join(ROOT, 'node_modules', '.bin', name)
const work = mkdtempSync(path.join(tmpdir(), 'packages-'))
const report = {
  passed: 0,
  failed: 0,
  skipped: 0,
  problems: /** @type {string[]} */ ([]),
  skips: [],
}

try {
  const packed = await Promise.all(
    workspaces()
      .filter(workspace => !workspace.private)
      .map(workspace => pack(workspace)),
  )
  const compilers = await installCompilers(path.join(work, 'compilers'))
  const jobs = [
    () => checkTogether(packed, compilers.slice(-1)),
    ...packed.map(it => () => checkPackage(it, packed, compilers)),
  ]
  // As many at once as there are processors; those of one package in their order.
  const lanes = Array.from({ length: Math.min(availableParallelism(), jobs.length) }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await job()
  })
  await Promise.all(lanes)
  const folder = path.join(ROOT, '.reports')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'packages.json'), JSON.stringify(report, null, 2))
  console.log(`${report.passed} passed, ${report.failed} failed`)
  process.exitCode = report.failed === 0 && report.passed > 0 ? 0 : 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

/**
 * @param {Packed} it @param {readonly Packed[]} packed
 * @param {readonly import('./package-consumer.mjs').Compiler[]} compilers
 */
async function checkPackage(it, packed, compilers) {
  await check(`${it.name}: contents`, async () => contents(it))
  await check(`${it.name}: publint`, () => execute(bin('publint'), [it.tarball, '--strict']))
  await check(`${it.name}: types of every entry (attw)`, () =>
    execute(bin('attw'), [it.tarball, '--no-color', '--no-emoji', '--format', 'ascii']),
  )
  const consumer = makeConsumer(path.join(work, path.basename(it.tarball, '.tgz')), entries(it))
  await check(`${it.name}: installs alone`, () => consumer.install(needs(it, packed)))
  await check(`${it.name}: import`, () => consumer.import())
  await check(`${it.name}: require`, () => consumer.require())
  await check(`${it.name}: import on Bun`, () => consumer.bun())
  for (const compiler of compilers)
    await check(`${it.name}: ${compiler.name}`, () => consumer.typecheck(compiler))
}

/**
 * What one package declares for everybody may not fit what another does.
 *
 * @param {readonly Packed[]} packed
 * @param {readonly import('./package-consumer.mjs').Compiler[]} compilers
 */
async function checkTogether(packed, compilers) {
  const consumer = makeConsumer(path.join(work, 'together'), packed.flatMap(entries))
  await check('all together: install', () => consumer.install(packed.map(it => it.tarball)))
  for (const compiler of compilers)
    await check(`all together: ${compiler.name}`, () => consumer.typecheck(compiler))
}

/** @param {string} what @param {() => Promise<unknown>} run */
async function check(what, run) {
  try {
    await run()
    report.passed++
    console.log(`ok      ${what}`)
  } catch (error) {
    const { stdout, stderr, message } =
      /** @type {{ stdout?: string, stderr?: string, message: string }} */ (error)
    const output = [stdout, stderr].filter(Boolean).join('\n').trim() || message
    report.failed++
    report.problems.push(`${what}: ${output.split('\n')[0]}`)
    console.log(`FAILED  ${what}\n${output.replace(/^/gm, '        ')}`)
  }
}

/**
 * @param {import('./workspaces.mjs').Workspace} workspace
 * @returns {Promise<Packed>}
 */
async function pack({ name, folder }) {
  const cwd = path.join(ROOT, folder)
  const options = ['--json', '--ignore-scripts', '--pack-destination', work]
  const { stdout } = await execute('npm', ['pack', ...options], { cwd })
  const [{ filename, files }] = JSON.parse(stdout)
  return {
    name,
    manifest: readJson(path.join(cwd, 'package.json')),
    tarball: path.join(work, path.basename(filename)),
    files: files.map((/** @type {{ path: string }} */ file) => file.path),
  }
}

/** @param {Packed} packed */
function contents({ manifest, tarball, files }) {
  if (!existsSync(tarball)) throw new Error(`${tarball} was not written`)
  const needed = [...REQUIRED, ...targets(manifest.exports)]
  const missing = needed.filter(file => !files.includes(file))
  const surplus = files.filter(file => !ALLOWED.test(file))
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`)
  if (surplus.length > 0) throw new Error(`does not belong there: ${surplus.join(', ')}`)
}

/**
 * The files that `exports` names.
 *
 * @param {unknown} entry
 * @returns {string[]}
 */
function targets(entry) {
  if (typeof entry === 'string') return [path.posix.normalize(entry)]
  return Object.values(entry ?? {}).flatMap(targets)
}

/**
 * What code may load of a package.
 *
 * @param {Packed} packed
 * @returns {string[]}
 */
function entries({ name, manifest }) {
  return Object.keys(manifest.exports ?? {})
    .filter(entry => entry !== './package.json')
    .map(entry => path.posix.join(name, entry))
}

/**
 * The tarball, and those of the packages of ours that it depends on.
 *
 * @param {Packed} it @param {readonly Packed[]} all
 * @returns {string[]}
 */
function needs(it, all) {
  const own = all.filter(other => Object.hasOwn(it.manifest.dependencies ?? {}, other.name))
  return [...new Set([it.tarball, ...own.flatMap(other => needs(other, all))])]
}

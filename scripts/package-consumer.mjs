import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { ROOT, readJson } from './workspaces.mjs'

const execute = promisify(execFile)
const TIMEOUT_MS = 180_000
const BUN = path.join(ROOT, 'node_modules/bun/bin/bun.exe')
const INSTALL = [
  ...['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'],
  '--no-package-lock',
]

/** The compilers that users have, beside the project's own; each is installed under the name here. */
const COMPILERS = {
  typescript5: 'npm:typescript@5.9.3',
  typescript7: 'npm:typescript@7.0.2',
}

/** Entries that only declare types: importing them must work, and gives nothing. */
const TYPES_ONLY = new Set(['@gravito/plasma-orbit/cache'])

/** @typedef {{ name: string, tsc: string }} Compiler */

/**
 * TypeScript 5, 6 and 7, the latter two installed into `folder`.
 *
 * @param {string} folder
 * @returns {Promise<Compiler[]>}
 */
export async function installCompilers(folder) {
  makeProject(folder)
  const wanted = Object.entries(COMPILERS).map(([name, what]) => `${name}@${what}`)
  await execute('npm', [...INSTALL, ...wanted], { cwd: folder })
  const places = [
    path.join(ROOT, 'node_modules/typescript'),
    ...Object.keys(COMPILERS).map(name => path.join(folder, 'node_modules', name)),
  ]
  return places
    .map(place => ({
      name: `TypeScript ${readJson(path.join(place, 'package.json')).version}`,
      tsc: path.join(place, 'bin/tsc'),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** @param {string} folder */
function makeProject(folder) {
  mkdirSync(folder)
  const manifest = { name: 'consumer', private: true, type: 'module' }
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
}

/**
 * An empty project in `folder` that uses the entries called `names` of a package, first to be installed from `tarballs`.
 *
 * @param {string} folder @param {readonly string[]} names
 */
export function makeConsumer(folder, names) {
  makeProject(folder)
  const write = (/** @type {string} */ file, /** @type {string} */ text) =>
    writeFileSync(path.join(folder, file), text)
  const run = (/** @type {string} */ file, /** @type {string[]} */ ...args) =>
    execute(file, args, { cwd: folder, timeout: TIMEOUT_MS })

  /** @type {Map<string, string[]> | undefined} */
  let imported

  /**
   * What each entry exports.
   *
   * @param {string} runtime @param {string} file @param {(name: string) => string} load an expression
   */
  async function exportsOf(runtime, file, load) {
    const lists = names.map(it => `Object.keys(${load(it)}).sort()`)
    write(file, `console.log(JSON.stringify([${lists.join(', ')}]))\n`)
    const { stdout } = await run(runtime, file)
    const found = new Map(
      names.map((it, i) => [it, /** @type {string[]} */ (JSON.parse(stdout)[i])]),
    )
    for (const [name, { length }] of found) {
      if ((length === 0) !== TYPES_ONLY.has(name))
        throw new Error(`${name} exports ${length === 0 ? 'nothing' : 'more than types'}`)
    }
    return found
  }

  /** @param {Map<string, string[]>} found */
  function compare(found) {
    for (const [name, exported] of imported ?? []) {
      const differ = exported.filter(it => it !== 'default' && !found.get(name)?.includes(it))
      if (differ.length > 0) throw new Error(`${name} lacks ${differ.join(', ')}`)
    }
  }

  return {
    /** @param {readonly string[]} tarballs */
    async install(tarballs) {
      const { version } = readJson(path.join(ROOT, 'node_modules/@types/node/package.json'))
      await execute('npm', [...INSTALL, ...tarballs, `@types/node@${version}`], { cwd: folder })
    },
    async import() {
      imported = await exportsOf(process.execPath, 'load.mjs', it => `await import('${it}')`)
    },
    async require() {
      compare(await exportsOf(process.execPath, 'load.cjs', it => `require('${it}')`))
    },
    async bun() {
      compare(await exportsOf(BUN, 'load.mjs', it => `await import('${it}')`))
    },
    /**
     * As ESM and CommonJS under `nodenext`, and as a bundler finds it. Libraries are checked, except TypeScript's own.
     *
     * @param {Compiler} compiler
     */
    async typecheck({ tsc }) {
      const text = (/** @type {(name: string) => string} */ load) =>
        names
          .map(
            (name, i) =>
              `${load(name).replace('all', `all${i}`)}\nexport type Names${i} = keyof typeof all${i}\n`,
          )
          .join('')
      const imports = text(name => `import * as all from '${name}'`)
      write('nodenext.mts', imports)
      write(
        'nodenext.cts',
        text(name => `import all = require('${name}')`),
      )
      write('bundler.ts', imports)
      const projects = {
        nodenext: { module: 'NodeNext', files: ['nodenext.mts', 'nodenext.cts'] },
        bundler: { module: 'ESNext', files: ['bundler.ts'] },
      }
      for (const [moduleResolution, { module, files }] of Object.entries(projects)) {
        const compilerOptions = {
          target: 'ES2022',
          module,
          moduleResolution,
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          skipDefaultLibCheck: true,
          types: ['node'],
        }
        const project = `tsconfig.${moduleResolution}.json`
        write(project, JSON.stringify({ compilerOptions, files }))
        await run(process.execPath, tsc, '-p', project)
      }
    },
  }
}

import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { ROOT, readJson } from './workspaces.mjs'

const execute = promisify(execFile)
const TIMEOUT_MS = 120_000
const TSC = path.join(ROOT, 'node_modules/typescript/bin/tsc')

/** Entries that only declare types: importing them must work, and gives nothing. */
const TYPES_ONLY = new Set(['@gravito/plasma-orbit/cache'])

/**
 * An empty project in `folder` that uses a package, first to be installed from `tarballs`; `name` is one of its entries.
 *
 * @param {string} folder
 */
export function makeConsumer(folder) {
  mkdirSync(folder)
  const write = (/** @type {string} */ file, /** @type {string} */ text) =>
    writeFileSync(path.join(folder, file), text)
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const node = (/** @type {string[]} */ ...args) =>
    execute(process.execPath, args, { cwd: folder, timeout: TIMEOUT_MS })

  /** @param {string} file @param {string} load @param {string} name */
  async function exportsOf(file, load, name) {
    write(file, `${load}\nconsole.log(JSON.stringify(Object.keys(all).sort()))\n`)
    const { stdout } = await node(file)
    const names = /** @type {string[]} */ (JSON.parse(stdout))
    if ((names.length === 0) !== TYPES_ONLY.has(name))
      throw new Error(names.length === 0 ? 'it exports nothing' : 'it exports more than types')
    return names
  }
  /** @param {string} name */
  const imported = name => exportsOf('load.mjs', `import * as all from '${name}'`, name)

  return {
    /** @param {readonly string[]} tarballs */
    async install(tarballs) {
      const types = `@types/node@${readJson(path.join(ROOT, 'node_modules/@types/node/package.json')).version}`
      const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
      await execute('npm', ['install', ...options, ...tarballs, types], { cwd: folder })
    },
    import: imported,
    /** @param {string} name */
    async require(name) {
      const required = await exportsOf('load.cjs', `const all = require('${name}')`, name)
      const differ = (await imported(name)).filter(it => it !== 'default' && !required.includes(it))
      if (differ.length > 0) throw new Error(`require lacks ${differ.join(', ')}`)
    },
    /** @param {readonly string[]} names @param {'nodenext' | 'bundler'} resolution */
    async typecheck(names, resolution) {
      const text = (/** @type {(name: string) => string} */ load) =>
        names
          .map(
            (name, i) =>
              `${load(name).replace('all', `all${i}`)}\nexport type Names${i} = keyof typeof all${i}\n`,
          )
          .join('')
      const imports = text(name => `import * as all from '${name}'`)
      const sources = {
        nodenext: {
          'nodenext.mts': imports,
          'nodenext.cts': text(name => `import all = require('${name}')`),
        },
        bundler: { 'bundler.ts': imports },
      }[resolution]
      for (const [file, source] of Object.entries(sources)) write(file, source)
      const compilerOptions = {
        target: 'ES2022',
        module: resolution === 'nodenext' ? 'NodeNext' : 'ESNext',
        moduleResolution: resolution,
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        skipDefaultLibCheck: true,
        types: ['node'],
      }
      const project = `tsconfig.${resolution}.json`
      write(project, JSON.stringify({ compilerOptions, files: Object.keys(sources) }))
      await node(TSC, '-p', project)
    },
  }
}

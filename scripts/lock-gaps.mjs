// A lock made where a registry lacks binaries of other platforms installs nothing there: every optional dependency
// that the lock names needs an entry of its own.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT, readJson } from './workspaces.mjs'

/**
 * @typedef {{ packages: Record<string, { link?: boolean, optionalDependencies?: Record<string, string> }> }} Lock
 */

/**
 * What is missing, as `package needs dependency@range`.
 *
 * @param {Lock} lock
 * @returns {string[]}
 */
export function lockGaps({ packages }) {
  return Object.entries(packages).flatMap(([place, { link, optionalDependencies = {} }]) =>
    link
      ? []
      : Object.entries(optionalDependencies)
          .filter(([name]) => !candidates(place, name).some(it => Object.hasOwn(packages, it)))
          .map(([name, range]) => `${place || 'the root'} needs ${name}@${range}`),
  )
}

/**
 * Where Node would look for `name` from `place`, nearest first.
 *
 * @param {string} place @param {string} name
 */
function candidates(place, name) {
  const found = []
  for (let folder = place; ; folder = parent(folder)) {
    found.push(folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`)
    if (folder === '') return found
  }
}

/** @param {string} place */
const parent = place => place.slice(0, Math.max(0, place.lastIndexOf('node_modules/') - 1))

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const gaps = lockGaps(readJson(path.join(ROOT, 'package-lock.json')))
  for (const gap of gaps) console.error(gap)
  console.log(gaps.length === 0 ? 'package-lock.json is complete' : `${gaps.length} gaps`)
  process.exitCode = gaps.length === 0 ? 0 : 1
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root folder. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** @typedef {{ name: string, folder: string, scripts: Record<string, string>, private: boolean }} Workspace `folder` is relative to the root */

/**
 * The workspaces that the root package.json names and that exist.
 *
 * @returns {Workspace[]}
 */
export function workspaces(root = ROOT) {
  const patterns = /** @type {string[]} */ (readJson(path.join(root, 'package.json')).workspaces)
  const folders = patterns.flatMap(pattern => {
    const parent = pattern.replace(/\/\*$/, '')
    if (parent === pattern) return [pattern]
    if (!existsSync(path.join(root, parent))) return []
    return readdirSync(path.join(root, parent)).map(name => `${parent}/${name}`)
  })
  return folders
    .filter(folder => existsSync(path.join(root, folder, 'package.json')))
    .map(folder => {
      const manifest = readJson(path.join(root, folder, 'package.json'))
      const { name, scripts = {}, private: isPrivate = false } = manifest
      return { name, folder, scripts, private: isPrivate }
    })
}

/** @param {string} file */
export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

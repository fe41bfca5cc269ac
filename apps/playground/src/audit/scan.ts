import type { Dirent } from 'node:fs'
import { lstat, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { type Manifest, parseManifest } from './manifest.js'

/** One installed package, examined. */
export interface Examined extends Manifest {
  /** Relative to the audited folder, with forward slashes. */
  directory: string
  /** Its own files, without the packages nested in it. */
  files: number
  bytes: number
}

/**
 * Every package installed under `root`: the folders with a package.json in its node_modules (or in `root` itself,
 * if it has none), nested ones and pnpm's store too. Links are left alone: what they lead to is elsewhere.
 *
 * @returns sorted paths relative to `root`
 */
export async function findPackages(root: string): Promise<string[]> {
  const found: string[] = []
  const start = (await isFolder(path.join(root, 'node_modules'))) ? 'node_modules' : ''
  await findIn(root, start, found)
  return found.sort()
}

/** Read one package's manifest and add up its files. Never rejects: what cannot be read is a problem. */
export async function examine(root: string, directory: string): Promise<Examined> {
  const folder = path.join(root, directory)
  const manifest = await readManifest(folder, directory)
  const size = { files: 0, bytes: 0 }
  const unreadable: string[] = []
  await measure(folder, size, unreadable)
  return { ...manifest, directory, ...size, problems: [...manifest.problems, ...unreadable.sort()] }
}

/** Changes whenever the package's manifest does, so that a cached examination is not of an older version. */
export async function identityOf(root: string, directory: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path.join(root, directory, 'package.json'))
    return `${path.resolve(root, directory)}:${ino}:${size}:${mtimeMs}`
  } catch {
    return `${path.resolve(root, directory)}:unreadable`
  }
}

async function findIn(root: string, modules: string, found: string[]): Promise<void> {
  for (const entry of await entriesOf(path.join(root, modules))) {
    if (!entry.isDirectory()) continue
    const directory = path.posix.join(modules, entry.name)
    if (entry.name.startsWith('@')) await findIn(root, directory, found)
    else if (entry.name === '.pnpm') await findInStore(root, directory, found)
    else if (!entry.name.startsWith('.')) await findPackage(root, directory, found)
  }
}

async function findInStore(root: string, store: string, found: string[]): Promise<void> {
  for (const entry of await entriesOf(path.join(root, store))) {
    const modules = path.posix.join(store, entry.name, 'node_modules')
    if (entry.isDirectory()) await findIn(root, modules, found)
  }
}

async function findPackage(root: string, directory: string, found: string[]): Promise<void> {
  const entries = await entriesOf(path.join(root, directory))
  if (entries.some(entry => entry.name === 'package.json' && entry.isFile())) found.push(directory)
  if (entries.some(entry => entry.name === 'node_modules' && entry.isDirectory()))
    await findIn(root, path.posix.join(directory, 'node_modules'), found)
}

async function readManifest(folder: string, directory: string): Promise<Manifest> {
  const name =
    directory
      .split('/node_modules/')
      .at(-1)
      ?.replace(/^node_modules\//, '') ?? directory
  try {
    return parseManifest(await readFile(path.join(folder, 'package.json'), 'utf8'), name)
  } catch (error) {
    const problem = `package.json cannot be read: ${(error as NodeJS.ErrnoException).code}`
    return { name, version: 'unknown', licence: 'unknown', problems: [problem] }
  }
}

async function measure(
  folder: string,
  size: { files: number; bytes: number },
  unreadable: string[],
  inside = '',
): Promise<void> {
  let entries: Dirent[]
  try {
    entries = await readdir(path.join(folder, inside), { withFileTypes: true })
  } catch (error) {
    unreadable.push(`${inside || 'folder'}: ${(error as NodeJS.ErrnoException).code}`)
    return
  }
  const sizes = entries.map(async entry => {
    const at = path.join(inside, entry.name)
    if (entry.isDirectory()) {
      if (at !== 'node_modules') await measure(folder, size, unreadable, at)
    } else if (entry.isFile()) {
      const { size: bytes } = await lstat(path.join(folder, at))
      size.bytes += bytes
      size.files++
    }
  })
  await Promise.all(sizes)
}

/** Nothing for a folder that cannot be read. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => [])
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    found => found.isDirectory(),
    () => false,
  )
}

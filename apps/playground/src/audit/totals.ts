import { isDeepStrictEqual } from 'node:util'
import { type Examined, examine } from './scan.js'

/** A package among the largest. */
export interface Large {
  directory: string
  bytes: number
}

/** What an audit adds up. */
export interface Totals {
  packages: number
  files: number
  bytes: number
  /** Packages per licence. */
  licences: Record<string, number>
  /** Copies per `name@version`. */
  versions: Record<string, number>
  /** What is wrong, by directory. */
  problems: Record<string, string>
  largest: Large[]
}

/** A package installed in several versions. */
export interface Duplicate {
  name: string
  versions: string[]
}

const LARGEST = 10

/** The plain scan: one package after the other, in this process, without Redis. */
export async function scanSequentially(
  root: string,
  directories: readonly string[],
): Promise<Totals> {
  const licences = new Map<string, number>()
  const versions = new Map<string, number>()
  const problems = new Map<string, string>()
  let largest: Large[] = []
  let [files, bytes] = [0, 0]
  for (const directory of directories) {
    const examined = await examine(root, directory)
    files += examined.files
    bytes += examined.bytes
    licences.set(examined.licence, (licences.get(examined.licence) ?? 0) + 1)
    const version = versionOf(examined)
    versions.set(version, (versions.get(version) ?? 0) + 1)
    if (examined.problems.length > 0) problems.set(directory, examined.problems.join('; '))
    largest = withLarge(largest, examined)
  }
  return {
    packages: directories.length,
    files,
    bytes,
    licences: Object.fromEntries(licences),
    versions: Object.fromEntries(versions),
    problems: Object.fromEntries(problems),
    largest,
  }
}

/** The ten largest, after one more; the same directory counts once. */
export function withLarge(largest: readonly Large[], { directory, bytes }: Large): Large[] {
  return [...largest.filter(it => it.directory !== directory), { directory, bytes }]
    .sort((a, b) => b.bytes - a.bytes || (a.directory < b.directory ? -1 : 1))
    .slice(0, LARGEST)
}

export const versionOf = ({ name, version }: Pick<Examined, 'name' | 'version'>): string =>
  `${name}@${version}`

/** The packages of which several versions are installed, most versions first. */
export function duplicatesOf(versions: Readonly<Record<string, number>>): Duplicate[] {
  const byName = new Map<string, string[]>()
  for (const each of Object.keys(versions)) {
    const at = each.lastIndexOf('@')
    const name = each.slice(0, at)
    byName.set(name, [...(byName.get(name) ?? []), each.slice(at + 1)])
  }
  return [...byName]
    .filter(([, all]) => all.length > 1)
    .map(([name, all]) => ({ name, versions: all.sort() }))
    .sort((a, b) => b.versions.length - a.versions.length || (a.name < b.name ? -1 : 1))
}

/** In which parts two totals differ, in words; nothing when they are equal. */
export function differences(ours: Totals, sequential: Totals): string[] {
  const parts = Object.keys(sequential) as (keyof Totals)[]
  return parts
    .filter(part => !isDeepStrictEqual(ours[part], sequential[part]))
    .map(part => `${part}: ${shortly(ours[part])} instead of ${shortly(sequential[part])}`)
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

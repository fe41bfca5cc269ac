import { type Text, text } from './replies.js'

/** A map in any of the shapes in which it comes: flat, or as an object. */
export type RawMap = readonly unknown[] | Readonly<Record<string, unknown>>

/** Names and values of a map. */
export function entriesOf<Value = unknown>(raw: RawMap): [name: string, value: Value][] {
  if (!Array.isArray(raw)) return Object.entries(raw) as [string, Value][]
  const entries: [string, Value][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) entries.push([String(raw[i]), raw[i + 1]])
  return entries
}

/** A map as an object whose names are written as JavaScript writes them: `tot-mem` as `totMem`. */
export const shaped = (raw: RawMap): Record<string, unknown> =>
  Object.fromEntries(entriesOf(raw).map(([name, value]) => [camelCase(name), value]))

/** `tot-mem`, `used_memory`, `peak.allocated` as `totMem`, `usedMemory`, `peakAllocated`. */
export const camelCase = (name: string): string =>
  name.replace(/[-_.]+(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The lines of a report that hold something. */
export const linesOf = (raw: unknown): Text[] =>
  text(raw)
    .split(/\r?\n/)
    .filter(line => line.trim() !== '') as Text[]

/** `name:value` lines as an object; headings are left out. */
export const lineRecord = (raw: unknown): Record<string, Text> =>
  Object.fromEntries(
    linesOf(raw)
      .filter(line => !line.startsWith('#') && line.includes(':'))
      .map(line => cut(line, ':')),
  )

/** What stands before and behind the first `separator`. */
export function cut(line: string, separator: string): [before: Text, behind: Text] {
  const at = line.indexOf(separator)
  return at < 0
    ? [line as Text, '']
    : [line.slice(0, at) as Text, line.slice(at + separator.length) as Text]
}

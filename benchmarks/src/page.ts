import { writeFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** A Markdown table; the first column is the row's name, the others are numbers. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, ['---', ...head.slice(1).map(() => '---:')], ...rows]
    .map(cells => `| ${cells.join(' | ')} |\n`)
    .join('')
}

/** The machine by its size only. */
export function machine(): string {
  return `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, client and server on one machine`
}

/** Write a page of docs/. */
export function writePage(name: string, text: string): void {
  writeFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), text)
}

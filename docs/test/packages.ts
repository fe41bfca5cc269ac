import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import ts from 'typescript'
import { ROOT } from './samples.js'

/** The folders of the published packages. */
export const PACKAGES = readdirSync(path.join(ROOT, 'packages')).sort()

/** What users may type: every declaration of the built package, without comments and without names made by the bundler. */
export function declarationsOf(name: string): string {
  const folder = path.join(ROOT, 'packages', name, 'dist')
  const printer = ts.createPrinter({ removeComments: true })
  return readdirSync(folder)
    .filter(file => file.endsWith('.d.ts'))
    .map(file => {
      const text = readFileSync(path.join(folder, file), 'utf8')
      const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022)
      return { file: withoutHash(file), text: withoutHash(printer.printFile(source)) }
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ file, text }) => `// ${file}\n\n${text}`)
    .join('\n')
}

/** `funnel-UVbAWbhw.d.ts` is called anew with every change of its content. */
const withoutHash = (text: string): string =>
  text.replace(/-[\w-]{8}(?=\.d\.ts\b|\.js\b)/g, '').replace(/^\/\/# .*$/gm, '')

/** Kilobytes of a package's main entry, minified and gzipped, without its dependencies. */
export async function kilobytesOf(name: string): Promise<number> {
  const folder = path.join(ROOT, 'packages', name)
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, 'dist', 'index.js')],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    minify: true,
    write: false,
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1_000
}

/** The limit that a package's README promises, in kilobytes. */
export function promisedKilobytes(name: string): number {
  const readme = readFileSync(path.join(ROOT, 'packages', name, 'README.md'), 'utf8')
  return Number(/^Size: under (\d+) kB,/m.exec(readme)?.[1])
}

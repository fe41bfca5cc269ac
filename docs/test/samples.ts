import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** One block of TypeScript in a page, and what its `// => …` comments say that it prints. */
export interface Sample {
  /** `docs/guide.md:12` */
  readonly place: string
  readonly page: string
  readonly code: string
  readonly expected: string[]
}

export const ROOT = path.resolve(import.meta.dirname, '../..')

/** Every page whose samples must run: the READMEs and the documentation. */
export function pages(): string[] {
  const docs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  const readmes = readdirSync(path.join(ROOT, 'packages')).map(it => `packages/${it}/README.md`)
  return [
    'README.md',
    ...readmes,
    ...docs
      .filter(file => file.endsWith('.md') && !/(^|\/)(node_modules|\..*)\//.test(file))
      .map(file => `docs/${file}`),
  ].sort()
}

/** The samples of a page, in order. */
export function samplesOf(page: string): Sample[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm)].map(
    ({ 1: code = '', index }) => ({
      place: `${page}:${text.slice(0, index).split('\n').length + 1}`,
      page,
      code,
      expected: [...code.matchAll(/\/\/ => (.*)$/gm)].map(({ 1: line = '' }) => line),
    }),
  )
}

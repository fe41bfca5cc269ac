// The built declarations of the workspace in whose folder it is called name types of its optional peers. Without the
// peer an import of it is an error in the user's build; this lets the compiler pass over each.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const { peerDependenciesMeta = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
const optional = Object.keys(peerDependenciesMeta).filter(it => peerDependenciesMeta[it].optional)
const IGNORE = '// @ts-ignore the package is optional'

for (const file of readdirSync('dist').filter(it => /\.d\.c?ts$/.test(it))) {
  const at = path.join('dist', file)
  const lines = readFileSync(at, 'utf8').split('\n')
  const isOptional = (/** @type {string} */ line) =>
    optional.some(it => /^import /.test(line) && line.includes(`'${it}'`))
  const ignored = lines.flatMap((line, i) =>
    isOptional(line) && lines[i - 1] !== IGNORE ? [IGNORE, line] : [line],
  )
  writeFileSync(at, ignored.join('\n'))
}

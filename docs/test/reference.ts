import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { ROOT } from './samples.js'

/** An option, as the page or the source describes it. */
export interface Option {
  readonly name: string
  readonly type: string
  /** What the text calls the default, without marks. */
  readonly default: string | undefined
}

const plain = (text: string) => text.replace(/\\(?=\|)/g, '').replace(/[`'\s]/g, '')

/** The members of an interface, with what their comments call `default …`. */
export function optionsOf(file: string, name: string): Option[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
  const found = source.statements.find(
    (it): it is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(it) && it.name.text === name,
  )
  return (found?.members ?? []).flatMap(member => {
    if (!ts.isPropertySignature(member) || !member.type) return []
    const comment = member.getFullText(source).slice(0, -member.getText(source).length)
    const value = /[Dd]efault (`[^`]+`|\d+(?: \d{3})*)/.exec(comment)?.[1]
    return [
      {
        name: member.name.getText(source),
        type: plain(member.type.getText(source)),
        default: value && plain(value),
      },
    ]
  })
}

/** The rows of the tables below the heading that names an interface. */
export function documentedOptions(page: string, name: string): Option[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8')
  const section =
    text.split(/^## /m).find(it => it.split('\n', 1)[0]?.includes(`\`${name}\``)) ?? ''
  return [...section.matchAll(/^\| `(\w+)` \| `(.+?)` \| (.+?) \| .+ \|$/gm)].map(
    ([, option = '', type = '', value = '']) => ({
      name: option,
      type: plain(type),
      default: plain(value),
    }),
  )
}

/** `CODE ClassName` for each class of errors in a package's sources. */
export function errorsOf(name: string): string[] {
  const folder = path.join(ROOT, 'packages', name, 'src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => readFileSync(path.join(folder, file), 'utf8').split(/^(?:export )?class /m))
    .flatMap(text => {
      const [, type] = /^(\w+Error) extends \w*Error\b/.exec(text) ?? []
      const [, code] = /\bcode: '([A-Z_]+)'/.exec(text) ?? []
      return type && code ? [`${code} ${type}`] : []
    })
    .sort()
}

/** `CODE ClassName` for each heading of a code and the class named first below it. */
export function documentedErrors(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8')
  return [...text.matchAll(/^### ([A-Z_]+)\n\n`(\w+)`/gm)]
    .map(([, code, type]) => `${code} ${type}`)
    .sort()
}

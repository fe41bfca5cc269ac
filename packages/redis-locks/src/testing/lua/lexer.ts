import { LuaError } from './values.js'

export interface Token {
  readonly type: 'name' | 'keyword' | 'number' | 'text' | 'sign' | 'end'
  readonly text: string
  readonly line: number
}

const KEYWORDS = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
)
const SPACE = /\s+|--\[\[[\s\S]*?\]\]|--[^\n]*/y
const LONG_TEXT = /\[\[\n?([\s\S]*?)\]\]/y
const KINDS: readonly [Token['type'], RegExp][] = [
  ['name', /[A-Za-z_]\w*/y],
  ['number', /0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['text', /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y],
  ['sign', /\.\.\.|\.\.|==|~=|<=|>=|[-+*/%^#<>=(){}[\];:,.]/y],
]
const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** The words of a script. */
export function tokens(source: string): Token[] {
  const found: Token[] = []
  let at = 0
  let line = 1
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    const result = pattern.exec(source)
    if (!result) return undefined
    at = pattern.lastIndex
    return result
  }
  const counted = (text: string) => {
    line += text.split('\n').length - 1
  }
  const next = (): { type: Token['type']; text: string } => {
    for (const [type, pattern] of KINDS) {
      const text = match(pattern)?.[0]
      if (text !== undefined) return { type, text }
    }
    throw new LuaError(`line ${line}: unexpected ${source[at]}`)
  }
  for (;;) {
    for (let space = match(SPACE); space; space = match(SPACE)) counted(space[0])
    if (at >= source.length) break
    const long = match(LONG_TEXT)
    if (long) {
      found.push({ type: 'text', text: long[1] ?? '', line })
      counted(long[0])
      continue
    }
    const { type, text } = next()
    if (type === 'name' && KEYWORDS.has(text)) found.push({ type: 'keyword', text, line })
    else found.push({ type, text: type === 'text' ? unquoted(text) : text, line })
    counted(text)
  }
  found.push({ type: 'end', text: 'the end', line })
  return found
}

const unquoted = (text: string) =>
  text
    .slice(1, -1)
    .replace(/\\(\d{1,3}|[\s\S])/g, (_, code: string) =>
      /^\d/.test(code) ? String.fromCharCode(Number(code)) : (ESCAPES[code] ?? code),
    )

import { findPattern, type Match } from './pattern.js'
import {
  isTrue,
  LuaError,
  type LuaFunction,
  LuaTable,
  type LuaValue,
  numberText,
  toNumber,
  toText,
  typeName,
} from './values.js'

const textOf = (value: LuaValue): string => {
  const text = toText(value)
  if (text === undefined) throw new LuaError(`string expected, got ${typeName(value)}`)
  return text
}

const numberOf = (value: LuaValue): number => {
  const number = toNumber(value)
  if (number === undefined) throw new LuaError(`number expected, got ${typeName(value)}`)
  return number
}

/** A position from 0, of one from 1 or of one counted from the end. */
const start = (value: LuaValue, length: number) => {
  const at = value === undefined ? 1 : numberOf(value)
  return at > 0 ? at - 1 : at === 0 ? 0 : Math.max(0, length + at)
}

const sub: LuaFunction = (value, from, to = -1) => {
  const text = textOf(value)
  const end = numberOf(to)
  return [text.slice(start(from, text.length), end < 0 ? text.length + end + 1 : end)]
}

const capturesOf = (text: string, { from, to, captures }: Match): LuaValue[] =>
  captures.length > 0 ? captures : [text.slice(from, to)]

const match: LuaFunction = (value, pattern, from) => {
  const text = textOf(value)
  const found = findPattern(text, textOf(pattern), start(from, text.length))
  return found ? capturesOf(text, found) : [undefined]
}

const find: LuaFunction = (value, pattern, from, plain) => {
  const [text, sought] = [textOf(value), textOf(pattern)]
  const at = start(from, text.length)
  if (isTrue(plain)) {
    const found = text.indexOf(sought, at)
    return found < 0 ? [undefined] : [found + 1, found + sought.length]
  }
  const found = findPattern(text, sought, at)
  return found ? [found.from + 1, found.to, ...found.captures] : [undefined]
}

function* matches(text: string, pattern: string): Generator<Match> {
  for (let at = 0; at <= text.length; ) {
    const found = findPattern(text, pattern, at)
    if (!found) return
    yield found
    if (pattern.startsWith('^')) return
    at = found.to > found.from ? found.to : found.to + 1
  }
}

const gmatch: LuaFunction = (value, pattern) => {
  const text = textOf(value)
  const all = matches(text, textOf(pattern))
  return [
    () => {
      const { value: found } = all.next()
      return found ? capturesOf(text, found) : []
    },
  ]
}

const gsub: LuaFunction = (value, pattern, replacement, most = Number.POSITIVE_INFINITY) => {
  const text = textOf(value)
  let [result, at, count] = ['', 0, 0]
  for (const found of matches(text, textOf(pattern))) {
    if (count >= numberOf(most)) break
    count++
    const whole = text.slice(found.from, found.to)
    result += text.slice(at, found.from) + replaced(whole, capturesOf(text, found), replacement)
    at = found.to
  }
  return [result + text.slice(at), count]
}

function replaced(whole: string, captures: LuaValue[], replacement: LuaValue): string {
  if (typeof replacement === 'function') return toText(replacement(...captures)[0]) ?? whole
  if (replacement instanceof LuaTable) return toText(replacement.get(captures[0])) ?? whole
  return textOf(replacement).replace(/%(.)/g, (_, which: string) =>
    which === '0' ? whole : /\d/.test(which) ? textOf(captures[Number(which) - 1]) : which,
  )
}

const DIRECTIVE = /%([-+ 0#]*)(\d*)(?:\.(\d*))?([a-zA-Z%])/g

const format: LuaFunction = (pattern, ...args) => {
  let next = 0
  const text = textOf(pattern).replace(
    DIRECTIVE,
    (_, flags: string, width: string, precision: string | undefined, kind: string) => {
      if (kind === '%') return '%'
      const body = formatted(kind, precision, args[next++])
      const isPadded = flags.includes('0') && kind !== 's'
      if (flags.includes('-')) return body.padEnd(Number(width))
      if (isPadded && body.startsWith('-'))
        return `-${body.slice(1).padStart(Number(width) - 1, '0')}`
      return body.padStart(Number(width), isPadded ? '0' : ' ')
    },
  )
  return [text]
}

function formatted(kind: string, precision: string | undefined, value: LuaValue): string {
  switch (kind) {
    case 's': {
      const text = toText(value) ?? (value === undefined ? 'nil' : String(value))
      return precision === undefined ? text : text.slice(0, Number(precision))
    }
    case 'd':
    case 'i':
      return String(BigInt(Math.trunc(numberOf(value))))
    case 'x':
      return BigInt(Math.trunc(numberOf(value))).toString(16)
    case 'X':
      return BigInt(Math.trunc(numberOf(value)))
        .toString(16)
        .toUpperCase()
    case 'f':
      return fixed(numberOf(value), Number(precision ?? 6))
    case 'g':
      return numberText(Number(numberOf(value).toPrecision(Number(precision ?? 6) || 1)))
    case 'c':
      return String.fromCharCode(numberOf(value))
    default:
      throw new LuaError(`invalid option %${kind} to format`)
  }
}

const fixed = (value: number, digits: number) =>
  digits === 0 && Number.isInteger(value) && Number.isFinite(value)
    ? String(BigInt(value))
    : value.toFixed(digits)

/** `string`, also reached by `text:name(…)`. */
export const stringLibrary = LuaTable.from({
  sub,
  match,
  find,
  gmatch,
  gsub,
  format,
  len: value => [textOf(value).length],
  lower: value => [textOf(value).replace(/[A-Z]/g, it => it.toLowerCase())],
  upper: value => [textOf(value).replace(/[a-z]/g, it => it.toUpperCase())],
  rep: (value, times) => [textOf(value).repeat(Math.max(0, numberOf(times)))],
  reverse: value => [[...textOf(value)].reverse().join('')],
  byte: (value, from) => {
    const text = textOf(value)
    const at = start(from, text.length)
    return at < text.length ? [text.charCodeAt(at)] : []
  },
  char: (...codes) => [String.fromCharCode(...codes.map(numberOf))],
})

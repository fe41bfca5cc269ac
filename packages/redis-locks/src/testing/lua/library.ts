import { stringLibrary } from './strings.js'
import {
  isTrue,
  LuaError,
  type LuaFunction,
  LuaTable,
  type LuaValue,
  toNumber,
  toText,
  typeName,
} from './values.js'

const library = (functions: Record<string, LuaFunction>) => LuaTable.from(functions)

const numbers = (compute: (...values: number[]) => number): LuaFunction => {
  return (...args) => {
    const values = args.map(it => {
      const value = toNumber(it)
      if (value === undefined) throw new LuaError(`number expected, got ${typeName(it)}`)
      return value
    })
    return [compute(...values)]
  }
}

const tableOf = (value: LuaValue): LuaTable => {
  if (value instanceof LuaTable) return value
  throw new LuaError(`table expected, got ${typeName(value)}`)
}

const math = library({
  floor: numbers(Math.floor),
  ceil: numbers(Math.ceil),
  abs: numbers(Math.abs),
  max: numbers(Math.max),
  min: numbers(Math.min),
  sqrt: numbers(Math.sqrt),
  fmod: numbers((a, b) => a % b),
})
math.set('huge', Number.POSITIVE_INFINITY)

const table = library({
  insert(list, ...args) {
    const target = tableOf(list)
    const [at, value] = args.length > 1 ? args : [target.length + 1, args[0]]
    target.insert(toNumber(at) ?? 0, value)
    return []
  },
  remove(list, at) {
    const target = tableOf(list)
    return [target.remove(toNumber(at) ?? target.length)]
  },
  concat(list, separator = '', from = 1, to = tableOf(list).length) {
    const part = tableOf(list)
      .values()
      .slice((toNumber(from) ?? 1) - 1, toNumber(to))
    return [part.map(toText).join(toText(separator))]
  },
  sort(list, isBefore) {
    const before =
      typeof isBefore === 'function'
        ? (a: LuaValue, b: LuaValue) => isTrue(isBefore(a, b)[0])
        : (a: LuaValue, b: LuaValue) => (a as number) < (b as number)
    tableOf(list).sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0))
    return []
  },
})

function pairs(value: LuaValue): LuaValue[] {
  const entries = [...tableOf(value).entries()]
  let at = 0
  return [() => entries[at++] ?? []]
}

function ipairs(value: LuaValue): LuaValue[] {
  const list = tableOf(value)
  let at = 0
  return [
    () => {
      const item = list.get(++at)
      return item === undefined ? [] : [at, item]
    },
  ]
}

const text = (value: LuaValue): string => {
  const shown = value instanceof LuaTable || typeof value === 'function' ? typeName(value) : value
  return toText(shown) ?? (shown === undefined ? 'nil' : String(shown))
}

/** What every script may use besides `redis`. */
export const GLOBALS: Record<string, LuaValue> = {
  math,
  table,
  string: stringLibrary,
  tonumber: (value, base) => {
    if (base === undefined) return [toNumber(value)]
    const parsed = Number.parseInt(toText(value) ?? '', Number(base))
    return [Number.isNaN(parsed) ? undefined : parsed]
  },
  tostring: value => [text(value)],
  type: value => [typeName(value)],
  pairs,
  ipairs,
  unpack: (list, from = 1, to = tableOf(list).length) => {
    const values: LuaValue[] = []
    for (let i = Number(from); i <= Number(to); i++) values.push(tableOf(list).get(i))
    return values
  },
  select: (which, ...values) =>
    which === '#' ? [values.length] : values.slice((toNumber(which) ?? 1) - 1),
  error: value => {
    throw new LuaError(value)
  },
  assert: (value, message = 'assertion failed!', ...rest) => {
    if (!isTrue(value)) throw new LuaError(message)
    return [value, message, ...rest]
  },
  pcall: (fn, ...args) => {
    try {
      return [true, ...(fn as LuaFunction)(...args)]
    } catch (error) {
      if (error instanceof LuaError) return [false, error.value]
      throw error
    }
  },
}

import { decode, encode } from './rich.js'

/** Turns values into text and back; `deserialize(serialize(x))` must equal `x`. */
export interface Serializer {
  serialize(value: unknown): string
  deserialize(text: string): unknown
}

/** Starts the text of a value that JSON alone would change. */
const RICH = '\u0002'
/** What is nested deeper may refer to itself, which is looked into where speed does not matter. */
const PLAIN_DEPTH = 500

/**
 * JSON, at JSON's speed, for whatever JSON keeps exactly; otherwise also Date, BigInt, Map, Set, Buffer, typed
 * arrays, ArrayBuffer, undefined, NaN, infinities, -0, RegExp, URL and Error. An object with `toJSON` is stored as
 * that says; of other classes the own fields are. What holds no data (a function, a symbol, a Promise, a WeakMap, …)
 * and what refers to itself is refused.
 */
export const jsonPlus: Serializer = {
  serialize(value) {
    return isJson(value, PLAIN_DEPTH) ? JSON.stringify(value) : RICH + JSON.stringify(encode(value))
  },
  deserialize(text) {
    return text.charCodeAt(0) === RICH.charCodeAt(0)
      ? decode(JSON.parse(text.slice(RICH.length)))
      : JSON.parse(text)
  },
}

function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      break
    default:
      return false
  }
  if (value === null) return true
  if (depth === 0) return false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isJson(value[i], depth - 1)) return false
    return true
  }
  if (!isPlain(value)) return false
  for (const name in value) {
    if (!isJson((value as Record<string, unknown>)[name], depth - 1)) return false
  }
  return true
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

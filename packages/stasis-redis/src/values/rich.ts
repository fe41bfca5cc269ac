import { types } from 'node:util'

/** The key that marks an encoded value; an object that has it is encoded too. */
const TAG = '~'

type Tagged = { [TAG]: string; v?: unknown }
/** The objects around a value, outermost first. */
type Above = readonly object[]

const ARRAYS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
}

/** Runtimes differ in how deep their stack is; a value without an end would keep a deep one busy for minutes. */
const DEEPEST = 2_000

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }

/**
 * A value as JSON can hold it, with a mark on what JSON would change.
 *
 * @throws TypeError for what is no data, refers to itself, or is nested too deeply
 */
export function encode(value: unknown): unknown {
  try {
    return encodeBelow(value, [])
  } catch (error) {
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      throw new TypeError('it is nested too deeply', { cause: error })
    }
    throw error
  }
}

/**
 * The opposite of `encode`.
 *
 * @throws TypeError for a mark that only a newer version knows
 */
export function decode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(decode)
  return Object.hasOwn(value, TAG) ? decodeTagged(value as Tagged) : decodeFields(value)
}

const tagged = (type: string, v?: unknown): Tagged =>
  v === undefined ? { [TAG]: type } : { [TAG]: type, v }

function encodeBelow(value: unknown, above: Above): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'undefined':
      return tagged('undefined')
    case 'bigint':
      return tagged('bigint', String(value))
    case 'number':
      if (Object.is(value, -0)) return tagged('number', '-0')
      return Number.isFinite(value) ? value : tagged('number', String(value))
    case 'object':
      return value === null ? null : encodeObject(value, above)
    default:
      throw new TypeError(`a ${typeof value} is no data`)
  }
}

function encodeObject(value: object, above: Above): unknown {
  if (above.includes(value)) throw new TypeError('it refers to itself')
  if (above.length >= DEEPEST) throw new TypeError('it is nested too deeply')
  const inside = [...above, value]
  const all = (values: Iterable<unknown>) => Array.from(values, it => encodeBelow(it, inside))
  if (Array.isArray(value)) return all(value)
  if (types.isDate(value)) {
    return tagged('Date', Number.isNaN(value.getTime()) ? null : value.getTime())
  }
  if (types.isMap(value)) return tagged('Map', all([...value].flat()))
  if (types.isSet(value)) return tagged('Set', all(value))
  if (Buffer.isBuffer(value)) return tagged('Buffer', value.toString('base64'))
  if (types.isArrayBuffer(value)) return tagged('ArrayBuffer', base64(new Uint8Array(value)))
  if (types.isTypedArray(value)) {
    const type = value[Symbol.toStringTag]
    if (!Object.hasOwn(ARRAYS, type)) throw new TypeError(`a ${type} is not supported`)
    return tagged(type, base64(value))
  }
  if (types.isRegExp(value)) return tagged('RegExp', [value.source, value.flags])
  if (value instanceof URL) return tagged('URL', value.href)
  if (types.isNativeError(value)) return tagged('Error', encodeError(value, inside))
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return encodeBelow(value.toJSON(), inside)
  }
  const type = Object.prototype.toString.call(value).slice('[object '.length, -1)
  if (type !== 'Object') throw new TypeError(`a ${type} is no data`)
  return encodeFields(value, inside)
}

function encodeFields(value: object, inside: Above): unknown {
  const fields = Object.entries(value).map(([name, it]) => [name, encodeBelow(it, inside)] as const)
  return Object.hasOwn(value, TAG) ? tagged('Object', fields) : Object.fromEntries(fields)
}

/** Own fields that are not listed by `Object.entries`, but say something. */
const HIDDEN_FIELDS = ['cause', 'errors']

function encodeError(error: Error, inside: Above) {
  const { name, message, stack } = error
  const own = Object.entries(Object.getOwnPropertyDescriptors(error))
  const pick = (wanted: (field: string, isListed: boolean) => boolean) =>
    encodeFields(
      Object.fromEntries(
        own
          .filter(([field, { enumerable = false }]) => wanted(field, enumerable))
          .map(([field]) => [field, error[field as keyof Error]]),
      ),
      inside,
    )
  return {
    name,
    message,
    stack,
    listed: pick((field, isListed) => isListed && !['name', 'message', 'stack'].includes(field)),
    hidden: pick((field, isListed) => !isListed && HIDDEN_FIELDS.includes(field)),
  }
}

function decodeTagged({ [TAG]: type, v }: Tagged): unknown {
  switch (type) {
    case 'undefined':
      return undefined
    case 'bigint':
      return BigInt(v as string)
    case 'number':
      return Number(v)
    case 'Date':
      return new Date(v === null ? Number.NaN : (v as number))
    case 'Map':
      return decodeMap(v as unknown[])
    case 'Set':
      return new Set((v as unknown[]).map(decode))
    case 'Buffer':
      return Buffer.from(v as string, 'base64')
    case 'ArrayBuffer':
      return bytesOf(v as string)
    case 'RegExp': {
      const [source, flags] = v as [string, string]
      return new RegExp(source, flags)
    }
    case 'URL':
      return new URL(v as string)
    case 'Error':
      return decodeError(v as ReturnType<typeof encodeError>)
    case 'Object':
      return Object.fromEntries(
        (v as [string, unknown][]).map(([name, field]) => [name, decode(field)]),
      )
    default:
      if (!Object.hasOwn(ARRAYS, type)) {
        throw new TypeError(`a value of the unknown type "${type}", written by a newer version`)
      }
      return new ARRAYS[type as keyof typeof ARRAYS](bytesOf(v as string))
  }
}

const decodeFields = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, field]) => [name, decode(field)]))

function decodeMap(flat: unknown[]): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>()
  for (let i = 0; i < flat.length; i += 2) map.set(decode(flat[i]), decode(flat[i + 1]))
  return map
}

function decodeError(encoded: ReturnType<typeof encodeError>): Error {
  const { name, message, stack } = encoded
  const error =
    name === 'AggregateError'
      ? new AggregateError([], message)
      : new (Object.hasOwn(ERRORS, name) ? ERRORS[name as keyof typeof ERRORS] : Error)(message)
  const define = (fields: object, enumerable: boolean) => {
    for (const [field, value] of Object.entries(fields)) {
      Object.defineProperty(error, field, { value, enumerable, writable: true, configurable: true })
    }
  }
  define({ stack, ...(error.name === name ? {} : { name }) }, false)
  define(decode(encoded.hidden) as object, false)
  define(decode(encoded.listed) as object, true)
  return error
}

const base64 = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

function bytesOf(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text, 'base64')).buffer
}

/** Turns values into text and back; `deserialize(serialize(x))` must equal `x`. */
export interface Serializer {
  serialize(value: unknown): string
  deserialize(text: string): unknown
}

/** Starts the text of a value that JSON alone would change. */
const RICH = '\u0002'
/** The key that marks an encoded value; an object that has it is encoded too. */
const TAG = '~'

type Tagged = { [TAG]: string; v?: unknown }

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

/**
 * JSON, at JSON's speed, for whatever JSON keeps exactly; otherwise also Date, BigInt, Map, Set, Buffer, typed
 * arrays, ArrayBuffer, undefined, NaN, infinities, -0, RegExp, URL and Error. An object with `toJSON` is stored as
 * that says; of other classes the own fields are.
 */
export const jsonPlus: Serializer = {
  serialize(value) {
    try {
      return isJson(value) ? JSON.stringify(value) : RICH + JSON.stringify(encode(value))
    } catch (error) {
      if (error instanceof RangeError)
        throw new TypeError('it refers to itself, or is nested too deeply')
      throw error
    }
  },
  deserialize(text) {
    return text.startsWith(RICH) ? decode(JSON.parse(text.slice(RICH.length))) : JSON.parse(text)
  },
}

function isJson(value: unknown): boolean {
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
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isJson(value[i])) return false
    return true
  }
  if (!isPlain(value)) return false
  for (const name in value) if (!isJson((value as Record<string, unknown>)[name])) return false
  return true
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const tagged = (type: string, v?: unknown): Tagged =>
  v === undefined ? { [TAG]: type } : { [TAG]: type, v }

function encode(value: unknown): unknown {
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
      return value === null
        ? null
        : Array.isArray(value)
          ? Array.from(value, encode)
          : encodeObject(value)
    default:
      throw new TypeError(`a ${typeof value} is no data`)
  }
}

function encodeObject(value: object): unknown {
  if (value instanceof Date)
    return tagged('Date', Number.isNaN(value.getTime()) ? null : value.getTime())
  if (value instanceof Map)
    return tagged(
      'Map',
      Array.from(value, entry => entry.map(encode)),
    )
  if (value instanceof Set) return tagged('Set', Array.from(value, encode))
  if (Buffer.isBuffer(value)) return tagged('Buffer', value.toString('base64'))
  if (value instanceof ArrayBuffer)
    return tagged('ArrayBuffer', Buffer.from(value).toString('base64'))
  if (ArrayBuffer.isView(value) && value.constructor.name in ARRAYS) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return tagged(value.constructor.name, bytes.toString('base64'))
  }
  if (value instanceof RegExp) return tagged('RegExp', [value.source, value.flags])
  if (value instanceof URL) return tagged('URL', value.href)
  if (value instanceof Error) {
    const { name, message, stack, cause } = value
    return tagged('Error', {
      name,
      message,
      stack,
      ...(cause === undefined ? {} : { cause: encode(cause) }),
    })
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return encode(value.toJSON())
  const fields = Object.entries(value).map(([name, field]) => [name, encode(field)])
  return Object.hasOwn(value, TAG) ? tagged('Object', fields) : Object.fromEntries(fields)
}

function decode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(decode)
  if (Object.hasOwn(value, TAG)) return decodeTagged(value as Tagged)
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, decode(field)]))
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
      return new Map((v as [unknown, unknown][]).map(([key, item]) => [decode(key), decode(item)]))
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
      return decodeError(v as { name: string; message: string; stack?: string; cause?: unknown })
    case 'Object':
      return Object.fromEntries(
        (v as [string, unknown][]).map(([name, field]) => [name, decode(field)]),
      )
    default:
      if (type in ARRAYS) return new ARRAYS[type as keyof typeof ARRAYS](bytesOf(v as string))
      throw new TypeError(`a value of the unknown type "${type}", written by a newer version`)
  }
}

function bytesOf(base64: string): ArrayBuffer {
  const bytes = Buffer.from(base64, 'base64')
  return new Uint8Array(bytes).buffer
}

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }

function decodeError({
  name,
  message,
  stack,
  ...rest
}: {
  name: string
  message: string
  stack?: string
  cause?: unknown
}): Error {
  const type = name in ERRORS ? ERRORS[name as keyof typeof ERRORS] : Error
  const error = new type(message, 'cause' in rest ? { cause: decode(rest.cause) } : undefined)
  if (error.name !== name) error.name = name
  if (stack !== undefined) error.stack = stack
  return error
}

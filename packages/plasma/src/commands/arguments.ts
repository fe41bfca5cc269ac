/** A value that Redis stores: text, a number (sent as text) or bytes. */
export type Value = string | number | bigint | Uint8Array

/** A key: text or bytes. */
export type Key = string | Uint8Array

/** An object whose properties are all values; also one with the type of an interface, which is no `Record`. */
export type ValuesOf<T> = object & { readonly [Name in keyof T]: Value }

/** An argument that the door refuses; carrying it instead of throwing lets a client reject and a pipeline throw. */
export class Invalid {
  constructor(
    readonly argument: string,
    readonly problem: string,
  ) {}
}

/** A glob over keys: the door puts the escaped key prefix in front. */
export class KeyPattern {
  constructor(readonly glob: string) {}
}

/** What a method hands to the door. */
export type Argument = Value | Invalid | KeyPattern

/** Which arguments are keys: a range (`last` counts from the end when negative) or their positions. */
export type Keys = { first: number; last: number; step: number } | readonly number[]

export const NO_KEYS: Keys = []
export const FIRST_KEY: Keys = { first: 0, last: 0, step: 1 }
export const TWO_KEYS: Keys = { first: 0, last: 1, step: 1 }
export const ALL_KEYS: Keys = { first: 0, last: -1, step: 1 }
export const KEY_VALUE_PAIRS: Keys = { first: 0, last: -1, step: 2 }

export const SECOND_KEY: Keys = { first: 1, last: 1, step: 1 }

/** `count` keys from position `first` on. */
export const keysFrom = (first: number, count: number): Keys => ({
  first,
  last: first + count - 1,
  step: 1,
})

/** How the options of one command are written; each name becomes its token in upper case. */
export type OptionTable = Readonly<Record<string, (value: never, name: string) => Argument[]>>

/** An option that is its token alone: `{ nx: true }` sends `NX`. */
export const flag = (value: boolean, name: string): Argument[] =>
  value === true
    ? [name.toUpperCase()]
    : [new Invalid(name, `must be true or false, not ${show(value)}`)]

/** A duration or a time: a whole number above 0. */
export const positive = (value: number, name: string): Argument[] => [
  name.toUpperCase(),
  wholeNumber(name, value, 1),
]

/** Any whole number. */
export const whole = (value: number, name: string): Argument[] => [
  name.toUpperCase(),
  wholeNumber(name, value),
]

/** A number of something, 0 included. */
export const notNegative = (value: number, name: string): Argument[] => [
  name.toUpperCase(),
  wholeNumber(name, value, 0),
]

/** A word or a number that goes as it is. */
export const word = (value: Value, name: string): Argument[] => [name.toUpperCase(), value]

/** `LIMIT offset count`. */
export const limit = (value: { offset: number; count: number }, name: string): Argument[] =>
  isOptions(value)
    ? ['LIMIT', wholeNumber('limit.offset', value.offset), wholeNumber('limit.count', value.count)]
    : [new Invalid(name, 'must be { offset, count }')]

/**
 * Options as Redis arguments: `{ px: 5, nx: true }` becomes `PX 5 NX`. `undefined` and `false` send nothing,
 * an option that the table does not know is invalid.
 */
export function encodeOptions(options: object, table: OptionTable): Argument[] {
  if (!isOptions(options)) return [new Invalid('options', 'must be an object')]
  const args: Argument[] = []
  for (const name of Object.keys(options)) {
    const value = (options as Record<string, unknown>)[name]
    if (value === undefined || value === false) continue
    const encode = Object.hasOwn(table, name) ? table[name] : undefined
    if (encode) for (const arg of encode(value as never, name)) args.push(arg)
    else
      args.push(new Invalid(name, `is no option here; known are ${Object.keys(table).join(', ')}`))
  }
  return args
}

/** The rest of a call: one options object, or the positional form of ioredis (`'EX', 10, 'NX'`) as it is. */
export function encodeRest(rest: readonly unknown[], table: OptionTable): Argument[] {
  const [first] = rest
  if (rest.length === 0 || (rest.length === 1 && first === undefined)) return []
  return isOptions(first) ? encodeOptions(first, table) : (rest as Argument[])
}

/** Is this an options object (and not a value)? */
export const isOptions = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array) &&
  !(value instanceof Map)

/** `value` if it is a whole number of at least `min`. */
export function wholeNumber(
  argument: string,
  value: unknown,
  min = Number.MIN_SAFE_INTEGER,
): Argument {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  if (typeof value === 'bigint') return value
  if (Number.isSafeInteger(number) && (number as number) >= min) return number as number
  const wanted =
    min > Number.MIN_SAFE_INTEGER ? `a whole number of at least ${min}` : 'a whole number'
  return new Invalid(argument, `must be ${wanted}, not ${show(value)}`)
}

/** `value` in upper case if it is one of Redis' own words. */
export function choice(argument: string, value: unknown, ...words: string[]): Argument {
  const said = typeof value === 'string' ? value.toUpperCase() : ''
  return words.includes(said)
    ? said
    : new Invalid(argument, `must be one of ${words.map(it => it.toLowerCase()).join(', ')}`)
}

/** `ON` or `OFF`. */
export const onOff = (argument: string, value: unknown): Argument =>
  typeof value === 'boolean'
    ? value
      ? 'ON'
      : 'OFF'
    : new Invalid(argument, `must be true or false, not ${show(value)}`)

/** Seconds that may have a fraction, 0 for ever. */
export function seconds(argument: string, value: unknown): Argument {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0
    ? number
    : new Invalid(argument, `must be a number of seconds of at least 0, not ${show(value)}`)
}

/** `value` if it is a number other than NaN. */
export function anyNumber(argument: string, value: unknown): Argument {
  if (typeof value === 'number' && !Number.isNaN(value)) return value
  if (typeof value === 'bigint') return value
  if (typeof value === 'string' && value.trim() !== '') return value
  return new Invalid(argument, `must be a number, not ${show(value)}`)
}

/** Keys or members given one by one or as one array; none at all is invalid. */
export function list<T extends Value>(
  argument: string,
  given: readonly (T | readonly T[])[],
): Argument[] {
  const items = itemsOf(given) as T[]
  return items.length > 0 ? items : [new Invalid(argument, 'must hold at least one')]
}

/** Keys behind their number, and what follows. */
export interface CountedKeys {
  /** The number and the keys. */
  args: Argument[]
  count: number
  rest: readonly unknown[]
}

/** What `flat` would give, without its price for the two usual forms. */
function itemsOf<T>(given: readonly (T | readonly T[])[]): readonly (T | readonly T[])[] {
  const [first] = given
  if (given.length === 1 && Array.isArray(first)) return first.slice()
  return given.some(Array.isArray) ? (given.flat() as T[]) : given
}

/** Keys as one array, or in the positional form of ioredis: how many, and then each. */
export function countedKeys([first, ...others]: readonly unknown[]): CountedKeys {
  if (typeof first !== 'number') {
    const keys = list('keys', [first as Key | readonly Key[]])
    return { args: [keys.length, ...keys], count: keys.length, rest: others }
  }
  const flat = others.flat()
  const count = wholeNumber('numberOfKeys', first, 1)
  const enough = count instanceof Invalid || first <= flat.length
  const number = enough ? count : new Invalid('numberOfKeys', `is ${first}, but fewer follow`)
  const keys = flat.slice(0, first) as Key[]
  return { args: [number, ...keys], count: keys.length, rest: flat.slice(first) }
}

/** Fields and values from an object, a Map or a flat list: `a, 1, b, 2`. */
export function pairs(argument: string, given: readonly unknown[]): Argument[] {
  const flat = flatPairs(given)
  if (flat.length === 0) return [new Invalid(argument, 'must hold at least one field and value')]
  if (flat.length % 2 === 1) return [new Invalid(argument, 'must be fields and values in pairs')]
  return flat as Argument[]
}

function flatPairs(given: readonly unknown[]): unknown[] {
  const [first] = given
  if (first instanceof Map) return [...first].flat()
  if (!isOptions(first)) return given.flat()
  const flat: unknown[] = []
  for (const field of Object.keys(first)) flat.push(field, first[field])
  return flat
}

/** Shows a refused value in a message without its content. */
function show(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return String(value)
  return typeof value === 'string' ? 'a text' : `a value of type ${typeof value}`
}

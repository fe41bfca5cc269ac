import {
  type Argument,
  encodeOptions,
  FIRST_KEY,
  Invalid,
  isOptions,
  type Key,
  list,
  type OptionTable,
  type Value,
  wholeNumber,
} from './arguments.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** Positions count bytes unless they are said to count bits (Redis 7). */
export type BitUnit = 'byte' | 'bit' | 'BYTE' | 'BIT'

/** `diff`, `diff1`, `andor` and `one` need Redis 8.2. */
export type BitOperation = 'and' | 'or' | 'xor' | 'not' | 'diff' | 'diff1' | 'andor' | 'one'

/** An integer in a bitfield: `'i1'` to `'i64'` signed, `'u1'` to `'u63'` unsigned. */
export type BitEncoding = `i${number}` | `u${number}`

/** A position in bits, or as `'#n'` in widths of the encoding. */
export type BitOffset = number | `#${number}`

/** Read one integer of a bitfield. */
export type BitfieldGet = { get: BitEncoding; offset: BitOffset }

/** One step of BITFIELD; `overflow` holds for the steps behind it, `'wrap'` before the first. */
export type BitfieldOperation =
  | BitfieldGet
  | { set: BitEncoding; offset: BitOffset; value: number | bigint }
  | { incrBy: BitEncoding; offset: BitOffset; increment: number | bigint }
  | { overflow: 'wrap' | 'sat' | 'fail' }

const OPERATIONS = new Set(['AND', 'OR', 'XOR', 'NOT', 'DIFF', 'DIFF1', 'ANDOR', 'ONE'])
const OVERFLOWS = new Set(['wrap', 'sat', 'fail'])

export abstract class Bitmaps<M extends Mode> extends Sender<M> {
  /** Set one bit; resolves with what it was. */
  setbit(key: Key, offset: number, bit: 0 | 1) {
    return this.send<0 | 1>(
      'setbit',
      [key, wholeNumber('offset', offset, 0), oneBit(bit)],
      FIRST_KEY,
    )
  }

  /** One bit; 0 behind the end. */
  getbit(key: Key, offset: number) {
    return this.send<0 | 1>('getbit', [key, wholeNumber('offset', offset, 0)], FIRST_KEY)
  }

  /** How many bits are 1: in the whole value, or between two positions, both included, negative ones from the end. */
  bitcount(key: Key): Returns<M, number>
  bitcount(key: Key, start: number, end: number, unit?: BitUnit): Returns<M, number>
  bitcount(key: Key, start?: number, end?: number, unit?: BitUnit): Returns<M, number> {
    return this.send('bitcount', [key, ...span(start, end, unit)], FIRST_KEY)
  }

  /** The position of the first such bit, in bits from the start of the value; -1 when there is none. */
  bitpos(key: Key, bit: 0 | 1, start?: number, end?: number, unit?: BitUnit) {
    return this.send<number>('bitpos', [key, oneBit(bit), ...span(start, end, unit)], FIRST_KEY)
  }

  /** Combine values bit by bit into `destination`; resolves with its length in bytes. `not` takes one key. */
  bitop(
    operation: BitOperation | Uppercase<BitOperation>,
    destination: Key,
    ...keys: (Key | readonly Key[])[]
  ) {
    const sources = list('keys', keys)
    const token = String(operation).toUpperCase()
    const args = [OPERATIONS.has(token) ? token : unknownOperation, destination, ...sources]
    if (token === 'NOT' && sources.length > 1) args.push(new Invalid('keys', 'must be one for not'))
    return this.send<number>('bitop', args, { first: 1, last: -1, step: 1 })
  }

  /**
   * Read and write integers of any width inside one value; one reply per step that gives one: the value, what was
   * there before a `set`, `null` where `overflow: 'fail'` refused. Beyond ±2^53 a reply loses precision.
   *
   * @example
   * await redis.bitfield('stats', [{ incrBy: 'u8', offset: '#0', increment: 1 }, { get: 'u8', offset: '#1' }])
   * await redis.bitfield('stats', 'INCRBY', 'u8', '#0', 1)
   */
  bitfield(key: Key, operations: readonly BitfieldOperation[]): Returns<M, (number | null)[]>
  bitfield(key: Key, ...positional: Value[]): Returns<M, (number | null)[]>
  bitfield(key: Key, ...given: unknown[]): Returns<M, (number | null)[]> {
    return this.send('bitfield', [key, ...fieldArguments(given)], FIRST_KEY)
  }

  /** Read integers; a replica may serve it. */
  bitfieldRo(key: Key, operations: readonly BitfieldGet[]): Returns<M, number[]>
  bitfieldRo(key: Key, ...positional: Value[]): Returns<M, number[]>
  bitfieldRo(key: Key, ...given: unknown[]): Returns<M, number[]> {
    return this.send('bitfield_ro', [key, ...fieldArguments(given)], FIRST_KEY)
  }
}

const unknownOperation = new Invalid(
  'operation',
  `must be one of ${[...OPERATIONS].join(', ').toLowerCase()}`,
)

const oneBit = (bit: unknown): Argument =>
  bit === 0 || bit === 1 || bit === '0' || bit === '1' ? bit : new Invalid('bit', 'must be 0 or 1')

function span(start: unknown, end: unknown, unit: unknown): Argument[] {
  if (start === undefined)
    return end === undefined && unit === undefined ? [] : [new Invalid('start', 'is missing')]
  const from = wholeNumber('start', start)
  if (end === undefined) return unit === undefined ? [from] : [new Invalid('end', 'is missing')]
  return [from, wholeNumber('end', end), ...(unit === undefined ? [] : [unitToken(unit)])]
}

const unitToken = (unit: unknown): Argument => {
  const token = String(unit).toUpperCase()
  return token === 'BYTE' || token === 'BIT'
    ? token
    : new Invalid('unit', "must be 'byte' or 'bit'")
}

function fieldArguments(given: readonly unknown[]): Argument[] {
  const [operations] = given
  if (!Array.isArray(operations)) return given as Argument[]
  return operations.flatMap(it => (isOptions(it) ? operationArguments(it) : [notAnOperation]))
}

const notAnOperation = new Invalid('operations', 'must hold get, set, incrBy or overflow')

const ENCODING = /^(?:i(?:[1-9]|[1-5]\d|6[0-4])|u(?:[1-9]|[1-5]\d|6[0-3]))$/

const encoding = (value: unknown, name: string): Argument[] => [
  name.toUpperCase(),
  typeof value === 'string' && ENCODING.test(value)
    ? value
    : new Invalid(name, 'must be i1 to i64 or u1 to u63'),
]
const offset = (value: unknown): Argument[] => [
  typeof value === 'string' && /^#\d+$/.test(value) ? value : wholeNumber('offset', value, 0),
]
const amount = (value: unknown, name: string): Argument[] => [wholeNumber(name, value)]
const overflow = (value: unknown): Argument[] =>
  typeof value === 'string' && OVERFLOWS.has(value)
    ? ['OVERFLOW', value.toUpperCase()]
    : [new Invalid('overflow', "must be 'wrap', 'sat' or 'fail'")]

/** The first name of a step says which it is; the others follow in Redis' order. */
const STEPS: Readonly<Record<string, OptionTable>> = {
  get: { get: encoding, offset },
  set: { set: encoding, offset, value: amount },
  incrBy: { incrBy: encoding, offset, increment: amount },
  overflow: { overflow },
}

function operationArguments(step: Record<string, unknown>): Argument[] {
  const name = Object.keys(STEPS).find(it => Object.hasOwn(step, it))
  if (name === undefined) return [notAnOperation]
  const table = STEPS[name] as OptionTable
  const missing = Object.keys(table).find(it => step[it] === undefined)
  if (missing) return [new Invalid(missing, `is missing beside ${name}`)]
  const ordered = Object.fromEntries(Object.keys(table).map(it => [it, step[it]]))
  return encodeOptions({ ...ordered, ...step }, table)
}

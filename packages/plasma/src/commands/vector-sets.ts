import {
  type Argument,
  anyNumber,
  encodeOptions,
  FIRST_KEY,
  flag,
  Invalid,
  isOptions,
  type Key,
  positive,
  type Value,
  wholeNumber,
} from './arguments.js'
import { type ScoredMember, scored, type Text, text } from './replies.js'
import { type RawMap, shaped } from './reports.js'
import { type Decode, type Mode, type Returns, Sender } from './sender.js'

/** Numbers, or the bytes of 32-bit floats, lowest byte first. */
export type Vector = readonly number[] | Float32Array | Uint8Array

/** What an element carries beside its vector; FILTER reads it as JSON. */
export type VectorAttributes = Readonly<Record<string, unknown>>

export type VectorAddOptions = {
  /** Project the vector to so many dimensions, by chance; the same number for every element of a set. */
  reduce?: number
  /** Look for neighbours in a thread of the server. */
  cas?: boolean
  /** How exactly numbers are kept: as they are, in 8 bits (the default of Redis), or in one. */
  quant?: 'none' | 'q8' | 'bin'
  /** How many candidates are looked at for neighbours: more are better and slower. */
  ef?: number
  attributes?: VectorAttributes
  /** Neighbours of an element, the same number for every element of a set. */
  m?: number
}

export type SimilarOptions = {
  count?: number
  /** Leave out what is further away, 0 to 1. */
  epsilon?: number
  ef?: number
  /** An expression over the attributes: `.year >= 1980 and .genre == "drama"`. */
  filter?: string
  filterEf?: number
  /** Compare with every element: exact, and slow. */
  truth?: boolean
  /** In the main thread of the server. */
  noThread?: boolean
}

/** An element, how similar it is (1: the same direction, 0: the opposite), and what it carries. */
export interface SimilarElement extends ScoredMember {
  attributes: unknown
}

/** What a vector set is made of. */
export interface VectorSetInfo {
  /** `f32`, `int8` or `bin`. */
  quantType: Text
  vectorDim: number
  size: number
  hnswM: number
  maxLevel: number
}

type WithScores = { withScores: true; withAttribs?: false }
/** Redis 8.2. */
type WithAttribs = { withAttribs: true; withScores?: boolean }
type Alone = { withScores?: false; withAttribs?: false }

const QUANT: Readonly<Record<string, string>> = { none: 'NOQUANT', q8: 'Q8', bin: 'BIN' }
const attributes = (value: unknown): Argument =>
  isOptions(value) ? JSON.stringify(value) : new Invalid('attributes', 'must be an object')

const ADD = {
  // Stands in front of the vector; here for the message about an option that is none.
  reduce: (): Argument[] => [],
  cas: flag,
  quant: (value: string): Argument[] => [
    (Object.hasOwn(QUANT, value) && QUANT[value]) ||
      new Invalid('quant', "must be 'none', 'q8' or 'bin'"),
  ],
  ef: positive,
  attributes: (value: unknown): Argument[] => ['SETATTR', attributes(value)],
  m: positive,
}
const SIMILAR = {
  withScores: flag,
  withAttribs: flag,
  count: positive,
  epsilon: (value: number): Argument[] => ['EPSILON', anyNumber('epsilon', value)],
  ef: positive,
  filter: (value: string): Argument[] => ['FILTER', value],
  filterEf: (value: number): Argument[] => ['FILTER-EF', wholeNumber('filterEf', value, 1)],
  truth: flag,
  noThread: flag,
}

/** Elements with a vector each, found by similarity (Redis 8). */
export abstract class VectorSets<M extends Mode> extends Sender<M> {
  /**
   * Add an element, or give it another vector; resolves with 1 when it is new.
   *
   * @example
   * await redis.vadd('films', 'alien', [0.1, 0.9], { attributes: { year: 1979 } })
   * await redis.vadd('films', 'VALUES', 2, 0.1, 0.9, 'alien')
   */
  vadd(key: Key, element: Value, vector: Vector, options?: VectorAddOptions): Returns<M, 0 | 1>
  vadd(key: Key, ...positional: Value[]): Returns<M, 0 | 1>
  vadd(key: Key, ...rest: unknown[]): Returns<M, 0 | 1> {
    const [element, vector, options = {}] = rest
    const isTyped = isVector(vector) && rest.length <= 3 && typeof options === 'object'
    const args = isTyped ? added(element as Value, vector, options) : (rest as Argument[])
    return this.send('vadd', [key, ...args], FIRST_KEY)
  }

  /** How many elements. */
  vcard(key: Key) {
    return this.send<number>('vcard', [key], FIRST_KEY)
  }

  /** How many numbers a vector has. */
  vdim(key: Key) {
    return this.send<number>('vdim', [key], FIRST_KEY)
  }

  /** The vector of an element, as exact as it is kept; `null` when there is none. */
  vemb(key: Key, element: Value) {
    return this.send('vemb', [key, element], FIRST_KEY, (raw: string[] | null): number[] | null =>
      raw === null ? null : raw.map(it => Number(String(it))),
    )
  }

  /** What an element carries; `null` for nothing, and when there is no such element. */
  vgetattr<Attributes = VectorAttributes>(key: Key, element: Value) {
    return this.send('vgetattr', [key, element], FIRST_KEY, parsed<Attributes>)
  }

  /** Let an element carry something else, `null` for nothing; resolves with 0 when there is no such element. */
  vsetattr(key: Key, element: Value, carried: VectorAttributes | null) {
    const text = carried === null ? '' : attributes(carried)
    return this.send<0 | 1>('vsetattr', [key, element, text], FIRST_KEY)
  }

  /** What the set is made of; `null` when there is none. */
  vinfo(key: Key) {
    return this.send('vinfo', [key], FIRST_KEY, vectorSetInfo)
  }

  /** Is the element there? 1 or 0. */
  vismember(key: Key, element: Value) {
    return this.send<0 | 1>('vismember', [key, element], FIRST_KEY)
  }

  /** The neighbours of an element, for each level of the graph; `null` when there is no such element. */
  vlinks(key: Key, element: Value, options?: { withScores?: false }): Returns<M, string[][] | null>
  vlinks(
    key: Key,
    element: Value,
    options: { withScores: true },
  ): Returns<M, ScoredMember[][] | null>
  vlinks(key: Key, element: Value, options: { withScores?: boolean } = {}): Returns<M, never> {
    const args = [key, element, ...encodeOptions(options, { withScores: flag })]
    const decode = options?.withScores ? scoredLevels : undefined
    return this.send('vlinks', args, FIRST_KEY, decode as Decode<never> | undefined)
  }

  /** An element by chance, `null` when there is none; with `count` so many different ones, or -`count` with repetitions. */
  vrandmember(key: Key): Returns<M, string | null>
  vrandmember(key: Key, count: number): Returns<M, string[]>
  vrandmember(key: Key, count?: number): Returns<M, never> {
    const args = count === undefined ? [key] : [key, wholeNumber('count', count)]
    return this.send('vrandmember', args, FIRST_KEY)
  }

  /** Elements between two names: `'[a'`, `'(a'`, `'-'`, `'+'` (Redis 8.4). */
  vrange(key: Key, start: string, end: string, count?: number) {
    const args = [key, start, end, ...(count === undefined ? [] : [wholeNumber('count', count)])]
    return this.send<string[]>('vrange', args, FIRST_KEY)
  }

  /** Remove an element; resolves with 0 when there was none. */
  vrem(key: Key, element: Value) {
    return this.send<0 | 1>('vrem', [key, element], FIRST_KEY)
  }

  /**
   * Elements most similar to a vector, or to an element of the set, the nearest first; 10 unless `count` says otherwise.
   *
   * @example
   * await redis.vsim('films', [0.1, 0.9], { count: 3, filter: '.year < 1980' })   // ['alien']
   * await redis.vsim('films', 'alien', { withScores: true })                      // [{ member, score }]
   * await redis.vsim('films', 'ELE', 'alien', 'COUNT', 3)                         // as Redis sends it
   */
  vsim(key: Key, to: string | Vector, options?: SimilarOptions & Alone): Returns<M, string[]>
  vsim(
    key: Key,
    to: string | Vector,
    options: SimilarOptions & WithScores,
  ): Returns<M, ScoredMember[]>
  vsim(
    key: Key,
    to: string | Vector,
    options: SimilarOptions & WithAttribs,
  ): Returns<M, SimilarElement[]>
  vsim(key: Key, ...positional: Value[]): Returns<M, string[]>
  vsim(key: Key, to: unknown, ...rest: unknown[]): Returns<M, never> {
    const [options = {}] = rest
    if (rest.length > 1 || !isOptions(options))
      return this.send('vsim', [key, to as Value, ...(rest as Value[])], FIRST_KEY)
    const { withAttribs, ...others } = options
    const asked = withAttribs ? { ...others, withScores: true, withAttribs } : others
    const from = isVector(to) ? encoded(to) : ['ELE', to as Value]
    const args = [key, ...from, ...encodeOptions(asked, SIMILAR)]
    const decode = withAttribs ? similar : options.withScores ? scored : undefined
    return this.send('vsim', args, FIRST_KEY, decode as Decode<never> | undefined)
  }
}

const isVector = (value: unknown): value is Vector =>
  Array.isArray(value) || value instanceof Float32Array || value instanceof Uint8Array

function added(element: Value, vector: Vector, options: object | null): Argument[] {
  const { reduce, ...rest } = (options ?? {}) as VectorAddOptions
  const first = reduce === undefined ? [] : ['REDUCE', wholeNumber('reduce', reduce, 1)]
  const last = options === null ? [new Invalid('options', 'must be an object')] : []
  return [...first, ...encoded(vector), element, ...encodeOptions(rest, ADD), ...last]
}

/** As bytes: less to send and to read than digits, and as exact as Redis keeps them. */
function encoded(vector: Vector): Argument[] {
  if (vector.length === 0) return [new Invalid('vector', 'must hold at least one number')]
  if (vector instanceof Uint8Array) {
    const isWhole = vector.length % FLOAT_BYTES === 0
    return ['FP32', isWhole ? vector : new Invalid('vector', 'must be 4 bytes for each number')]
  }
  if (!Array.prototype.every.call(vector, Number.isFinite))
    return [new Invalid('vector', 'must be a list of numbers')]
  const bytes = Buffer.allocUnsafe(vector.length * FLOAT_BYTES)
  for (let i = 0; i < vector.length; i++) bytes.writeFloatLE(vector[i] as number, i * FLOAT_BYTES)
  return ['FP32', bytes]
}

const FLOAT_BYTES = 4

const parsed = <Attributes>(raw: unknown): Attributes | null =>
  raw === null ? null : JSON.parse(String(raw))

const scoredLevels = (raw: readonly string[][] | null): ScoredMember[][] | null =>
  raw?.map(scored) ?? null

/** Element, score and attributes; in RESP3 the last two are a pair. */
function similar(raw: readonly unknown[]): SimilarElement[] {
  const flat = Array.isArray(raw[1]) ? raw.flat() : raw
  const found: SimilarElement[] = []
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const [member, score, carried] = flat.slice(i, i + 3) as [string, unknown, unknown]
    found.push({ member, score: Number(String(score)), attributes: parsed(carried) })
  }
  return found
}

function vectorSetInfo(raw: RawMap | null): VectorSetInfo | null {
  if (raw === null) return null
  const { quantType, vectorDim, size, hnswM, maxLevel } = shaped(raw)
  return {
    quantType: text(quantType),
    vectorDim: Number(vectorDim),
    size: Number(size),
    hnswM: Number(hnswM),
    maxLevel: Number(maxLevel),
  }
}

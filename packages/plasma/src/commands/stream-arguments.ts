import {
  type Argument,
  encodeOptions,
  flag,
  Invalid,
  isOptions,
  type Key,
  type Keys,
  keysFrom,
  list,
  type OptionTable,
  pairs,
  type Value,
  wholeNumber,
} from './arguments.js'

/** An entry's id in a call: whole, its first half, or one of Redis' signs (`'*'`, `'-'`, `'+'`, `'$'`, `'>'`). */
export type Id = string | number

/** What becomes of a deleted entry in the groups that have it pending (Redis 8.2). */
export type References = 'keep' | 'delete' | 'acked'

/** How far to cut: by length or by the oldest id. `approx` lets Redis cut whole nodes only, which is much faster. */
export type TrimOptions = ({ maxLen: number; minId?: never } | { minId: Id; maxLen?: never }) & {
  /** Redis' `~`. */
  approx?: boolean
  /** With `approx`: look at this many entries at most. */
  limit?: number
  refs?: References
}

/** The fields of an entry: an object, a Map, or fields and values in turn. */
export type EntryFields =
  | Readonly<Record<string, Value>>
  | ReadonlyMap<Value, Value>
  | readonly Value[]

export type AddEntryOptions = {
  /** Default `'*'`: the server's clock. */
  id?: string
  /** Write to an existing stream only; resolves with `null` when there is none. */
  noMkStream?: boolean
} & (TrimOptions | { maxLen?: never; minId?: never; approx?: never; limit?: never; refs?: never })

/** Where to read from, by key: an id, `'$'` for what is new, `'>'` for what the group has delivered to nobody. */
export type StreamPositions<Position extends Id = Id> =
  | Readonly<Record<string, Position>>
  | ReadonlyMap<Key, Position>

/** The key behind a subcommand: `XGROUP CREATE key`. */
export { SECOND_KEY } from './arguments.js'

/** A whole number that may be 0. */
export const notNegative = (value: number, name: string): Argument[] => [
  name.toUpperCase(),
  wholeNumber(name, value, 0),
]

const REFERENCES = { keep: 'KEEPREF', delete: 'DELREF', acked: 'ACKED' }

/** The options of XADD and the fields, or the positional form as it is. */
export function entryArguments(given: readonly unknown[]): Argument[] {
  const [fields, options = {}] = given
  if (!isContainer(fields)) return given as Argument[]
  if (!isOptions(options)) return [new Invalid('options', 'must be an object')]
  const { id = '*', maxLen, minId, approx, limit, refs, ...rest } = options
  const trim = trimArguments({ maxLen, minId, approx, limit, refs })
  return [...encodeOptions(rest, ADD), ...trim, id as Argument, ...pairs('fields', [fields])]
}

/** `MAXLEN ~ 1000 LIMIT 100`, and nothing without options. */
export function trimArguments(options: object): Argument[] {
  const { maxLen, minId, approx, limit, refs, ...unknown } = options as Partial<
    Record<keyof TrimOptions, unknown>
  >
  const args = encodeOptions(unknown, TRIM)
  const bounded = maxLen !== undefined || minId !== undefined
  if (maxLen !== undefined && minId !== undefined)
    args.push(new Invalid('minId', 'cannot be combined with maxLen'))
  if (approx && !bounded) args.push(new Invalid('approx', 'needs maxLen or minId'))
  if (limit !== undefined && !approx) args.push(new Invalid('limit', 'needs approx: true'))
  if (refs !== undefined) args.push(reference(refs))
  if (!bounded) return args
  args.push(maxLen === undefined ? 'MINID' : 'MAXLEN')
  if (approx) args.push(approx === true ? '~' : new Invalid('approx', 'must be true or false'))
  args.push(maxLen === undefined ? (minId as Argument) : wholeNumber('maxLen', maxLen, 0))
  if (limit !== undefined) args.push('LIMIT', wholeNumber('limit', limit, 0))
  return args
}

/** `IDS 2 1-1 2-1` behind what becomes of the references. */
export function idsArguments(ids: Id | readonly Id[], { refs, ...unknown }: { refs?: References }) {
  const all = list('ids', [ids])
  const mode = refs === undefined ? [] : [reference(refs)]
  return [...encodeOptions(unknown, { refs: () => [] }), ...mode, 'IDS', all.length, ...all]
}

/** `COUNT 10 STREAMS key id`, and where the keys stand; positional calls as they are. */
export function readArguments(
  before: Argument[],
  rest: readonly unknown[],
  table: OptionTable,
): [args: Argument[], keys: Keys] {
  const [streams, options] = rest
  if (!isOptions(streams) && !(streams instanceof Map)) {
    const args = [...before, ...rest] as Argument[]
    const at = args.findIndex((arg, i) => i >= before.length && token(arg) === 'STREAMS')
    return [args, at === -1 ? [] : keysFrom(at + 1, Math.floor((args.length - at - 1) / 2))]
  }
  const positions = [...(streams instanceof Map ? streams : Object.entries(streams))]
  if (positions.length === 0) return [[new Invalid('streams', 'must hold at least one')], []]
  const args = [...before, ...encodeOptions(options ?? {}, table), 'STREAMS']
  return [
    [...args, ...positions.map(([key]) => key), ...positions.map(([, id]) => id)],
    keysFrom(args.length, positions.length),
  ]
}

/** An object, Map or array, and not bytes. */
const isContainer = (value: unknown): value is object =>
  isOptions(value) || value instanceof Map || Array.isArray(value)

const token = (arg: Argument): string => (typeof arg === 'string' ? arg.toUpperCase() : '')

/** For the message about an option that is none; the options themselves depend on one another. */
const TRIM: OptionTable = Object.fromEntries(
  ['maxLen', 'minId', 'approx', 'limit', 'refs'].map(name => [name, () => []]),
)
const ADD: OptionTable = { id: () => [], noMkStream: flag, ...TRIM }

const reference = (refs: unknown): Argument =>
  typeof refs === 'string' && Object.hasOwn(REFERENCES, refs)
    ? REFERENCES[refs as References]
    : new Invalid('refs', "must be 'keep', 'delete' or 'acked'")

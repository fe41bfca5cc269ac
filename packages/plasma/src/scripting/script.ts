import { createHash } from 'node:crypto'
import { type Key, keysFrom, type Value } from '../commands/arguments.js'
import type { Dispatcher, Manner } from '../dispatcher.js'
import { InvalidArgumentError, isRedisError } from '../errors.js'
import type { Request } from '../wire.js'

type Slots<Names, Slot> = Names extends readonly string[]
  ? { readonly [I in keyof Names]: Slot }
  : readonly Slot[]

/** A Lua script: its text, its SHA-1, and the types of what goes in and comes out. */
export interface Script<Keys extends readonly Key[], Args extends readonly Value[], Reply> {
  readonly lua: string
  readonly sha1: string
  readonly reply: ((raw: never) => Reply) | undefined
  /** Those that the definition gives, so that calls can be checked. */
  readonly names?: { readonly keys?: readonly string[]; readonly args?: readonly string[] }
  /** Only for the types. */
  readonly slots?: (keys: Keys, args: Args) => void
}

/** Names, text and decoder of a script. */
export interface ScriptDefinition<Keys, Args, Reply> {
  /** The names of its keys, in order; left out, the Lua reads `KEYS` itself and takes any number. */
  keys?: Keys
  /** The names of its arguments, in order; left out, the Lua reads `ARGV` itself. */
  args?: Args
  /** The text. Named keys and arguments are locals already. */
  lua: string
  /** Turns the raw reply into the promised one. */
  reply?: (raw: never) => Reply
}

/**
 * Lua as a typed function, run by `redis.run(script, keys, args)`: sent once by EVAL, by its SHA-1 afterwards.
 *
 * @example
 * const compareAndDelete = defineScript({
 *   keys: ['key'],
 *   args: ['expected'],
 *   lua: `if redis.call('GET', key) == expected then return redis.call('DEL', key) end return 0`,
 *   reply: (deleted: number) => deleted === 1,
 * })
 * await redis.run(compareAndDelete, ['lock:a'], ['me'])
 */
export function defineScript<
  const Keys extends readonly string[] | undefined = undefined,
  const Args extends readonly string[] | undefined = undefined,
  Reply = unknown,
>(
  definition: ScriptDefinition<Keys, Args, Reply>,
): Script<Slots<Keys, Key>, Slots<Args, Value>, Reply> {
  if (typeof definition?.lua !== 'string')
    throw new InvalidArgumentError('lua', 'must be the text of a script', 'defineScript')
  const { keys, args } = definition
  checkNames('keys', keys)
  checkNames('args', args)
  const lua = locals(keys, 'KEYS') + locals(args, 'ARGV') + definition.lua.trim()
  return {
    lua,
    sha1: createHash('sha1').update(lua).digest('hex'),
    reply: definition.reply,
    names: { ...(keys && { keys }), ...(args && { args }) },
  }
}

const RESERVED = new Set(
  `and break do else elseif end false for function if in local nil not or repeat return then true until while`.split(
    ' ',
  ),
)

function checkNames(argument: 'keys' | 'args', names: unknown): void {
  if (names === undefined) return
  const isName = (it: unknown) =>
    typeof it === 'string' && /^[A-Za-z_]\w*$/.test(it) && !RESERVED.has(it)
  if (Array.isArray(names) && names.every(isName)) return
  throw new InvalidArgumentError(argument, 'must be a list of names for Lua', 'defineScript')
}

function locals(names: readonly string[] | undefined, table: 'KEYS' | 'ARGV'): string {
  if (!names || names.length === 0) return ''
  return `local ${names.join(', ')} = ${names.map((_, i) => `${table}[${i + 1}]`).join(', ')}\n`
}

/** @throws InvalidArgumentError unless it can be run */
export function checkRun(script: unknown, keys: unknown, args: unknown): void {
  if (typeof (script as { sha1?: unknown } | null)?.sha1 !== 'string')
    throw new InvalidArgumentError('script', 'must be made by defineScript', 'run')
  if (!Array.isArray(keys)) throw new InvalidArgumentError('keys', 'must be a list', 'run')
  if (!Array.isArray(args)) throw new InvalidArgumentError('args', 'must be a list', 'run')
  const { names } = script as AnyScript
  if (!names) return
  checkCount('keys', keys, names.keys)
  checkCount('args', args, names.args)
}

type AnyScript = Script<never, never, unknown>

function checkCount(
  argument: string,
  given: readonly unknown[],
  names: readonly string[] | undefined,
): void {
  if (names === undefined || names.length === given.length) return
  const wanted = `must be ${names.length} (${names.join(', ')}), not ${given.length}`
  throw new InvalidArgumentError(argument, wanted, 'run')
}

/** The scripts that a server was given the text of. */
export type SentScripts = WeakSet<Script<never, never, unknown>>

/**
 * Run a script: with its text the first time, so that calls at the same time keep their order, by its SHA-1
 * afterwards, and with its text again when the server does not know it, or no more.
 */
export async function runScript<Reply>(
  dispatcher: Dispatcher,
  script: Script<never, never, Reply>,
  keys: readonly Key[],
  args: readonly Value[],
  manner?: Manner,
): Promise<Reply> {
  checkRun(script, keys, args)
  const { lua, sha1, reply } = script
  const request = (name: string, text: string): Request => ({
    name,
    args: [text, keys.length, ...keys, ...args],
    keys: keysFrom(2, keys.length),
  })
  const { sentScripts } = dispatcher
  if (!sentScripts.has(script)) {
    sentScripts.add(script)
    return dispatcher.send(request('eval', lua), reply, manner)
  }
  try {
    const asking = { ...manner, expected: 'NOSCRIPT' }
    return await dispatcher.send(request('evalsha', sha1), reply, asking)
  } catch (error) {
    if (!isRedisError(error, 'NOSCRIPT')) throw error
    return dispatcher.send(request('eval', lua), reply, manner)
  }
}

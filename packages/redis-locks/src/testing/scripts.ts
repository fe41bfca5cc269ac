import { CommandError, type Keyspace } from './commands/data.js'
import { execute, type Reply } from './commands/index.js'
import { GLOBALS } from './lua/library.js'
import { Parser } from './lua/parser.js'
import { Scope } from './lua/scope.js'
import type { Block } from './lua/statements.js'
import { stringLibrary } from './lua/strings.js'
import { isTrue, LuaError, LuaTable, type LuaValue, numberText } from './lua/values.js'

/** Sends a message; resolves to how many hear it. */
export type Publish = (channel: string, message: string) => number

const PUBLISH = new Set(['PUBLISH', 'SPUBLISH'])

/** Runs the scripts of the locks over a keyspace, with the rules of Redis for what goes in and comes out. */
export class Scripts {
  readonly #keys: Keyspace
  readonly #publish: Publish
  readonly #blocks = new Map<string, Block>()

  constructor(keys: Keyspace, publish: Publish) {
    this.#keys = keys
    this.#publish = publish
  }

  /**
   * Texts hold a byte per character. Time stands still while a script runs.
   *
   * @throws CommandError as Redis would answer
   */
  run(source: string, keys: readonly string[], args: readonly string[]): Reply {
    const block = this.#blocks.get(source) ?? new Parser(source, stringLibrary).chunk()
    this.#blocks.set(source, block)
    const scope = new Scope()
    for (const [name, value] of Object.entries(GLOBALS)) scope.declare(name, value)
    scope.declare('redis', this.#redis())
    scope.declare('KEYS', LuaTable.of(keys))
    scope.declare('ARGV', LuaTable.of(args))
    try {
      const outcome = block(scope)
      return reply(typeof outcome === 'object' ? outcome.values[0] : undefined)
    } catch (error) {
      throw error instanceof LuaError ? new CommandError(error.message) : error
    }
  }

  #redis(): LuaTable {
    return LuaTable.from({
      call: (...args) => [this.#call(args)],
      pcall: (...args) => {
        try {
          return [this.#call(args)]
        } catch (error) {
          if (error instanceof LuaError) return [error.value]
          throw error
        }
      },
      error_reply: message => [LuaTable.from({ err: message })],
      status_reply: message => [LuaTable.from({ ok: message })],
    })
  }

  #call(values: readonly LuaValue[]): LuaValue {
    const [name = '', ...args] = values.map(value => {
      if (typeof value === 'string') return value
      if (typeof value === 'number') return argument(value)
      throw new LuaError('ERR Lua redis lib command arguments must be strings or integers')
    })
    try {
      if (PUBLISH.has(name.toUpperCase())) return this.#publish(args[0] ?? '', args[1] ?? '')
      return fromReply(execute(this.#keys, name, args))
    } catch (error) {
      if (error instanceof CommandError) throw new LuaError(LuaTable.from({ err: error.message }))
      throw error
    }
  }
}

/** A number as a command gets it: all 17 digits. */
const argument = (value: number) => (Number.isFinite(value) ? String(value) : numberText(value))

function fromReply(reply: Reply): LuaValue {
  if (reply === null) return false
  if (Array.isArray(reply)) return LuaTable.of(reply.map(fromReply))
  return typeof reply === 'object' ? LuaTable.from(reply) : reply
}

function reply(value: LuaValue): Reply {
  if (typeof value === 'number') return Math.trunc(value)
  if (typeof value === 'string') return value
  if (!(value instanceof LuaTable)) return isTrue(value) ? 1 : null
  const [error, status] = [value.get('err'), value.get('ok')]
  if (typeof error === 'string') throw new CommandError(error)
  if (typeof status === 'string') return { ok: status }
  return value.values().map(reply)
}

import type { Argument, Key, Keys, Value } from '../commands/arguments.js'
import { keysFrom } from '../commands/arguments.js'
import { Commands } from '../commands/index.js'
import type { Decode, Mode } from '../commands/sender.js'
import { InvalidArgumentError } from '../errors.js'
import { checkRun, type Script } from '../scripting/script.js'
import type { Request } from '../wire.js'

/** One command as data: nothing is sent until a client sends it. */
export interface Queued<Reply> extends Request {
  readonly decode: Decode<Reply> | undefined
}

interface Building extends Mode {
  returns: Queued<this['reply']>
}

/** The commands as plain data, for `pipeline(c => [c.get('a'), c.incr('n')])`. */
export class CommandBuilder extends Commands<Building> {
  override send<Reply = unknown>(
    name: string,
    args: Argument[],
    keys: Keys,
    decode?: Decode<Reply>,
  ): Queued<Reply> {
    return { name, args, keys, decode }
  }

  /** A script; its whole text travels, because a batch cannot ask first whether the server knows it. */
  run<K extends readonly Key[], A extends readonly Value[], Reply>(
    script: Script<K, A, Reply>,
    keys: K,
    args: A,
  ): Queued<Reply> {
    return queuedScript(script, keys, args)
  }
}

/** A list of commands. */
export type Batch = readonly Queued<unknown>[]

export const builder = new CommandBuilder()

/**
 * The commands that `build` makes.
 *
 * @throws InvalidArgumentError
 */
export function built(build: (commands: CommandBuilder) => Batch, method: string): Batch {
  if (typeof build !== 'function') {
    const problem = "must be a function that makes commands, as in c => [c.get('a'), c.incr('n')]"
    throw new InvalidArgumentError('build', problem, method)
  }
  const batch: unknown = build(builder)
  if (Array.isArray(batch) && batch.every(it => Array.isArray(it?.args))) return batch
  throw new InvalidArgumentError(
    'build',
    'must give a list of commands made by its argument',
    method,
  )
}

/** The replies to a list of commands, by position. */
export type Replies<B extends Batch> = {
  -readonly [I in keyof B]: B[I] extends Queued<infer Reply> ? Reply : never
}

/** A script as a queued command. */
export function queuedScript<Reply>(
  script: Script<never, never, Reply>,
  keys: readonly Key[],
  args: readonly Value[],
): Queued<Reply> {
  checkRun(script, keys, args)
  return {
    name: 'eval',
    args: [script.lua, keys.length, ...keys, ...args],
    keys: keysFrom(2, keys.length),
    decode: script.reply,
  }
}

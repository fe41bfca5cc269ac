import { COLLECTIONS } from './collections.js'
import { CommandError, type Keyspace } from './data.js'
import { KEYS } from './keys.js'
import { SORTED_SETS } from './sorted-sets.js'

/** A reply as Redis has them; a status is `{ ok }`. */
export type Reply = string | number | null | { ok: string } | Reply[]
export type Command = (keys: Keyspace, args: readonly string[]) => Reply

const COMMANDS: Record<string, Command> = { ...KEYS, ...COLLECTIONS, ...SORTED_SETS }

/** @throws CommandError as Redis would answer, and for a command that is not here */
export function execute(keys: Keyspace, name: string, args: readonly string[]): Reply {
  const run = COMMANDS[name.toUpperCase()]
  if (!run) throw new CommandError(`ERR the memory server has no command ${name.toUpperCase()}`)
  return run(keys, args)
}

import { exists, hasFlag } from '@ioredis/commands'

type Args = readonly unknown[]

/** Writes whose second execution leaves the same data and gives the same reply. */
const SAME_TWICE = new Set(
  `setex psetex mset hmset expire pexpire expireat pexpireat lset ping echo time info role lastsave select
  config|get client|id client|getname client|setname client|list client|info asking readonly readwrite`.split(
    /\s+/,
  ),
)

const WAITING = new Set('blpop brpop brpoplpush blmove blmpop bzpopmin bzpopmax bzmpop'.split(' '))

/** Options that make the reply of SET depend on what was there. */
const CONDITIONAL = /^(nx|xx|get|ifeq|ifne|ifdeq|ifdne)$/i

/**
 * May a command be sent again when its reply was lost? Reads and plain writes may; an INCR whose reply is lost
 * could count twice, so that its caller has to decide.
 */
export function isRepeatable(name: string, args: Args): boolean {
  if (name === 'set') return !args.slice(2).some(arg => CONDITIONAL.test(String(arg)))
  if (SAME_TWICE.has(name) || SAME_TWICE.has(`${name}|${String(args[0]).toLowerCase()}`))
    return true
  return waitsForData(name, args) || isRead(name)
}

/** Does the server hold the reply back until something arrives? */
export function waitsForData(name: string, args: Args): boolean {
  if (WAITING.has(name)) return true
  if (name !== 'xread' && name !== 'xreadgroup') return false
  // BLOCK stands before STREAMS; behind it are keys, which may be called anything.
  for (const arg of args) {
    const word = String(arg).toUpperCase()
    if (word === 'STREAMS') return false
    if (word === 'BLOCK') return true
  }
  return false
}

/** Does the command leave the data as it is? */
export const isRead = (name: string): boolean => exists(name) && hasFlag(name, 'readonly')

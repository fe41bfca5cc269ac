const LISTEN =
  'the client listens over connections of its own: subscribe(), psubscribe(), ssubscribe()'
const BATCH = 'everybody shares the connection: use multi(), or transaction() to watch keys'
const REPLICA = 'is what a replica says to its master'

/**
 * Commands that would change the connection under everybody who shares it, and what there is instead. A pair of
 * words is a subcommand.
 */
export const REFUSED: Readonly<Record<string, string>> = {
  subscribe: LISTEN,
  psubscribe: LISTEN,
  ssubscribe: LISTEN,
  unsubscribe: LISTEN,
  punsubscribe: LISTEN,
  sunsubscribe: LISTEN,
  multi: BATCH,
  exec: BATCH,
  discard: BATCH,
  watch: BATCH,
  unwatch: BATCH,
  monitor:
    'turns the connection into a list of all commands: use redis-cli monitor, or slowlogGet()',
  select: 'every connection of a client has the db of its configuration: use duplicate({ db })',
  hello: 'the client has greeted the server already: see username, password and options.protocol',
  quit: 'the client counts what is pending first: use quit() or disconnect()',
  reset: 'undoes what the client has set up: use disconnect() and connect()',
  'client reply': 'replies that do not come would be waited for',
  psync: REPLICA,
  sync: REPLICA,
  replconf: REPLICA,
}

/** Why a command, given by its name and first argument, is refused; `undefined` when it is not. */
export const refusalOf = (name: string, first: unknown): string | undefined => {
  if (Object.hasOwn(REFUSED, name)) return REFUSED[name]
  if (name !== 'client' || typeof first !== 'string') return undefined
  return REFUSED[`client ${first.toLowerCase()}`]
}

import { CommandBuilder } from '../../src/batches/batch.js'
import { REFUSED } from '../../src/commands/refused.js'
import { ROWS } from './rows/index.js'

/** Commands that are a family of subcommands; the method of the same name takes any of them. */
export const CONTAINERS = new Set(
  `acl client cluster command config function latency memory module object pubsub script slowlog xgroup
  xinfo`.split(/\s+/),
)

const OWN_METHODS =
  'RedisClient listens with subscribe(), psubscribe(), ssubscribe() and their counterparts'
const INTERNAL = 'for the use of Redis itself'

/** Commands of a server that have no typed method, and why. `call()` sends those that are not refused. */
export const NOT_TYPED: Readonly<Record<string, string>> = {
  ...REFUSED,
  subscribe: OWN_METHODS,
  psubscribe: OWN_METHODS,
  ssubscribe: OWN_METHODS,
  unsubscribe: OWN_METHODS,
  punsubscribe: OWN_METHODS,
  sunsubscribe: OWN_METHODS,
  multi: 'multi() and transaction() send it',
  exec: 'multi() and transaction() send it',
  discard: 'multi() sends all or nothing',
  watch: 'transaction() sends it',
  unwatch: 'transaction() sends it',
  asking: 'ioredis sends it when a slot of the Cluster moves',
  'restore-asking': INTERNAL,
  pfdebug: INTERNAL,
  pfselftest: INTERNAL,
  'cluster slaves': 'the old name of CLUSTER REPLICAS',
  ...Object.fromEntries(
    [...CONTAINERS].map(name => [`${name} help`, 'text for people at a console']),
  ),
}

/** What came later than this has a typed method where it costs nothing; the rest goes through `call()`. */
export const COMPLETE_UP_TO = '7.4.0'

/** Commands that Redis 7.0 does not know yet, and since when there are. */
export const NEWER: Readonly<Record<string, string>> = {
  'client no-touch': '7.2.0',
  'client setinfo': '7.2.0',
  'cluster myshardid': '7.2.0',
  waitaof: '7.2.0',
  hexpire: '7.4.0',
  hpexpire: '7.4.0',
  hexpireat: '7.4.0',
  hpexpireat: '7.4.0',
  httl: '7.4.0',
  hpttl: '7.4.0',
  hexpiretime: '7.4.0',
  hpexpiretime: '7.4.0',
  hpersist: '7.4.0',
  hgetex: '8.0.0',
  hsetex: '8.0.0',
  hgetdel: '8.0.0',
  vadd: '8.0.0',
  vcard: '8.0.0',
  vdim: '8.0.0',
  vemb: '8.0.0',
  vgetattr: '8.0.0',
  vsetattr: '8.0.0',
  vinfo: '8.0.0',
  vismember: '8.0.0',
  vlinks: '8.0.0',
  vrandmember: '8.0.0',
  vrem: '8.0.0',
  vsim: '8.0.0',
  vrange: '8.4.0',
  'cluster slot-stats': '8.2.0',
  xdelex: '8.2.0',
  xackdel: '8.2.0',
  msetex: '8.4.0',
  delex: '8.4.0',
  digest: '8.4.0',
}

/** Methods whose rows are not sent to a server that lives on; they have tests on servers of their own. */
export const NOT_SENT: Readonly<Record<string, string>> = {
  auth: 'makes the connection somebody else',
  shutdown: 'ends the server',
  replicaof: 'empties the server',
  slaveof: 'empties the server',
  migrate: 'waits for another server',
  debug: 'is refused by default',
}

/** One method and what its rows put on the wire. */
export interface Method {
  readonly method: string
  /** `get`, or `config get`. */
  readonly commands: readonly string[]
  readonly rows: number
}

const builder = new CommandBuilder()

/** The command behind a queued one. */
export const commandOf = ({ name, args }: { name: string; args: readonly unknown[] }): string =>
  CONTAINERS.has(name) ? `${name} ${String(args[0]).toLowerCase()}` : name

/** Every method with a row; those that take any subcommand are left out. */
export function methods(): Method[] {
  return Object.entries(ROWS)
    .filter(([method]) => !CONTAINERS.has(method))
    .map(([method, rows]) => ({
      method,
      commands: [...new Set(rows.map(([call]) => commandOf(call(builder))))],
      rows: rows.length,
    }))
}

/** Every command that has a typed method. */
export const typedCommands = (): Set<string> =>
  new Set(methods().flatMap(({ commands }) => commands))

/** Is version `a` below version `b`? */
export const isBelow = (a: string, b: string): boolean => {
  const [left, right] = [a, b].map(it => it.split('.').map(Number))
  const at = left?.findIndex((number, i) => number !== right?.[i]) ?? -1
  return at >= 0 && Number(left?.[at]) < Number(right?.[at])
}

import {
  type Argument,
  choice,
  encodeOptions,
  Invalid,
  isOptions,
  type Key,
  list,
  NO_KEYS,
  SECOND_KEY,
  type Value,
  wholeNumber,
} from './arguments.js'
import {
  clusterInfo,
  clusterLinks,
  clusterNodes,
  clusterReplicas,
  clusterShards,
  clusterSlots,
  type SlotRange,
  slotStats,
} from './cluster-replies.js'
import { ok, text, unprefixed } from './replies.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** What CLUSTER SETSLOT says of a slot: it comes from a node, goes to one, belongs to one, or stays. */
export type SlotState =
  | { importing: string; migrating?: never; node?: never; stable?: never }
  | { migrating: string; importing?: never; node?: never; stable?: never }
  | { node: string; importing?: never; migrating?: never; stable?: never }
  | { stable: true; importing?: never; migrating?: never; node?: never }

/** The statistics of a range of slots, or of the slots that have the most (`desc`) or least of something. */
export type SlotStatsOptions =
  | (SlotRange & { orderBy?: never })
  | {
      orderBy: 'key-count' | 'cpu-usec' | 'network-bytes-in' | 'network-bytes-out' | 'memory-bytes'
      limit?: number
      order?: 'asc' | 'desc'
      from?: never
    }

type Slots = number | readonly number[]
type Ranges = SlotRange | readonly SlotRange[]

const stateOf = (node: string, name: string): Argument[] => [name.toUpperCase(), node]
const STATES = {
  importing: stateOf,
  migrating: stateOf,
  node: stateOf,
  stable: (): Argument[] => ['STABLE'],
}

/** The Cluster as one of its nodes sees it, and what changes it. A client of a Cluster asks any node. */
export abstract class ClusterCommands<M extends Mode> extends Sender<M> {
  /** How the Cluster is. */
  clusterInfo() {
    return this.send('cluster', ['INFO'], NO_KEYS, clusterInfo)
  }

  /** All nodes. */
  clusterNodes() {
    return this.send('cluster', ['NODES'], NO_KEYS, clusterNodes)
  }

  /** The shards: slots, and the nodes that hold them (Redis 7). */
  clusterShards() {
    return this.send('cluster', ['SHARDS'], NO_KEYS, clusterShards)
  }

  /** Slots, and who serves them. */
  clusterSlots() {
    return this.send('cluster', ['SLOTS'], NO_KEYS, clusterSlots)
  }

  /** What slots hold and cost (Redis 8.2). */
  clusterSlotStats(options: SlotStatsOptions) {
    return this.send('cluster', ['SLOT-STATS', ...slotStatsArguments(options)], NO_KEYS, slotStats)
  }

  /** The connections of a node to the others (Redis 7). */
  clusterLinks() {
    return this.send('cluster', ['LINKS'], NO_KEYS, clusterLinks)
  }

  /** The id of the node. */
  clusterMyId() {
    return this.send('cluster', ['MYID'], NO_KEYS, text)
  }

  /** The id of the node's shard (Redis 7.2). */
  clusterMyShardId() {
    return this.send('cluster', ['MYSHARDID'], NO_KEYS, text)
  }

  /** The slot of a key, its prefix included. */
  clusterKeyslot(key: Key) {
    return this.send<number>('cluster', ['KEYSLOT', key], SECOND_KEY)
  }

  /** How many keys of a slot the node holds. */
  clusterCountKeysInSlot(slot: number) {
    return this.send<number>('cluster', ['COUNTKEYSINSLOT', slotOf(slot)], NO_KEYS)
  }

  /** Up to `count` keys of a slot that the node holds. */
  clusterGetKeysInSlot(slot: number, count: number) {
    const args = ['GETKEYSINSLOT', slotOf(slot), wholeNumber('count', count, 0)]
    return this.send('cluster', args, NO_KEYS, unprefixed)
  }

  /** How many nodes say that a node fails. */
  clusterCountFailureReports(id: string) {
    return this.send<number>('cluster', ['COUNT-FAILURE-REPORTS', id], NO_KEYS)
  }

  /** The replicas of a master. */
  clusterReplicas(id: string) {
    return this.send('cluster', ['REPLICAS', id], NO_KEYS, clusterReplicas)
  }

  /** Let the node serve slots. */
  clusterAddSlots(...slots: Slots[]) {
    return this.send<'OK'>('cluster', ['ADDSLOTS', ...slotList(slots)], NO_KEYS, ok)
  }

  /** Let the node serve ranges of slots (Redis 7). */
  clusterAddSlotsRange(...ranges: Ranges[]): Returns<M, 'OK'>
  clusterAddSlotsRange(...flat: Slots[]): Returns<M, 'OK'>
  clusterAddSlotsRange(...ranges: (Ranges | Slots)[]): Returns<M, 'OK'> {
    return this.send('cluster', ['ADDSLOTSRANGE', ...rangeList(ranges)], NO_KEYS, ok)
  }

  /** Let the node forget who serves slots. */
  clusterDelSlots(...slots: Slots[]) {
    return this.send<'OK'>('cluster', ['DELSLOTS', ...slotList(slots)], NO_KEYS, ok)
  }

  /** Let the node forget who serves ranges of slots (Redis 7). */
  clusterDelSlotsRange(...ranges: Ranges[]): Returns<M, 'OK'>
  clusterDelSlotsRange(...flat: Slots[]): Returns<M, 'OK'>
  clusterDelSlotsRange(...ranges: (Ranges | Slots)[]): Returns<M, 'OK'> {
    return this.send('cluster', ['DELSLOTSRANGE', ...rangeList(ranges)], NO_KEYS, ok)
  }

  /** Let the node forget all its slots. */
  clusterFlushSlots() {
    return this.send<'OK'>('cluster', ['FLUSHSLOTS'], NO_KEYS, ok)
  }

  /** Say of a slot where it comes from, goes to, or belongs to. */
  clusterSetSlot(slot: number, state: SlotState) {
    const words = encodeOptions(state, STATES)
    const said =
      words.length > 0 ? words : [new Invalid('state', 'must say what becomes of the slot')]
    return this.send<'OK'>('cluster', ['SETSLOT', slotOf(slot), ...said], NO_KEYS, ok)
  }

  /** Make the node known to another, and so to the Cluster. */
  clusterMeet(host: string, port: number, busPort?: number) {
    const bus = busPort === undefined ? [] : [wholeNumber('busPort', busPort, 1)]
    const args = ['MEET', host, wholeNumber('port', port, 1), ...bus]
    return this.send<'OK'>('cluster', args, NO_KEYS, ok)
  }

  /** Let the node forget another for a minute, within which all the others have to be told as well. */
  clusterForget(id: string) {
    return this.send<'OK'>('cluster', ['FORGET', id], NO_KEYS, ok)
  }

  /** Make the node a replica of a master. */
  clusterReplicate(id: string) {
    return this.send<'OK'>('cluster', ['REPLICATE', id], NO_KEYS, ok)
  }

  /** Let a replica take the place of its master: with it, without it (`force`), or without the others (`takeover`). */
  clusterFailover(how?: 'force' | 'takeover') {
    const rest = how === undefined ? [] : [choice('how', how, 'FORCE', 'TAKEOVER')]
    return this.send<'OK'>('cluster', ['FAILOVER', ...rest], NO_KEYS, ok)
  }

  /** Take the node out of the Cluster; `hard` gives it a new id as well. */
  clusterReset(how?: 'soft' | 'hard') {
    const rest = how === undefined ? [] : [choice('how', how, 'SOFT', 'HARD')]
    return this.send<'OK'>('cluster', ['RESET', ...rest], NO_KEYS, ok)
  }

  /** Write the node's view of the Cluster to disk. */
  clusterSaveConfig() {
    return this.send<'OK'>('cluster', ['SAVECONFIG'], NO_KEYS, ok)
  }

  /** Set the epoch of a node that has none yet. */
  clusterSetConfigEpoch(epoch: number) {
    const args = ['SET-CONFIG-EPOCH', wholeNumber('epoch', epoch, 1)]
    return this.send<'OK'>('cluster', args, NO_KEYS, ok)
  }

  /** Give the node a new epoch; `'BUMPED 7'`, or `'STILL 7'` when it has the highest. */
  clusterBumpEpoch() {
    return this.send('cluster', ['BUMPEPOCH'], NO_KEYS, text)
  }

  /** A subcommand of CLUSTER in its positional form: `cluster('INFO')`. */
  cluster<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('cluster', [subcommand, ...args], NO_KEYS)
  }

  /** Let a replica serve reads over this connection; the configuration's `readFrom` does that and lasts. */
  readonly() {
    return this.send<'OK'>('readonly', [], NO_KEYS, ok)
  }

  /** Undo `readonly`. */
  readwrite() {
    return this.send<'OK'>('readwrite', [], NO_KEYS, ok)
  }
}

const slotOf = (slot: unknown, argument = 'slot'): Argument =>
  typeof slot === 'number' && Number.isInteger(slot) && slot >= 0 && slot < 16_384
    ? slot
    : new Invalid(argument, 'must be a slot from 0 to 16383')

const slotList = (slots: readonly Slots[]): Argument[] =>
  list('slots', slots).map(slot => (slot instanceof Invalid ? slot : slotOf(slot, 'slots')))

function rangeList(given: readonly (Ranges | Slots)[]): Argument[] {
  const ranges = given.flat() as (SlotRange | number)[]
  const flat = ranges.flatMap(it => (isOptions(it) ? [it.from, it.to] : [it])) as number[]
  return flat.length % 2 === 0 ? slotList([flat]) : [new Invalid('slots', 'must be in pairs')]
}

function slotStatsArguments(options: SlotStatsOptions): Argument[] {
  if (options.orderBy === undefined) {
    return ['SLOTSRANGE', slotOf(options.from, 'from'), slotOf(options.to, 'to')]
  }
  const { orderBy, limit, order } = options
  return [
    'ORDERBY',
    choice(
      'orderBy',
      orderBy,
      'KEY-COUNT',
      'CPU-USEC',
      'NETWORK-BYTES-IN',
      'NETWORK-BYTES-OUT',
      'MEMORY-BYTES',
    ),
    ...(limit === undefined ? [] : ['LIMIT', wholeNumber('limit', limit, 1)]),
    ...(order === undefined ? [] : [choice('order', order, 'ASC', 'DESC')]),
  ]
}

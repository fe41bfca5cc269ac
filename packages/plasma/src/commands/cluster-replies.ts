import { type Text, text } from './replies.js'
import { camelCase, entriesOf, lineRecord, linesOf, type RawMap, shaped } from './reports.js'

/** The id of a node or a shard: 40 hexadecimal digits. */
export type NodeId = Text

/** Slots from one to another, both included. */
export interface SlotRange {
  from: number
  to: number
}

/** CLUSTER INFO; what a server knows beyond this, is there as well. */
export interface ClusterInfo {
  state: 'ok' | 'fail'
  slotsAssigned: number
  slotsOk: number
  slotsPfail: number
  slotsFail: number
  knownNodes: number
  size: number
  currentEpoch: number
  myEpoch: number
  statsMessagesSent: number
  statsMessagesReceived: number
}

/** A node as another one sees it. */
export interface ClusterNode {
  id: NodeId
  host: Text
  port: number
  busPort: number
  /** Redis 7. */
  hostname?: Text
  /** `'myself'`, `'master'`, `'slave'`, `'fail?'`, `'fail'`, … */
  flags: Text[]
  /** Whom a replica follows, `null` for a master. */
  masterId: NodeId | null
  /** Unix time in milliseconds of the ping that waits for its answer, 0 for none. */
  pingSent: number
  /** Unix time in milliseconds. */
  pongReceived: number
  configEpoch: number
  linkState: 'connected' | 'disconnected'
  slots: SlotRange[]
  /** Slots that move: to `to`, or from `from`. Only of the node that was asked. */
  moving: ({ slot: number; to: NodeId } | { slot: number; from: NodeId })[]
}

/** Nodes that hold the same slots (Redis 7). */
export interface ClusterShard {
  slots: SlotRange[]
  nodes: {
    id: NodeId
    ip: Text
    endpoint: Text
    hostname?: Text
    port?: number
    tlsPort?: number
    role: 'master' | 'replica'
    replicationOffset: number
    health: 'online' | 'failed' | 'loading'
  }[]
}

/** Where a node can be reached. */
export interface SlotNode {
  /** `null` where the address that was asked is meant. */
  host: Text | null
  port: number
  id: NodeId
}

/** Slots, and who serves them. */
export interface SlotOwner extends SlotRange {
  master: SlotNode
  replicas: SlotNode[]
}

/** A connection between two nodes. */
export interface ClusterLink {
  direction: 'to' | 'from'
  node: NodeId
  /** Unix time in milliseconds. */
  createTime: number
  events: Text
  sendBufferAllocated: number
  sendBufferUsed: number
}

/** What a slot holds and costs (Redis 8.2). */
export interface SlotStats {
  slot: number
  keyCount: number
  cpuUsec?: number
  networkBytesIn?: number
  networkBytesOut?: number
  memoryBytes?: number
}

export const clusterInfo = (raw: unknown): ClusterInfo =>
  Object.fromEntries(
    Object.entries(lineRecord(raw)).map(([name, value]) => [
      camelCase(name.replace(/^cluster_/, '')),
      name === 'cluster_state' ? value : Number(value),
    ]),
  ) as unknown as ClusterInfo

export const clusterNodes = (raw: unknown): ClusterNode[] => linesOf(raw).map(clusterNode)

/** CLUSTER REPLICAS gives one line each. */
export const clusterReplicas = (raw: readonly unknown[]): ClusterNode[] =>
  raw.map(line => clusterNode(text(line)))

/** `<id> <host:port@bus[,hostname]> <flags> <master> <ping> <pong> <epoch> <link> <slots> …` */
function clusterNode(line: Text): ClusterNode {
  const [id, address = '', flags = '', master, ping, pong, epoch, link, ...slots] = line
    .trim()
    .split(' ') as Text[]
  const [place = '', hostname] = address.split(',')
  const [, host, port, busPort] = /^(.*):(\d+)(?:@(\d+))?$/.exec(place) ?? []
  return {
    id: text(id),
    host: text(host),
    port: Number(port),
    busPort: Number(busPort),
    ...(hostname ? { hostname: text(hostname) } : {}),
    flags: flags.split(',') as Text[],
    masterId: master === '-' ? null : text(master),
    pingSent: Number(ping),
    pongReceived: Number(pong),
    configEpoch: Number(epoch),
    linkState: link as ClusterNode['linkState'],
    slots: slots.filter(it => !it.startsWith('[')).map(slotRange),
    moving: slots.filter(it => it.startsWith('[')).map(moving),
  }
}

/** `7` or `0-5460` */
function slotRange(written: string): SlotRange {
  const [from, to = from] = written.split('-')
  return { from: Number(from), to: Number(to) }
}

/** `[77->-<id>]` or `[93-<-<id>]` */
function moving(written: string): ClusterNode['moving'][number] {
  const [, slot, direction, id] = /^\[(\d+)-([<>])-(.+)\]$/.exec(written) ?? []
  return direction === '>'
    ? { slot: Number(slot), to: text(id) }
    : { slot: Number(slot), from: text(id) }
}

export const clusterShards = (raw: readonly RawMap[]): ClusterShard[] =>
  raw.map(shard => {
    const { slots, nodes } = shaped(shard) as { slots: number[]; nodes: RawMap[] }
    return { slots: rangesOf(slots), nodes: nodes.map(node => plain(node) as never) }
  })

const rangesOf = (flat: readonly number[]): SlotRange[] =>
  flat.flatMap((from, i) => (i % 2 === 0 ? [{ from, to: Number(flat[i + 1]) }] : []))

/** A map of texts and numbers. */
const plain = (raw: RawMap): Record<string, unknown> =>
  Object.fromEntries(
    entriesOf(raw).map(([name, value]) => [
      camelCase(name),
      typeof value === 'number' ? value : text(value),
    ]),
  )

type RawSlots = [from: number, to: number, ...nodes: [string | null, number, string][]]

export const clusterSlots = (raw: readonly RawSlots[]): SlotOwner[] =>
  raw.map(([from, to, ...nodes]) => {
    const [master, ...replicas] = nodes.map(
      ([host, port, id]): SlotNode => ({
        host: host === null ? null : text(host),
        port,
        id: text(id),
      }),
    )
    return { from, to, master: master as SlotNode, replicas }
  })

export const clusterLinks = (raw: readonly RawMap[]): ClusterLink[] =>
  raw.map(link => plain(link) as unknown as ClusterLink)

export const slotStats = (raw: readonly [slot: number, stats: RawMap][]): SlotStats[] =>
  raw.map(([slot, stats]) => ({ slot, ...plain(stats) }) as unknown as SlotStats)

import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from './server.js'
import { waitUntil } from './wait.js'

/** A Cluster of our own. */
export interface RedisCluster {
  readonly nodes: readonly { host: string; port: number }[]
  /** The masters first; `servers[masters + i]` starts as a replica of `servers[i % masters]`. */
  readonly servers: readonly RedisServer[]
  stop(): Promise<void>
}

const SLOTS = 16_384
const ARGS = [
  ['--cluster-enabled', 'yes'],
  // A node that met nobody does not know its own address.
  ['--cluster-announce-ip', '127.0.0.1'],
  ['--cluster-config-file', 'nodes.conf'],
  ['--cluster-node-timeout', '1000'],
  ['--cluster-replica-validity-factor', '0'],
  ['--repl-diskless-sync-delay', '0'],
  // Clients are told of a replica once it has received something, such as its master's ping: every 10 s by default.
  ['--repl-ping-replica-period', '1'],
].flat()

/** Start a Cluster; resolves when every node sees it whole and the replicas are linked. */
export async function startCluster({ masters = 3, replicas = 1 } = {}): Promise<RedisCluster> {
  const servers: RedisServer[] = []
  const stop = async () => {
    await Promise.all(servers.map(server => server.stop()))
  }
  const start = async () => servers.push(await startRedis({ args: ARGS }))
  const clients: Redis[] = []
  try {
    await Promise.all(Array.from({ length: masters * (1 + replicas) }, start))
    clients.push(...servers.map(({ host, port }) => new Redis(port, host)))
    await form(clients, masters)
  } catch (error) {
    await stop()
    throw error
  } finally {
    for (const client of clients) client.disconnect()
  }
  return { nodes: servers.map(({ host, port }) => ({ host, port })), servers, stop }
}

async function form(clients: readonly Redis[], masters: number): Promise<void> {
  const leaders = clients.slice(0, masters)
  const followers = clients.slice(masters)
  await each(leaders, (client, i) => {
    const [from, to] = [i, i + 1].map(n => Math.round((n * SLOTS) / masters))
    return client.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(Number(to) - 1))
  })
  // Nodes with an equal epoch would have to settle who is who, which takes a while.
  await each(clients, (client, i) => client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1)))
  const port = String(clients[0]?.options.port)
  await each(clients.slice(1), client => client.call('CLUSTER', 'MEET', '127.0.0.1', port))
  await everywhere('all nodes know each other', clients, async client =>
    (await client.cluster('INFO')).includes(`cluster_known_nodes:${clients.length}\r\n`),
  )
  const ids = await each(leaders, async client => String(await client.call('CLUSTER', 'MYID')))
  // The own table can lag behind the count for a moment: then REPLICATE knows no such node.
  await everywhere('the replicas follow', followers, async client => {
    const id = ids[followers.indexOf(client) % masters] ?? ''
    return (await client.call('CLUSTER', 'REPLICATE', id)) === 'OK'
  })
  await everywhere('the Cluster serves every slot', clients, async client =>
    /cluster_state:ok[\s\S]*cluster_slots_ok:16384/.test(await client.cluster('INFO')),
  )
  await everywhere('all nodes agree on the replicas', clients, async client => {
    const lines = String(await client.cluster('NODES')).split('\n')
    return lines.filter(line => line.includes('slave')).length === followers.length
  })
  await everywhere('all nodes tell clients of the replicas', clients, async client => {
    const ranges = (await client.cluster('SLOTS')) as unknown[][]
    return (
      ranges.reduce((told, [, , , ...replicas]) => told + replicas.length, 0) === followers.length
    )
  })
  await everywhere('the replicas are linked', followers, async client =>
    (await client.info('replication')).includes('master_link_status:up'),
  )
}

const each = <Value>(
  clients: readonly Redis[],
  run: (client: Redis, index: number) => Promise<Value>,
) => Promise.all(clients.map(run))

const everywhere = (
  what: string,
  clients: readonly Redis[],
  test: (client: Redis) => Promise<boolean>,
) => waitUntil(what, async () => (await each(clients, test)).every(Boolean), { timeoutMs: 20_000 })

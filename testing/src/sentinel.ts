import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from './server.js'
import { waitUntil } from './wait.js'

/** One master, one replica and three sentinels of our own. */
export interface RedisSentinel {
  /** The master's name at the sentinels. */
  readonly name: string
  readonly sentinels: readonly { host: string; port: number }[]
  /** The servers of these roles at the start; a failover changes the roles, not these. */
  readonly master: RedisServer
  readonly replica: RedisServer
  /** Master, replica, then the sentinels. */
  readonly servers: readonly RedisServer[]
  stop(): Promise<void>
}

const NAME = 'gravito'

/** Start them; resolves when the replica is linked and the sentinels know each other and the replica. */
export async function startSentinel(): Promise<RedisSentinel> {
  const servers: RedisServer[] = []
  const stop = async () => {
    await Promise.all(servers.map(server => server.stop()))
  }
  const start = async (options: Parameters<typeof startRedis>[0]) => {
    const server = await startRedis(options)
    servers.push(server)
    return server
  }
  try {
    const fast = ['--repl-diskless-sync-delay', '0']
    const master = await start({ args: fast })
    const follow = ['--replicaof', master.host, String(master.port)]
    const replica = await start({ args: [...fast, ...follow] })
    await linked(replica)
    const sentinel = configuration(master)
    const sentinels = await Promise.all([1, 2, 3].map(() => start({ sentinel })))
    await agreement(sentinels)
    const addresses = sentinels.map(({ host, port }) => ({ host, port }))
    return { name: NAME, sentinels: addresses, master, replica, servers, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const configuration = (master: RedisServer) =>
  [
    `sentinel monitor ${NAME} ${master.host} ${master.port} 2`,
    `sentinel down-after-milliseconds ${NAME} 1000`,
    `sentinel failover-timeout ${NAME} 3000`,
    `sentinel parallel-syncs ${NAME} 1`,
  ].join('\n')

async function linked(replica: RedisServer): Promise<void> {
  const client = new Redis(replica.port, replica.host)
  try {
    await waitUntil('the replica is linked', async () =>
      (await client.info('replication')).includes('master_link_status:up'),
    )
  } finally {
    client.disconnect()
  }
}

async function agreement(sentinels: readonly RedisServer[]): Promise<void> {
  const clients = sentinels.map(({ host, port }) => new Redis(port, host))
  const agrees = async (client: Redis) => {
    const view = String(await client.call('SENTINEL', 'MASTER', NAME))
    return view.includes('num-slaves,1,') && view.includes('num-other-sentinels,2,')
  }
  try {
    await waitUntil(
      'the sentinels agree',
      async () => (await Promise.all(clients.map(agrees))).every(Boolean),
      { timeoutMs: 20_000 },
    )
  } finally {
    for (const client of clients) client.disconnect()
  }
}

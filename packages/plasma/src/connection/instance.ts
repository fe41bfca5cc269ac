import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { ResolvedConnection } from '../config/types.js'
import { authenticateWith } from './credentials.js'
import { accelerate } from './fast/accelerate.js'

/** What a connection is for. */
export interface ConnectionRole {
  /** Copy a given instance instead of using it; the copy is ours to close. */
  copy?: boolean
  /** Only listens to channels: RESP2, and it waits for Redis as long as it takes. */
  listens?: 'channels' | 'shards'
  /** Reads from replicas where there are any. */
  reads?: 'replica'
  /** One caller at a time has it to himself: for waiting and for WATCH. */
  dedicated?: boolean
}

/** Is the instance somebody else's, who opens and closes it? */
export const isForeign = (config: ResolvedConnection, role: ConnectionRole): boolean =>
  config.client !== undefined && !role.copy && !role.listens && !role.reads && !role.dedicated

/** As ioredis calls it: as a method of the instance's options, or of the Cluster. */
export type RetryStrategy = (this: unknown, attempt: number) => number | null

/** A replica that joins is used without a MOVED, which is what else would tell of it. */
const REPLICAS_REFRESH_MS = 30_000

/** An ioredis instance as the configuration says; it opens no socket before its first command. */
export function createInstance(
  config: ResolvedConnection,
  role: ConnectionRole,
  retryDelay: RetryStrategy,
): Redis | Cluster {
  const instance = config.client
    ? copyOf(config.client, role)
    : config.kind === 'cluster'
      ? createCluster(config, role, retryDelay)
      : createSingle(config, role, retryDelay)
  // It waits for us; a copy that a library makes of it opens at once, as ioredis' do unless told otherwise.
  const { lazyConnect = false } = 'nodes' in instance ? config.cluster : config.ioredis
  instance.options.lazyConnect = lazyConnect
  if (config.fastPath) accelerate(instance)
  if (config.passwordSource) authenticateWith(instance, config.passwordSource)
  return instance
}

const forRole = (role: ConnectionRole): RedisOptions =>
  role.listens ? { protocol: 2, maxRetriesPerRequest: null } : {}

function copyOf(client: Redis | Cluster, role: ConnectionRole): Redis | Cluster {
  if (!('nodes' in client)) {
    const replica = role.reads ? { role: 'slave' as const } : {}
    return client.duplicate({ lazyConnect: true, ...forRole(role), ...replica })
  }
  return client.duplicate([], {
    lazyConnect: true,
    shardedSubscribers: role.listens === 'shards',
    ...(role.reads ? { scaleReads: 'slave' } : {}),
  })
}

function createCluster(
  { nodes, cluster, ioredis }: ResolvedConnection,
  role: ConnectionRole,
  retryDelay: RetryStrategy,
): Cluster {
  return new Cluster([...nodes], {
    clusterRetryStrategy: retryDelay,
    slotsRefreshTimeout: 2_000,
    shardedSubscribers: role.listens === 'shards',
    ...cluster,
    ...(role.reads ? { scaleReads: 'slave', slotsRefreshInterval: REPLICAS_REFRESH_MS } : {}),
    lazyConnect: true,
    redisOptions: { ...ioredis, ...forRole(role), ...cluster.redisOptions },
  })
}

function createSingle(
  { kind, ioredis, maxRetries, readFrom }: ResolvedConnection,
  role: ConnectionRole,
  retryDelay: RetryStrategy,
): Redis {
  const replica = role.reads ?? (readFrom === 'replica' ? 'replica' : undefined)
  return new Redis({
    maxRetriesPerRequest: maxRetries,
    retryStrategy: retryDelay,
    reconnectOnError: kind === 'sentinel' ? resendAfterFailover : reconnectAfterFailover(),
    ...ioredis,
    ...forRole(role),
    ...(kind === 'sentinel' && replica ? { role: 'slave' } : {}),
    lazyConnect: true,
  })
}

const isDemoted = (error: Error): boolean => error.message.startsWith('READONLY')

/** A demoted master executed nothing: ask the sentinels again and send it there. */
const resendAfterFailover = (error: Error) => (isDemoted(error) ? 2 : false)

const FAILOVER_PAUSE_MS = 5_000

/** Behind a name there may be another server now: look again, but not at every write to a replica. */
function reconnectAfterFailover() {
  // Copies that a library makes of the instance share the function, but not its options, whose method it is.
  const reconnected = new WeakMap<object, number>()
  return function (this: unknown, error: Error): boolean {
    const own = (this ?? reconnected) as object
    const last = reconnected.get(own) ?? Number.NEGATIVE_INFINITY
    if (!isDemoted(error) || performance.now() - last < FAILOVER_PAUSE_MS) return false
    reconnected.set(own, performance.now())
    return true
  }
}

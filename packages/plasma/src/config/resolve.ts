import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis'
import { RedisConfigError } from '../errors.js'
import {
  ALONE,
  addresses,
  didYouMean,
  filled,
  OPTIONS,
  object,
  port,
  refuse,
  slotPrefix,
} from './checks.js'
import { tlsOptions } from './tls.js'
import type {
  ConnectionConfig,
  NodeAddress,
  RedisConfig,
  ResolvedConfig,
  ResolvedConnection,
} from './types.js'
import { fromUrl } from './url.js'

/**
 * Check a whole configuration.
 *
 * @throws RedisConfigError naming the path of the first mistake
 */
export function resolveConfig(config: RedisConfig): ResolvedConfig {
  refuse('configuration', object(config))
  if (config.default !== undefined) refuse('default', filled(config.default))
  const { default: preferred, connections, ...unknown } = config
  for (const name of Object.keys(unknown)) {
    if (name in OPTIONS)
      throw new RedisConfigError(
        name,
        'belongs to a connection: write { connections: { default: { … } } }',
      )
    throw new RedisConfigError(name, didYouMean(name, ['default', 'connections']))
  }
  refuse('connections', object(connections))
  const resolved = new Map<string, ResolvedConnection>()
  for (const [name, connection] of Object.entries(connections)) {
    refuse(`connections.${name}`, object(connection))
    if (connection.driver !== undefined && connection.driver !== 'redis') continue
    resolved.set(name, resolveConnection(connection, `connections.${name}`))
  }
  const otherDriver =
    preferred !== undefined && preferred in connections && !resolved.has(preferred)
  return {
    defaultName: defaultName(otherDriver ? undefined : preferred, resolved),
    connections: resolved,
  }
}

/**
 * Check one connection's configuration.
 *
 * @param path where it stands, for messages
 * @throws RedisConfigError
 */
export function resolveConnection(config: ConnectionConfig, path: string): ResolvedConnection {
  refuse(path, object(config))
  const given = Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== undefined),
  )
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof ConnectionConfig] : undefined
    if (!check)
      throw new RedisConfigError(`${path}.${name}`, didYouMean(name, Object.keys(OPTIONS)))
    refuse(`${path}.${name}`, check(value))
  }
  const options: ConnectionConfig = { ...given, ...clusterForm(given, path) }
  for (const [name, others] of ALONE) {
    const other = others.find(it => options[it] !== undefined)
    if (options[name] !== undefined && other) {
      throw new RedisConfigError(`${path}.${name}`, `cannot be combined with ${other}`)
    }
  }
  return assemble(options, path)
}

function assemble(options: ConnectionConfig, path: string): ResolvedConnection {
  const at =
    options.url === undefined ? options : { ...options, ...fromUrl(options.url, options, path) }
  const nodes = (options.nodes ?? options.sentinels ?? []).map((node, i) =>
    address(node, `${path}.nodes.${i}`),
  )
  if (options.cluster === true && nodes.length === 0)
    throw new RedisConfigError(`${path}.nodes`, 'is needed by cluster: true')
  if (options.sentinels && !options.name)
    throw new RedisConfigError(
      `${path}.name`,
      'is needed: the name under which the sentinels know the master',
    )
  const kind = options.client
    ? 'given'
    : options.nodes
      ? 'cluster'
      : options.sentinels
        ? 'sentinel'
        : 'single'
  if (kind === 'cluster' && Number(at.db ?? 0) !== 0)
    throw new RedisConfigError(`${path}.db`, 'must be 0: a Cluster has one database')
  const given: RedisOptions = options.client?.options ?? {}
  const client = options.client as Redis | Cluster | undefined
  const keyPrefix = at.keyPrefix ?? given.keyPrefix ?? ''
  if (kind === 'cluster' || (client && 'nodes' in client))
    refuse(`${path}.keyPrefix`, slotPrefix(keyPrefix))
  const host = at.host ?? given.host ?? '127.0.0.1'
  const server = { host, port: Number(at.port ?? given.port ?? 6379) }
  return {
    kind,
    address:
      at.path ??
      given.path ??
      (nodes.length > 0 ? nodes : [server]).map(it => `${it.host}:${it.port}`).join(', '),
    keyPrefix,
    commandTimeout: at.commandTimeout ?? 5_000,
    maxRetries: at.maxRetries ?? 3,
    retryDelay: at.retryDelay ?? 500,
    maxQueued: at.maxQueued ?? 10_000,
    fastPath: at.fastPath ?? process.env.GRAVITO_REDIS_FAST_PATH !== 'off',
    readFrom: options.readFrom ?? 'master',
    textNumbers: (options.options?.stringNumbers ?? given.stringNumbers) === true,
    passwordSource: typeof at.password === 'function' ? at.password : undefined,
    nodes,
    client,
    cluster: {
      ...clusterOptions(options.cluster),
      scaleReads: options.readFrom === 'replica' ? 'slave' : (options.readFrom ?? 'master'),
    },
    ioredis: {
      ...(at.path ? { path: at.path } : kind === 'single' ? server : {}),
      ...(kind === 'sentinel' ? { sentinels: nodes, name: options.name } : {}),
      username: at.username || undefined,
      password: typeof at.password === 'function' ? undefined : at.password || undefined,
      db: Number(at.db ?? 0),
      tls: tlsOptions(at.tls, kind === 'single' ? host : undefined, `${path}.tls`),
      connectTimeout: at.connectTimeout ?? 10_000,
      connectionName: at.connectionName,
      ...options.options,
    },
  }
}

/** `cluster: { nodes, … }` and `cluster: true` with `nodes` mean the same. */
function clusterForm({ cluster, nodes }: ConnectionConfig, path: string): ConnectionConfig {
  if (typeof cluster !== 'object') {
    if (nodes && cluster === undefined)
      throw new RedisConfigError(`${path}.nodes`, 'needs cluster: true')
    return {}
  }
  refuse(`${path}.cluster.nodes`, addresses(cluster.nodes))
  return { nodes: cluster.nodes }
}

function clusterOptions(cluster: ConnectionConfig['cluster']): ClusterOptions {
  if (typeof cluster !== 'object') return {}
  const { nodes: _, ...options } = cluster
  return options
}

function address(node: NodeAddress, path: string): { host: string; port: number } {
  refuse(`${path}.host`, filled(node.host))
  refuse(`${path}.port`, port(node.port ?? 6379))
  return { host: node.host, port: Number(node.port ?? 6379) }
}

function defaultName(
  preferred: string | undefined,
  connections: ReadonlyMap<string, unknown>,
): string {
  const names = [...connections.keys()]
  if (names.length === 0) throw new RedisConfigError('connections', 'holds no Redis connection')
  const wanted = preferred ?? 'default'
  const [first] = names
  if (connections.has(wanted)) return wanted
  if (preferred === undefined && first !== undefined && names.length === 1) return first
  throw new RedisConfigError(
    'default',
    preferred === undefined
      ? `must say which connection is the default: ${names.join(', ')}`
      : `names "${wanted}", which is no Redis connection; there are: ${names.join(', ')}`,
  )
}

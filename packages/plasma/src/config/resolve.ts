import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis'
import type { PasswordSource } from '../connection/credentials.js'
import { RedisConfigError } from '../errors.js'

/** A server's address; the port may be numeric text, as it comes from the environment. */
export interface NodeAddress {
  host: string
  port?: number | string
}

/** One connection: a single server, a Cluster, or a master found through Sentinel. */
export interface ConnectionConfig {
  /** `redis://user:password@host:6379/0`, `rediss://` for TLS; instead of host, port and path. */
  url?: string
  /** Default `127.0.0.1`. */
  host?: string
  /** Default 6379. */
  port?: number | string
  /** How many commands may wait while the connection is away, default 10 000; 0 refuses them at once. */
  maxQueued?: number
  /** A Unix socket, instead of host and port. */
  path?: string
  /** ACL user (Redis 6). */
  username?: string | null
  /** The password, or a function that gives it before each connection (rotation). */
  password?: string | null | PasswordSource
  /** Database number, default 0. */
  db?: number | string
  /** `true`, or Node's TLS options; the certificate is verified unless `rejectUnauthorized: false`. */
  tls?: boolean | ConnectionOptions
  /** In front of every key, key glob and channel, and taken off again in replies. */
  keyPrefix?: string
  /** Milliseconds for the connection to come up, default 10 000. */
  connectTimeout?: number
  /** Milliseconds for a reply, default 5 000; 0 waits for ever. Blocking commands are exempt. */
  commandTimeout?: number
  /** How many times a connection is tried again before its commands fail, default 3. */
  maxRetries?: number
  /** Milliseconds before the first retry, default 500; doubled each time up to 2 s, with jitter. */
  retryDelay?: number
  /** `true` with `nodes`, or an object that holds them. */
  cluster?: boolean | ({ nodes: readonly NodeAddress[] } & ClusterOptions)
  /** Some nodes of the Cluster; the rest is discovered. */
  nodes?: readonly NodeAddress[]
  /** Sentinels that know the master called `name`. */
  sentinels?: readonly NodeAddress[]
  name?: string
  /** Where a Cluster's reads go, default `'master'`. */
  readFrom?: 'master' | 'replica' | 'all'
  /** What CLIENT LIST shows. */
  connectionName?: string
  /** An ioredis instance of your own; it stays yours to close. */
  client?: Redis | Cluster
  /** Handed to ioredis as it is. */
  options?: RedisOptions
  /** Atlas' marker; connections of other drivers are left alone. */
  driver?: string
}

/** Named connections and which of them is the default. */
export interface RedisConfig {
  /** Default: the connection called `default`, or the only one. */
  default?: string
  connections: Readonly<Record<string, ConnectionConfig>>
}

/** A connection's configuration, checked, with every default in place. */
export interface ResolvedConnection {
  readonly kind: 'single' | 'cluster' | 'sentinel' | 'given'
  /** For messages; never holds a secret. */
  readonly address: string
  readonly keyPrefix: string
  readonly commandTimeout: number
  readonly maxRetries: number
  readonly maxQueued: number
  readonly readFrom: 'master' | 'replica' | 'all'
  readonly passwordSource: PasswordSource | undefined
  readonly retryDelay: number
  readonly ioredis: RedisOptions
  readonly nodes: readonly { host: string; port: number }[]
  readonly cluster: ClusterOptions
  readonly client: Redis | Cluster | undefined
}

/** The connections of a configuration, checked, and the default one's name. */
export interface ResolvedConfig {
  readonly defaultName: string
  readonly connections: ReadonlyMap<string, ResolvedConnection>
}

type Check = (value: unknown) => string | undefined

const text: Check = value => (typeof value === 'string' ? undefined : 'must be a text')
const filled: Check = value =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'must be a text that is not empty'
const secret: Check = value => {
  if (value === null || value === '') return undefined
  if (value === 'null' || value === 'undefined') {
    return `is the text "${value}", which an unset environment variable leaves behind; leave the option out`
  }
  return text(value)
}
const count =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  value =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `must be a whole number from ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ' up'}`
const numeric =
  (min: number, max: number): Check =>
  value =>
    count(min, max)(typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value)
const port = numeric(1, 65_535)
const object: Check = value =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'must be an object'
const switchOr =
  (check: Check): Check =>
  value =>
    typeof value === 'boolean'
      ? undefined
      : check(value)?.replace('must be', 'must be true, false or')
const oneOf =
  (...values: string[]): Check =>
  value =>
    values.includes(value as string) ? undefined : `must be one of ${values.join(', ')}`
const addresses: Check = value =>
  Array.isArray(value) && value.length > 0 && value.every(node => object(node) === undefined)
    ? undefined
    : 'must be a list of { host, port } that is not empty'

const OPTIONS: Readonly<Record<keyof ConnectionConfig, Check>> = {
  url: filled,
  host: filled,
  port,
  path: filled,
  username: secret,
  password: value => (typeof value === 'function' ? undefined : secret(value)),
  db: numeric(0, Number.MAX_SAFE_INTEGER),
  tls: switchOr(object),
  keyPrefix: text,
  connectTimeout: count(1),
  commandTimeout: count(0),
  maxRetries: count(0),
  maxQueued: count(0),
  retryDelay: count(0),
  cluster: switchOr(object),
  nodes: addresses,
  sentinels: addresses,
  name: filled,
  readFrom: oneOf('master', 'replica', 'all'),
  connectionName: filled,
  client: object,
  options: object,
  driver: oneOf('redis'),
}

const ALONE: readonly [keyof ConnectionConfig, readonly (keyof ConnectionConfig)[]][] = [
  ['url', ['host', 'port', 'path', 'sentinels', 'nodes']],
  ['path', ['host', 'port', 'sentinels', 'nodes']],
  ['sentinels', ['host', 'port', 'nodes']],
  ['nodes', ['host', 'port']],
  [
    'client',
    ['url', 'host', 'port', 'path', 'username', 'password', 'db', 'tls', 'sentinels', 'nodes'],
  ],
]

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
  const host = at.host ?? '127.0.0.1'
  const server = { host, port: Number(at.port ?? 6379) }
  return {
    kind,
    address:
      at.path ??
      (nodes.length > 0 ? nodes : [server]).map(it => `${it.host}:${it.port}`).join(', '),
    keyPrefix: at.keyPrefix ?? options.client?.options.keyPrefix ?? '',
    commandTimeout: at.commandTimeout ?? 5_000,
    maxRetries: at.maxRetries ?? 3,
    retryDelay: at.retryDelay ?? 500,
    maxQueued: at.maxQueued ?? 10_000,
    readFrom: options.readFrom ?? 'master',
    passwordSource: typeof at.password === 'function' ? at.password : undefined,
    nodes,
    client: options.client,
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
      tls: tlsOptions(at.tls, kind === 'single' ? host : undefined),
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

function fromUrl(url: string, options: ConnectionConfig, path: string): ConnectionConfig {
  if (!URL.canParse(url))
    throw new RedisConfigError(`${path}.url`, 'is no URL; write redis://host:6379')
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  if (!/^(redis|valkey)s?:$/.test(protocol))
    throw new RedisConfigError(
      `${path}.url`,
      `must start with redis:// or rediss://, not ${protocol}//`,
    )
  if (password && options.password)
    throw new RedisConfigError(`${path}.password`, 'is in the url as well')
  const db = pathname.slice(1)
  refuse(
    `${path}.url`,
    db === ''
      ? undefined
      : numeric(0, Number.MAX_SAFE_INTEGER)(db)?.replace('must', 'database must'),
  )
  if (db !== '' && options.db !== undefined)
    throw new RedisConfigError(`${path}.db`, 'is in the url as well')
  refuse(`${path}.url`, secret(decodeURIComponent(password)))
  return {
    host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: port || 6379,
    username: username ? decodeURIComponent(username) : options.username,
    password: password ? decodeURIComponent(password) : options.password,
    db: db === '' ? options.db : db,
    tls: options.tls ?? (protocol === 'rediss:' || protocol === 'valkeys:'),
  }
}

/** A server name for the certificate, which Node does not derive when the host is given through options. */
function tlsOptions(
  tls: ConnectionConfig['tls'],
  host: string | undefined,
): ConnectionOptions | undefined {
  if (!tls) return undefined
  const options = tls === true ? {} : tls
  return host && isIP(host) === 0 ? { servername: host, ...options } : options
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

function refuse(path: string, problem: string | undefined): void {
  if (problem !== undefined) throw new RedisConfigError(path, problem)
}

/** Names the option that was probably meant. */
function didYouMean(name: string, known: readonly string[]): string {
  const plain = (it: string) => it.toLowerCase().replace(/[^a-z]/g, '')
  const close = known.find(it => {
    const [a, b] = [plain(name), plain(it)]
    return (
      a === b ||
      (a.length > 2 &&
        (b.startsWith(a) || a.startsWith(b) || [...a].sort().join('') === [...b].sort().join('')))
    )
  })
  return `is no option${close ? `; did you mean ${close}?` : `; known are ${known.join(', ')}`}`
}

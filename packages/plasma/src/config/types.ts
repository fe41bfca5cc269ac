import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis'
import type { PasswordSource } from '../connection/credentials.js'
import type { TlsConfig } from './tls.js'

/** A server's address; the port may be numeric text, as it comes from the environment. */
export interface NodeAddress {
  host: string
  port?: number | string
}

/** An ioredis instance or Cluster of any copy: ioredis 5 and 6 and iovalkey fit. */
export interface IoredisInstance {
  readonly status: string
  readonly options: object
  sendCommand(command: never, ...rest: never[]): unknown
  duplicate(...changes: never[]): unknown
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
  /** `false` leaves every command to ioredis' own writing and decoding; default `true`. */
  fastPath?: boolean
  /** A Unix socket, instead of host and port. */
  path?: string
  /** ACL user (Redis 6). */
  username?: string | null
  /** The password, or a function that gives it before each connection (rotation). */
  password?: string | null | PasswordSource
  /** Database number, default 0. */
  db?: number | string
  /** `true`, or Node's TLS options, files included; the certificate is verified unless `rejectUnauthorized: false`. */
  tls?: boolean | TlsConfig
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
  client?: IoredisInstance
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
  readonly fastPath: boolean
  readonly readFrom: 'master' | 'replica' | 'all'
  /** ioredis makes texts of numbers. */
  readonly textNumbers: boolean
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

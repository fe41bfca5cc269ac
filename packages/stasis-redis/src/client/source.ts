import { type ConnectionConfig, Redis, RedisClient, RedisConfigError } from '@gravito/plasma'
import type { Client } from './many-keys.js'

type RedisOptions = NonNullable<ConnectionConfig['options']>

/** Options of a connection: plasma's, and those that only ioredis knows. */
export type ConnectionOptions = Omit<ConnectionConfig, 'client' | 'options'> &
  Omit<RedisOptions, keyof ConnectionConfig>

/**
 * What an adapter runs on: a plasma client or manager or a function that gives one, the name of a connection of the `Redis` facade, a URL, an
 * ioredis instance or Cluster of any copy, or the options of a connection of its own. Nothing: the facade, and when
 * that is not configured, 127.0.0.1:6379.
 */
export type ClientSource =
  | Client
  | (() => Client)
  | Parameters<typeof RedisClient.from>[0]
  | string
  | ConnectionOptions

/** A client, and whether it is the adapter's own to close. */
export interface Source {
  /** Asked for each command, because the facade may be configured later. */
  readonly client: () => Client
  /** Closes what was opened here, and nothing else. */
  close(): Promise<void>
}

/** ioredis' options that plasma has no name for; they are handed on as they are. */
const IOREDIS_ONLY: readonly (keyof RedisOptions)[] = [
  'autoPipeliningIgnoredCommands',
  'autoResendUnfulfilledCommands',
  'autoResubscribe',
  'disableClientInfo',
  'enableAutoPipelining',
  'enableOfflineQueue',
  'enableReadyCheck',
  'enableTLSForSentinelMode',
  'family',
  'keepAlive',
  'maxLoadingRetryTime',
  'maxRetriesPerRequest',
  'natMap',
  'noDelay',
  'protocol',
  'readOnly',
  'reconnectOnError',
  'retryStrategy',
  'role',
  'scripts',
  'sentinelCommandTimeout',
  'sentinelPassword',
  'sentinelReconnectStrategy',
  'sentinelRetryStrategy',
  'sentinelTLS',
  'sentinelUsername',
  'showFriendlyErrorStack',
  'socketTimeout',
  'updateSentinels',
]

/** @throws RedisConfigError naming the option */
export function clientFrom(source: ClientSource | undefined, name: string): Source {
  if (source === undefined) return facadeOrLocal(name)
  if (typeof source === 'function') return { client: source, close: nothing }
  if (typeof source === 'string') {
    if (source === '') throw new RedisConfigError('client', 'must not be an empty text')
    if (!isConnectionName(source)) return owned(new RedisClient({ url: source }, name))
    return { client: () => Redis.connection(source), close: async () => {} }
  }
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    const problem =
      'must be a plasma client, a connection name, a URL, an ioredis client or options'
    throw new RedisConfigError('client', problem)
  }
  if ('run' in source && 'scanIterator' in source) return { client: () => source, close: nothing }
  // Not by class: a client of another copy of ioredis has another one.
  if ('sendCommand' in source && 'options' in source) {
    const client = RedisClient.from(source)
    return { client: () => client, close: () => client.disconnect() }
  }
  return owned(new RedisClient(connectionConfig(source as ConnectionOptions), name))
}

/** A text that is no URL. */
export const isConnectionName = (source: ClientSource | undefined): source is string =>
  typeof source === 'string' && !source.includes('://')

/** ioredis' options in plasma's form. */
function connectionConfig(given: ConnectionOptions): ConnectionConfig {
  const config: Record<string, unknown> = {}
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    // plasma always opens on first use.
    if (name === 'lazyConnect') continue
    if (IOREDIS_ONLY.includes(name as keyof RedisOptions)) options[name] = value
    else config[name] = value
  }
  return Object.keys(options).length > 0 ? { ...config, options } : config
}

function facadeOrLocal(name: string): Source {
  let local: RedisClient | undefined
  return {
    client: () => {
      if (Redis.configured) return Redis.connection()
      local ??= new RedisClient({}, name)
      return local
    },
    close: async () => local?.disconnect(),
  }
}

const owned = (client: RedisClient): Source => ({
  client: () => client,
  close: () => client.disconnect(),
})

const nothing = async () => {}

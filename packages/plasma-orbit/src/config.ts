import {
  type ConnectionConfig,
  type RedisConfig,
  RedisConfigError,
  type RedisManager,
} from '@gravito/plasma'
import type { GravitoSettings } from './gravito.js'
import {
  isRecord,
  isSetting,
  type OrbitSettings,
  SETTINGS,
  separate,
  type Written,
} from './options.js'

/** A Redis configuration and where it was written, so that a mistake is reported in its author's terms. */
export interface FoundConfig {
  readonly config: RedisConfig
  /** What the kernel's configuration says about the orbit itself. */
  readonly settings: OrbitSettings
  /** Nobody wrote one, so it is 127.0.0.1:6379. */
  readonly implicit?: boolean
  /** From a path inside `config` to what the author wrote. */
  locate(path: string): string
  /** Which paths inside `config` stand beside the orbit's settings; none by default. */
  readonly beside?: RegExp
}

type Located = Omit<FoundConfig, 'settings'>

const ANY_FORM =
  'must be one connection’s options, { default, connections } or a record of named connections'

/** The connection's options that hold an object themselves, unlike a record of named connections. */
const OBJECT_OPTIONS: readonly string[] = [
  'tls',
  'cluster',
  'client',
  'options',
] satisfies (keyof ConnectionConfig)[]

const FROM_ENVIRONMENT = {
  host: 'REDIS_HOST',
  port: 'REDIS_PORT',
  username: 'REDIS_USERNAME',
  password: 'REDIS_PASSWORD',
  db: 'REDIS_DB',
} as const

/**
 * The configuration, from the first of these that has one: the orbit's options, the kernel's `configKey`, the
 * kernel's REDIS_URL, its REDIS_HOST and companions; else 127.0.0.1:6379.
 *
 * @throws RedisConfigError
 */
export function findConfig(options: Written, kernel: GravitoSettings): FoundConfig {
  const key = options.settings.configKey ?? 'redis'
  const source = `config.${key}`
  const section = setting(kernel, key)
  if (section !== undefined && !isRecord(section)) {
    if (!options.redis) throw new RedisConfigError(source, ANY_FORM)
  }
  const written = isRecord(section) ? inSection(section, source) : undefined
  const settings = written?.settings ?? {}
  if (options.redis) return { ...inAnyForm({ ...options.redis }, 'OrbitPlasma'), settings }
  const saysNothing = !written || (!written.redis && Object.keys(settings).length > 0)
  const found = saysNothing ? fromEnvironment(kernel) : inAnyForm({ ...written.redis }, source)
  return { ...found, settings }
}

/**
 * Configure the manager.
 *
 * @throws RedisConfigError whose path is where the author wrote the mistake
 */
export function applyConfig(manager: RedisManager, { config, locate, beside }: FoundConfig): void {
  try {
    manager.configure(config)
  } catch (error) {
    if (!(error instanceof RedisConfigError)) throw error
    const problem = error.message.slice(error.path.length + ': '.length)
    const isAmongSettings = beside?.test(error.path) && problem.includes('; known are ')
    const settings = isAmongSettings ? `, ${SETTINGS.join(', ')}` : ''
    throw new RedisConfigError(locate(error.path), problem + settings)
  }
}

/** Where a connection leads, for messages; holds no secret. */
export function addressOf(config: ConnectionConfig): string {
  if (config.client) return 'the given client'
  const nodes =
    typeof config.cluster === 'object' ? config.cluster.nodes : (config.nodes ?? config.sentinels)
  if (nodes) return nodes.map(({ host, port = 6379 }) => `${host}:${port}`).join(', ')
  if (config.path) return config.path
  const url = config.url === undefined ? undefined : new URL(config.url)
  return `${url?.hostname || config.host || '127.0.0.1'}:${url?.port || (config.port ?? 6379)}`
}

/**
 * The orbit's settings in a section of the kernel's configuration. In a bare record of connections every name with
 * an object is a connection, also one that is a setting's.
 */
function inSection(section: Record<string, unknown>, source: string): Written {
  const rest = Object.fromEntries(
    Object.entries(section).filter(([name, value]) => !isSetting(name) || isRecord(value)),
  )
  const isBare = !('connections' in section) && isRecordOfConnections(rest)
  return separate(section, source, (_, value) => !isBare || !isRecord(value))
}

/** `{ default, connections }`, a record of named connections, or one connection's options. */
function inAnyForm(written: Record<string, unknown>, source: string): Located {
  if ('connections' in written) {
    return {
      config: written as unknown as RedisConfig,
      locate: path => `${source}.${path}`,
      beside: /^[^.]+$/,
    }
  }
  if (isRecordOfConnections(written)) {
    const { default: preferred, ...others } = written
    const config = (
      typeof preferred === 'string'
        ? { default: preferred, connections: others }
        : { connections: written }
    ) as RedisConfig
    return {
      config,
      locate: path => `${source}.${path.replace(/^connections\./, '')}`,
    }
  }
  return oneConnection(written, source)
}

function oneConnection(connection: ConnectionConfig, source: string): Located {
  return {
    config: { connections: { default: connection } },
    locate: path => path.replace(/^connections\.default/, source),
    beside: /^connections\.default\.[^.]+$/,
  }
}

function isRecordOfConnections(written: Record<string, unknown>): boolean {
  const { default: preferred, ...others } = written
  const connections =
    typeof preferred === 'string' ? Object.entries(others) : Object.entries(written)
  return (
    connections.length > 0 &&
    connections.every(([name, value]) => isRecord(value) && !OBJECT_OPTIONS.includes(name))
  )
}

function fromEnvironment(kernel: GravitoSettings): Located {
  const tls = toBoolean(setting(kernel, 'REDIS_TLS'))
  const url = setting(kernel, 'REDIS_URL')
  if (url !== undefined) {
    // rediss:// says it already, and a false would switch it off.
    const connection = { url, ...(tls ? { tls } : {}) } as ConnectionConfig
    return { config: { connections: { default: connection } }, locate: () => 'config.REDIS_URL' }
  }
  const connection: Record<string, unknown> = tls === undefined ? {} : { tls }
  for (const [option, key] of Object.entries(FROM_ENVIRONMENT)) {
    const value = setting(kernel, key)
    if (value !== undefined) connection[option] = value
  }
  return {
    config: { connections: { default: connection } },
    implicit: Object.keys(connection).length === 0,
    locate: path => `config.REDIS_${(path.split('.').at(-1) ?? '').toUpperCase()}`,
  }
}

/** The kernel's setting; an empty one and the text `null` of an .env file count as absent. */
function setting(kernel: GravitoSettings, key: string): unknown {
  const value = kernel.get<unknown>(key, null)
  return value === null || value === '' || value === 'null' ? undefined : value
}

function toBoolean(value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  if (value === 1 || value === '1' || value === 'true') return true
  if (value === 0 || value === '0' || value === 'false') return false
  throw new RedisConfigError('config.REDIS_TLS', 'must be true or false')
}

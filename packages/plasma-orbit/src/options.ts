import { type ConnectionConfig, type RedisConfig, RedisConfigError } from '@gravito/plasma'
import {
  type CacheServiceOptions,
  type LocksServiceOptions,
  type ServiceRequest,
  serviceRequest,
} from './services.js'
import { isTypo } from './typos.js'

/**
 * What boot does about a connection. `required`: opened, and boot fails when it cannot be. `optional`: opened, and a
 * failure is a warning; the first command tries again. `lazy`: opened by the first command.
 */
export type BootPolicy = 'required' | 'optional' | 'lazy'

/** What concerns the orbit itself; the rest of its options is Redis configuration. */
export interface OrbitSettings {
  /** The name in `core.services`, the container and the request context, default `'redis'`. */
  exposeAs?: string
  /** One policy for all connections, or one by name; default `'required'`, also for names that are not given. */
  boot?: BootPolicy | Readonly<Record<string, BootPolicy>>
  /** `false` is `boot: 'lazy'`, `true` is `boot: 'required'`. */
  autoConnect?: boolean
  /** Milliseconds that boot waits for the connections, default 10 000. */
  bootTimeoutMs?: number
  /** Where `core.config` holds the Redis configuration, default `'redis'`. */
  configKey?: string
  /**
   * Make the global `Redis` facade this orbit's manager. Default: if nobody has configured the facade yet;
   * `true` insists, and rejects the install when somebody has.
   */
  facade?: boolean
  /** Serve the health at this path; `true` is `/health/` and the service's name. Default: no route. */
  health?: boolean | string
  /** The service `locks`, of the optional package `@gravito/redis-locks`; default none. */
  locks?: boolean | LocksServiceOptions
  /** The service `cache`, of the optional package `@gravito/stasis-redis`; default none. */
  cache?: boolean | CacheServiceOptions
  /** Milliseconds that shutdown waits for held locks and pending replies, default 10 000. */
  shutdownTimeoutMs?: number
  /** Shut the core down at SIGTERM and SIGINT; default false. */
  signals?: boolean
}

/** The orbit's settings, with named connections, with one connection's options, or with neither (see `core.config`). */
export type OrbitPlasmaOptions = OrbitSettings &
  (RedisConfig | (ConnectionConfig & { default?: never; connections?: never }))

/** Every setting with its default in place. */
export interface ResolvedSettings {
  readonly exposeAs: string
  readonly boot: BootPolicy | Readonly<Record<string, BootPolicy>>
  readonly bootTimeoutMs: number
  readonly configKey: string
  readonly facade: boolean | undefined
  /** The health's path. */
  readonly health: string | undefined
  readonly services: readonly ServiceRequest[]
  readonly shutdownTimeoutMs: number
  readonly signals: boolean
}

/** What was written, the orbit's settings checked and set apart from the Redis configuration, which plasma checks. */
export interface Written {
  readonly settings: OrbitSettings
  /** Undefined when there is none. */
  readonly redis: Readonly<Record<string, unknown>> | undefined
}

const POLICIES = ['required', 'optional', 'lazy'] satisfies BootPolicy[]
const POLICY = `must be ${POLICIES.map(it => `'${it}'`).join(', ')}`

const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty'
const truth = (value: unknown) => (typeof value === 'boolean' ? undefined : 'must be true or false')
const milliseconds = (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31
    ? undefined
    : 'must be a whole number of milliseconds from 1 up'
const policy = (value: unknown) => {
  if (isPolicy(value)) return undefined
  if (!isRecord(value)) return `${POLICY} or a record of them by connection`
  const [wrong] = Object.entries(value).find(([, it]) => !isPolicy(it)) ?? []
  return wrong === undefined ? undefined : `${wrong} ${POLICY}`
}
const route = (value: unknown) =>
  typeof value === 'boolean' || (typeof value === 'string' && value.startsWith('/'))
    ? undefined
    : 'must be true, false or a path that starts with /'
const place = (value: unknown) => {
  if (typeof value === 'boolean') return undefined
  if (!isRecord(value)) return 'must be true, false or an object of options'
  const wrong = ['exposeAs', 'connection'].find(it => value[it] !== undefined && text(value[it]))
  return wrong && `${wrong} must be a text that is not empty`
}

const CHECKS: Readonly<Record<keyof OrbitSettings, (value: unknown) => string | undefined>> = {
  exposeAs: text,
  boot: policy,
  autoConnect: truth,
  bootTimeoutMs: milliseconds,
  configKey: text,
  facade: truth,
  health: route,
  locks: place,
  cache: place,
  shutdownTimeoutMs: milliseconds,
  signals: truth,
}

/** The names of the orbit's settings. */
export const SETTINGS = Object.keys(CHECKS)

/** Is this the name of a setting of the orbit? */
export const isSetting = (name: string): name is keyof OrbitSettings => Object.hasOwn(CHECKS, name)

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Check the orbit's own settings among `written` and set the Redis configuration apart.
 *
 * @param source where it was written, for messages
 * @param isOurs whether a name that is a setting's is meant as one
 * @throws RedisConfigError
 */
export function separate(
  written: Readonly<Record<string, unknown>>,
  source: string,
  isOurs: (name: string, value: unknown) => boolean = () => true,
): Written {
  const settings: Record<string, unknown> = {}
  const redis: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(written)) {
    if (value === undefined) continue
    if (!isSetting(name)) {
      const meant = isRecord(value) ? undefined : settingLike(name)
      if (meant)
        throw new RedisConfigError(`${source}.${name}`, `is no option; did you mean ${meant}?`)
      redis[name] = value
    } else if (isOurs(name, value)) {
      const problem = CHECKS[name](value)
      if (problem) throw new RedisConfigError(`${source}.${name}`, problem)
      settings[name] = value
    } else redis[name] = value
  }
  if (settings.boot !== undefined && settings.autoConnect !== undefined)
    throw new RedisConfigError(
      `${source}.autoConnect`,
      `cannot be combined with boot; write boot: '${settings.autoConnect ? 'required' : 'lazy'}'`,
    )
  return { settings, redis: Object.keys(redis).length > 0 ? redis : undefined }
}

/**
 * The constructor's argument, checked.
 *
 * @throws RedisConfigError
 */
export function readOptions(options: OrbitPlasmaOptions): Written {
  if (!isRecord(options)) throw new RedisConfigError('OrbitPlasma', 'takes an object of options')
  return separate(options, 'OrbitPlasma')
}

/** The options' settings over the kernel's over the defaults. */
export function resolveSettings(options: OrbitSettings, kernel: OrbitSettings): ResolvedSettings {
  const given = { ...kernel, ...options }
  const { exposeAs = 'redis', bootTimeoutMs = 10_000, configKey = 'redis' } = given
  const { facade, health = false, shutdownTimeoutMs = 10_000, signals = false } = given
  const services = (['locks', 'cache'] as const).flatMap(kind => {
    const source = options[kind] === undefined ? `config.${configKey}` : 'OrbitPlasma'
    return serviceRequest(kind, given[kind], `${source}.${kind}`) ?? []
  })
  return {
    exposeAs,
    bootTimeoutMs,
    configKey,
    facade,
    boot: policyOf(options) ?? policyOf(kernel) ?? 'required',
    services,
    shutdownTimeoutMs,
    signals,
    health: health === true ? `/health/${exposeAs}` : health || undefined,
  }
}

/** What boot does about the connection called `name`. */
export function bootPolicy({ boot }: ResolvedSettings, name: string): BootPolicy {
  if (typeof boot === 'string') return boot
  return Object.hasOwn(boot, name) ? (boot[name] ?? 'required') : 'required'
}

function policyOf({ boot, autoConnect }: OrbitSettings): ResolvedSettings['boot'] | undefined {
  if (boot !== undefined || autoConnect === undefined) return boot
  return autoConnect ? 'required' : 'lazy'
}

function isPolicy(value: unknown): value is BootPolicy {
  return POLICIES.includes(value as BootPolicy)
}

function settingLike(name: string): string | undefined {
  return SETTINGS.find(known => isTypo(name, known))
}

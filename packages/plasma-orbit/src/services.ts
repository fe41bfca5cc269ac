import { InvalidArgumentError, RedisConfigError, type RedisManager } from '@gravito/plasma'
import type { Locks, LocksOptions } from '@gravito/redis-locks'
import type { RedisStore, RedisStoreOptions } from '@gravito/stasis-redis'

/** Stands for a service whose optional package is not installed, so that using it is an error that names the package. */
export interface NotInstalled<Package extends string> {
  readonly 'install the package': Package
}

/**
 * Without its package a type is `any`, which would let every mistake pass. The compiler's `any` for what it cannot
 * resolve makes a whole conditional type `any`, unless it is asked for its keys, which are all there are.
 */
type Installed<Type, Otherwise> = string extends keyof Type ? Otherwise : Type

/** The service `locks`: the `Locks` of `@gravito/redis-locks`. */
export type LocksService = Installed<Locks, NotInstalled<'@gravito/redis-locks'>>

/** The service `cache`: the `RedisStore` of `@gravito/stasis-redis`. */
export type CacheService = Installed<RedisStore, NotInstalled<'@gravito/stasis-redis'>>

/** Where a service is found, and on which connection it works. */
export interface ServicePlace {
  /** The name in `core.services`, the container and the request context, default `'locks'` or `'cache'`. */
  exposeAs?: string
  /** A connection of the orbit; default: the default one. */
  connection?: string
}

/** What the service `locks` is made of: a place, and the options of `createLocks`. */
export type LocksServiceOptions = ServicePlace & Installed<LocksOptions, unknown>

/** What the service `cache` is made of: a place, and the options of `redisStore` but its client. */
export type CacheServiceOptions = ServicePlace &
  Omit<Installed<RedisStoreOptions, unknown>, 'client' | 'connection'>

/** A service to be made, and where its options were written. */
export interface ServiceRequest {
  readonly kind: 'locks' | 'cache'
  readonly exposeAs: string
  readonly connection: string | undefined
  readonly options: Readonly<Record<string, unknown>>
  /** `OrbitPlasma.locks` or `config.redis.locks` */
  readonly path: string
}

/** The services of an orbit beside `redis`. */
export interface Services {
  locks?: LocksService
  cache?: CacheService
}

/** What was written for a service; undefined when it is not wanted. */
export function serviceRequest(
  kind: ServiceRequest['kind'],
  written: boolean | ServicePlace | undefined,
  path: string,
): ServiceRequest | undefined {
  if (!written) return undefined
  const { exposeAs = kind, connection, ...options } = written === true ? {} : written
  return { kind, exposeAs, connection, options: { ...options }, path }
}

/**
 * Load the packages of the services and make them.
 *
 * @throws RedisConfigError when a package is missing, a connection is unknown or an option is wrong
 */
export async function makeServices(
  manager: RedisManager,
  requests: readonly ServiceRequest[],
): Promise<Services> {
  const services: Services = {}
  for (const request of requests) {
    const client = clientOf(manager, request)
    if (request.kind === 'locks') {
      const { createLocks } = await load(request, () => import('@gravito/redis-locks'))
      services.locks = make(request, () => createLocks(client, request.options))
    } else {
      const { RedisStore } = await load(request, () => import('@gravito/stasis-redis'))
      services.cache = make(request, () => new RedisStore({ ...request.options, client }))
    }
  }
  return services
}

function clientOf(manager: RedisManager, { connection, path }: ServiceRequest) {
  if (connection === undefined) return manager
  if (manager.connections().includes(connection)) return manager.connection(connection)
  throw new RedisConfigError(
    `${path}.connection`,
    `"${connection}" is no Redis connection; there are: ${manager.connections().join(', ')}`,
  )
}

const PACKAGES = { locks: '@gravito/redis-locks', cache: '@gravito/stasis-redis' } as const

async function load<Module>(
  { kind, path }: ServiceRequest,
  importing: () => Promise<Module>,
): Promise<Module> {
  try {
    return await importing()
  } catch (error) {
    const name = PACKAGES[kind]
    if (!isMissing(error, name)) throw error
    throw new RedisConfigError(path, `needs the package ${name}: npm i ${name}`)
  }
}

/** Is it the package itself that is missing, not something that it needs? */
export function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error)) return false
  const { code = '' } = error as NodeJS.ErrnoException
  return /MODULE_NOT_FOUND$/.test(code) && error.message.includes(`'${name}'`)
}

/** A mistake in the options is reported where they were written. */
function make<Service>({ path }: ServiceRequest, construct: () => Service): Service {
  try {
    return construct()
  } catch (error) {
    if (error instanceof RedisConfigError)
      throw new RedisConfigError(
        `${path}.${error.path}`,
        error.message.slice(error.path.length + 2),
      )
    if (error instanceof InvalidArgumentError)
      throw new RedisConfigError(
        `${path}.${error.argument}`,
        error.message.slice(error.argument.length + 1, -1),
      )
    throw error
  }
}

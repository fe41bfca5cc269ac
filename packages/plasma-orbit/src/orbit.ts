import {
  type ConnectionEvent,
  ConnectionFailedError,
  createManager,
  type Health,
  NotConfiguredError,
  Redis,
  RedisConfigError,
  type RedisManager,
} from '@gravito/plasma'
import { addressOf, applyConfig, type FoundConfig, findConfig } from './config.js'
import type { GravitoCore, GravitoLogger } from './gravito.js'
import { type OrbitPlasmaOptions, type ResolvedOptions, resolveOptions } from './options.js'

/** How every connection of an orbit is; `ok` when all of them are. */
export interface OrbitHealth {
  ok: boolean
  connections: Record<string, Health>
}

/**
 * Redis as a service of a Gravito application: in `core.services`, in the container and in every request's context,
 * opened during boot and closed on the hooks `core:shutdown` and `shutdown`.
 *
 * @example
 * const core = await PlanetCore.boot({
 *   orbits: [new OrbitPlasma({ connections: { default: { host: '127.0.0.1', port: 6379 } } })],
 * })
 */
export class OrbitPlasma {
  readonly #options: ResolvedOptions
  #installed: Installation | undefined

  /**
   * @param options without Redis configuration, it is taken from the kernel's: see the README for the order
   * @throws RedisConfigError
   */
  constructor(options: OrbitPlasmaOptions = {}) {
    this.#options = resolveOptions(options)
  }

  /**
   * The manager of this orbit's connections.
   *
   * @throws NotConfiguredError before `install`
   */
  get manager(): RedisManager {
    if (!this.#installed) throw new NotConfiguredError()
    return this.#installed.manager
  }

  /**
   * Called by the kernel. The service is in place when this returns, the connections are open when it resolves. A
   * rejection takes everything back.
   *
   * @throws RedisConfigError, ConnectionFailedError (both as rejections)
   */
  install(core: GravitoCore): Promise<void> {
    const installing = this.#install(core)
    // A kernel that does not wait for its orbits would be ended by the rejection; the log has it.
    installing.catch(error => core.logger.error(`OrbitPlasma is not installed: ${describe(error)}`))
    return installing
  }

  /** How the connections are; never rejects, and takes a second at most. */
  async health(): Promise<OrbitHealth> {
    const manager = this.#installed?.manager
    if (!manager?.configured) return { ok: false, connections: {} }
    const entries = await Promise.all(
      manager.connections().map(async name => {
        return [name, await manager.connection(name).health()] as const
      }),
    )
    return { ok: entries.every(([, { ok }]) => ok), connections: Object.fromEntries(entries) }
  }

  /** Close every connection and let go of the facade; the hooks call it. Idempotent. */
  async shutdown(): Promise<void> {
    await this.#close(this.#installed)
  }

  async #install(core: GravitoCore): Promise<void> {
    const { settings } = this.#options
    if (this.#installed)
      throw new RedisConfigError('OrbitPlasma', 'is installed already; make one for each core')
    if (core.services.has(settings.exposeAs))
      throw new RedisConfigError(
        'OrbitPlasma.exposeAs',
        `"${settings.exposeAs}" is a service of this core already; choose another name`,
      )
    const found = findConfig(this.#options, core.config)
    const manager = settings.facade === false ? createManager() : facadeOrOwn(settings.facade)
    applyConfig(manager, found)
    if (found.implicit)
      core.logger.info(
        `OrbitPlasma: no Redis configuration, so 127.0.0.1:6379; write REDIS_URL or config.${settings.configKey}`,
      )
    const installed = new Installation(manager, core.logger)
    this.#installed = installed
    this.#expose(core, installed)
    if (!settings.autoConnect) return installed.report()
    try {
      await connectAll(manager, found, settings.bootTimeoutMs)
      installed.report()
    } catch (error) {
      core.services.delete(settings.exposeAs)
      core.container.forget(settings.exposeAs)
      await this.#close(installed)
      throw error
    }
  }

  #expose(core: GravitoCore, installed: Installation): void {
    const { exposeAs } = this.#options.settings
    core.services.set(exposeAs, installed.manager)
    core.container.instance(exposeAs, installed.manager)
    core.adapter.use('*', async (context, next) => {
      if (!installed.closed) context.set(exposeAs, installed.manager)
      await next()
      return undefined
    })
    core.hooks.addAction('core:shutdown', () => this.#close(installed))
    core.hooks.addAction('shutdown', () => this.#close(installed))
  }

  async #close(installed: Installation | undefined): Promise<void> {
    if (this.#installed === installed) this.#installed = undefined
    await installed?.close()
  }
}

/** One core's manager, and who hears of its outages. */
class Installation {
  readonly manager: RedisManager
  readonly #logger: GravitoLogger
  readonly #away = new Set<string>()
  #closing: Promise<void> | undefined

  constructor(manager: RedisManager, logger: GravitoLogger) {
    this.manager = manager
    this.#logger = logger
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** Log when a connection is lost and when it is back. */
  report(): void {
    if (this.closed) return
    this.manager.on('error', this.#lost).on('ready', this.#back)
  }

  /** Once: afterwards the facade may be somebody else's. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.manager.off('error', this.#lost).off('ready', this.#back)
    await (this.manager === Redis ? this.manager.reset() : this.manager.disconnect())
  }

  readonly #lost = ({ connection, error }: ConnectionEvent): void => {
    this.#away.add(connection)
    this.#logger.warn(error?.message ?? `Redis connection "${connection}" failed`)
  }

  readonly #back = ({ connection }: ConnectionEvent): void => {
    if (this.#away.delete(connection)) this.#logger.info(`Redis connection "${connection}" is back`)
  }
}

/** The facade while it is free, else a manager of one's own. */
function facadeOrOwn(insist: boolean | undefined): RedisManager {
  if (!Redis.configured) return Redis
  if (!insist) return createManager()
  throw new RedisConfigError(
    'OrbitPlasma.facade',
    'cannot be true: the Redis facade is configured already, by Redis.configure or by another orbit',
  )
}

async function connectAll(
  manager: RedisManager,
  { config }: FoundConfig,
  timeoutMs: number,
): Promise<void> {
  const late = new Error(`no answer within ${timeoutMs} ms (bootTimeoutMs)`)
  await Promise.all(
    manager.connections().map(async name => {
      let deadline: NodeJS.Timeout | undefined
      const tooLate = new Promise<never>((_, reject) => {
        const address = addressOf(config.connections[name] ?? {})
        deadline = setTimeout(
          () => reject(new ConnectionFailedError(name, address, late)),
          timeoutMs,
        )
      })
      await Promise.race([manager.connect(name), tooLate]).finally(() => clearTimeout(deadline))
    }),
  )
}

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error))

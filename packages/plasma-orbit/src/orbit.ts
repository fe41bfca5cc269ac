import {
  createManager,
  NotConfiguredError,
  Redis,
  RedisConfigError,
  type RedisManager,
} from '@gravito/plasma'
import { checkPolicies, connectAll } from './boot.js'
import { applyConfig, type FoundConfig, findConfig } from './config.js'
import type { GravitoCore } from './gravito.js'
import {
  checkConnections,
  DOWN,
  type HealthHandler,
  type HealthHandlerOptions,
  healthHandler,
  type OrbitHealth,
} from './health.js'
import { Installation } from './installation.js'
import {
  bootPolicy,
  type OrbitPlasmaOptions,
  type OrbitSettings,
  type ResolvedSettings,
  readOptions,
  resolveSettings,
  type Written,
} from './options.js'
import { type CacheService, type LocksService, makeServices } from './services.js'
import { onSignals } from './signals.js'

/** What an install knows. */
interface Installed {
  readonly installation: Installation
  readonly found: FoundConfig
  readonly settings: ResolvedSettings
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
  readonly #options: Written
  #installed: Installed | undefined

  /**
   * @param options without Redis configuration, it is taken from the kernel's: see the README for the order
   * @throws RedisConfigError
   */
  constructor(options: OrbitPlasmaOptions = {}) {
    this.#options = readOptions(options)
  }

  /** Is there a core, and has it not shut down? */
  get installed(): boolean {
    return this.#installed !== undefined
  }

  /**
   * The manager of this orbit's connections.
   *
   * @throws NotConfiguredError before `install`
   */
  get manager(): RedisManager {
    if (!this.#installed) throw new NotConfiguredError()
    return this.#installed.installation.manager
  }

  /** The service `locks`; undefined before `install` has resolved, and without the setting `locks`. */
  get locks(): LocksService | undefined {
    return this.#installed?.installation.services.locks
  }

  /** The service `cache`; undefined before `install` has resolved, and without the setting `cache`. */
  get cache(): CacheService | undefined {
    return this.#installed?.installation.services.cache
  }

  /**
   * Called by the kernel. The service `redis` is in place when this returns; the connections are open, and `locks` and
   * `cache` in place, when it resolves. A rejection takes everything back.
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
    if (!this.#installed?.installation.manager.configured) return DOWN
    const { installation, found, settings } = this.#installed
    return checkConnections(
      installation.manager,
      found.config,
      name => bootPolicy(settings, name) !== 'optional',
    )
  }

  /**
   * A handler for a route of one's own, in any router whose handlers return a `Response`.
   *
   * @example
   * core.router.get('/health/redis', orbit.healthHandler())
   */
  healthHandler(options: HealthHandlerOptions = {}): HealthHandler {
    return healthHandler(() => this.health(), options)
  }

  /**
   * Wait for held locks and pending replies, for `shutdownTimeoutMs` at most, close every connection and let go of the
   * facade; the hooks call it. Idempotent.
   */
  async shutdown(): Promise<void> {
    await this.#close(this.#installed)
  }

  async #install(core: GravitoCore): Promise<void> {
    if (this.#installed)
      throw new RedisConfigError('OrbitPlasma', 'is installed already; make one for each core')
    const found = findConfig(this.#options, core.config)
    const settings = resolveSettings(this.#options.settings, found.settings)
    const { exposeAs } = settings
    checkNames(core, settings)
    if (settings.health !== undefined && !core.router)
      throw new RedisConfigError(
        this.#place('health', found, settings),
        'needs core.router, which this core lacks; register orbit.healthHandler() yourself',
      )
    const manager = this.#manager(found, settings)
    if (found.implicit)
      core.logger.info(
        `OrbitPlasma: no Redis configuration, so 127.0.0.1:6379; write REDIS_URL or config.${settings.configKey}`,
      )
    const isElsewhere = manager !== Redis && ![...core.services.values()].includes(Redis)
    if (isElsewhere && settings.facade === undefined)
      core.logger.info(
        `OrbitPlasma: the Redis facade leads to other connections; those of this orbit are core.services.get('${exposeAs}')`,
      )
    const installation = new Installation(manager, core.logger, settings.shutdownTimeoutMs)
    const installed: Installed = { installation, found, settings }
    this.#installed = installed
    this.#prepare(core, installed)
    try {
      const missed = (name: string, error: Error) => installation.missed(name, error)
      const connecting = connectAll(manager, found, settings, missed)
      const [services] = await Promise.all([makeServices(manager, settings.services), connecting])
      installation.services = services
      for (const { kind, exposeAs: name } of settings.services)
        expose(core, installation, name, services[kind])
      installation.report()
    } catch (error) {
      for (const name of installation.exposed.keys()) {
        core.services.delete(name)
        core.container.forget(name)
      }
      await this.#close(installed)
      throw error
    }
  }

  /** Where a setting was written, for messages. */
  #place(name: keyof OrbitSettings, found: FoundConfig, { configKey }: ResolvedSettings): string {
    const isKernels =
      this.#options.settings[name] === undefined && found.settings[name] !== undefined
    return `${isKernels ? `config.${configKey}` : 'OrbitPlasma'}.${name}`
  }

  /** The facade while it is free, else a manager of one's own; configured. */
  #manager(found: FoundConfig, settings: ResolvedSettings): RedisManager {
    const checked = createManager()
    applyConfig(checked, found)
    checkPolicies(checked, settings, this.#place('boot', found, settings))
    if (settings.facade === false) return checked
    if (!Redis.configured) {
      applyConfig(Redis, found)
      return Redis
    }
    if (!settings.facade) return checked
    throw new RedisConfigError(
      this.#place('facade', found, settings),
      'cannot be true: the Redis facade is configured already, by Redis.configure or by another orbit',
    )
  }

  #prepare(core: GravitoCore, installed: Installed): void {
    const { installation, settings } = installed
    const { exposeAs, health } = settings
    expose(core, installation, exposeAs, installation.manager)
    core.adapter.use('*', async (context, next) => {
      if (!installation.isOver)
        for (const [name, service] of installation.exposed) context.set(name, service)
      await next()
      return undefined
    })
    if (health !== undefined) core.router?.get(health, this.healthHandler())
    const close = () => this.#close(installed)
    core.hooks.addAction('core:shutdown', close)
    core.hooks.addAction('shutdown', close)
    if (settings.signals) installation.onClose = onSignals(core, close)
  }

  async #close(installed: Installed | undefined): Promise<void> {
    if (this.#installed === installed) this.#installed = undefined
    await installed?.installation.close()
  }
}

function expose(
  core: GravitoCore,
  { exposed }: Installation,
  name: string,
  service: unknown,
): void {
  exposed.set(name, service)
  core.services.set(name, service)
  core.container.instance(name, service)
}

/** @throws RedisConfigError when two services have the same name, or the core has one of that name */
function checkNames(core: GravitoCore, { exposeAs, services }: ResolvedSettings): void {
  const taken = new Set(core.services.keys())
  const wanted = [{ exposeAs, path: 'OrbitPlasma' }, ...services]
  for (const { exposeAs: name, path } of wanted) {
    if (taken.has(name))
      throw new RedisConfigError(
        `${path}.exposeAs`,
        `"${name}" is a service of this core already; choose another name`,
      )
    taken.add(name)
  }
}

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error))

import { HonoAdapter, type HttpAdapter, type Router } from './adapter.js'
import { Container } from './container.js'
import { Hooks } from './hooks.js'
import { consoleLogger, type Logger } from './logger.js'
import type { ServiceProvider } from './service-provider.js'
import { Settings } from './settings.js'

/** An extension of the kernel. */
export interface GravitoOrbit {
  install(core: PlanetCore): void | Promise<void>
}

/** What an application boots with: orbits as classes or as instances. */
export interface GravitoConfig {
  logger?: Logger
  config?: Record<string, unknown>
  orbits?: (new () => GravitoOrbit)[] | GravitoOrbit[]
  adapter?: HttpAdapter
}

/** What a server needs. */
export interface Liftoff {
  port: number
  fetch: (request: Request) => Response | Promise<Response>
  core: PlanetCore
}

/** The slice of Gravito's kernel that the playground uses, with the kernel's own contract. */
export class PlanetCore {
  readonly config: Settings
  readonly logger: Logger
  readonly adapter: HttpAdapter
  readonly container = new Container()
  readonly services = new Map<string, unknown>()
  readonly hooks = new Hooks()
  readonly #providers: ServiceProvider[] = []

  private constructor({ config, logger = consoleLogger, adapter }: GravitoConfig) {
    this.config = new Settings(config)
    this.logger = logger
    this.adapter = adapter ?? new HonoAdapter()
  }

  /** A core with its orbits installed, one after the other; rejects when one of them does. */
  static async boot(config: GravitoConfig = {}): Promise<PlanetCore> {
    const core = new PlanetCore(config)
    for (const orbit of config.orbits ?? []) {
      await core.orbit(typeof orbit === 'function' ? new orbit() : orbit)
    }
    return core
  }

  get router(): Router {
    return this.adapter
  }

  async orbit(orbit: GravitoOrbit): Promise<this> {
    await orbit.install(this)
    return this
  }

  register(provider: ServiceProvider): this {
    this.#providers.push(provider)
    return this
  }

  /** Register what the providers provide, then boot them, in order. */
  async bootstrap(): Promise<void> {
    const providers = this.#providers.splice(0)
    for (const provider of providers) {
      provider.setCore(this)
      await provider.register(this.container)
    }
    for (const provider of providers) await provider.boot?.(this)
  }

  /** Ready for a server: default port is the setting PORT, then 3000. */
  liftoff(port = Number(this.config.get('PORT', 3000))): Liftoff {
    return { port, fetch: request => this.adapter.fetch(request), core: this }
  }
}

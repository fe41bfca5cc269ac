import { RedisConfigError, type RedisManager } from '@gravito/plasma'
import type { GravitoCore } from './gravito.js'
import type { OrbitPlasmaOptions } from './options.js'
import { OrbitPlasma } from './orbit.js'

/** The slice of Gravito's container that a service provider registers in. */
export interface GravitoContainer {
  singleton(key: string, factory: () => unknown): unknown
}

/** What `plasmaProvider` adds to the framework's `ServiceProvider`. */
export interface PlasmaProvider {
  /** The orbit that `boot` installs: its health, its manager, its shutdown. */
  readonly orbit: OrbitPlasma
  /** The services' names. */
  provides(): string[]
  register(container: GravitoContainer): void
  /** Installs the orbit: rejects as its `install` does. */
  boot(core: GravitoCore): Promise<void>
}

/**
 * The orbit as a service provider: a class that extends the framework's own `ServiceProvider`, which is handed in,
 * because this package does not import the framework. The name of the service is that of `options`, not of the
 * kernel's configuration, which is not there yet when services are registered.
 *
 * @example
 * core.register(new (plasmaProvider(ServiceProvider, { boot: 'optional' }))())
 *
 * @throws RedisConfigError
 */
export function plasmaProvider<Base extends abstract new () => object>(
  ServiceProvider: Base,
  options: OrbitPlasmaOptions = {},
): new () => InstanceType<Base> & PlasmaProvider {
  if (typeof ServiceProvider !== 'function')
    throw new RedisConfigError('plasmaProvider', 'takes the ServiceProvider class of @gravito/core')
  const { exposeAs = 'redis' } = options
  // Checked here too: a provider is made long after the mistake.
  new OrbitPlasma(options)
  const Parent = ServiceProvider as unknown as new () => object
  class Provider extends Parent implements PlasmaProvider {
    readonly orbit = new OrbitPlasma({ ...options, exposeAs })

    provides(): string[] {
      return [exposeAs]
    }

    register(container: GravitoContainer): void {
      container.singleton(exposeAs, () => this.#manager())
    }

    boot(core: GravitoCore): Promise<void> {
      return this.orbit.install(core)
    }

    #manager(): RedisManager {
      if (this.orbit.installed) return this.orbit.manager
      throw new RedisConfigError(
        'plasmaProvider',
        `"${exposeAs}" was asked for before it was booted; ask in boot() of a provider that is registered later`,
      )
    }
  }
  return Provider as unknown as new () => InstanceType<Base> & PlasmaProvider
}

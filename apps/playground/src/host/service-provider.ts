import type { Container } from './container.js'
import type { PlanetCore } from './core.js'

/** A package's services: registered first, booted when all of them are registered. */
export abstract class ServiceProvider {
  protected core?: PlanetCore
  deferred = false

  /** The keys of its services. */
  provides(): string[] {
    return []
  }

  abstract register(container: Container): void | Promise<void>
  boot?(core: PlanetCore): void | Promise<void>

  setCore(core: PlanetCore): void {
    this.core = core
  }
}

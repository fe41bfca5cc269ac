import type { RedisManager } from '@gravito/plasma'
import type { LocksService } from './services.js'

/** The slice of Gravito's `PlanetCore` that the orbit uses; the framework itself is not imported. */
export interface GravitoCore {
  readonly config: GravitoSettings
  readonly container: {
    instance(key: string, value: unknown): unknown
    forget(key: string): unknown
  }
  readonly services: Map<string, unknown>
  readonly hooks: {
    addAction(hook: string, callback: () => void | Promise<void>): unknown
    /** Asked for only by the orbit's `signals` setting. */
    doAction?(hook: string, args: unknown): Promise<unknown>
  }
  readonly logger: GravitoLogger
  readonly adapter: {
    use(path: string, ...middleware: GravitoMiddleware[]): unknown
  }
  /** Asked for only by the orbit's `health` setting. */
  readonly router?: {
    get(path: string, handler: () => Promise<Response>): unknown
  }
}

/** The kernel's configuration. Its `get` throws for an absent key unless a default is given. */
export interface GravitoSettings {
  get<T>(key: string, defaultValue?: T): T
}

/** What the orbit writes to: the loss and the return of a connection, and a failed boot. */
export interface GravitoLogger {
  info(message: string, ...args: unknown[]): void
  warn(message: string, ...args: unknown[]): void
  error(message: string, ...args: unknown[]): void
}

/** Middleware as every HTTP adapter of Gravito takes it. */
export type GravitoMiddleware = (
  context: { set(key: string, value: unknown): void },
  next: () => Promise<void>,
) => Promise<Response | undefined>

// biome-ignore lint/suspicious/noTsIgnore: without the framework the module is not there, which must not break a build
/** @ts-ignore types `c.get('redis')` and `core.container.make('redis')` where the framework is installed */
declare module '@gravito/core' {
  interface GravitoVariables {
    /** The service of an `OrbitPlasma`; absent when its boot failed. */
    redis?: RedisManager
    /** The locks of an `OrbitPlasma`, with its setting `locks`. */
    locks?: LocksService
  }
  interface Container {
    /** The service of an `OrbitPlasma`. */
    make(key: 'redis'): RedisManager
    /** The locks of an `OrbitPlasma`, with its setting `locks`. */
    make(key: 'locks'): LocksService
  }
}

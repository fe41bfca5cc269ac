import { afterEach } from 'vitest'
import type { GravitoMiddleware } from '../src/index.js'

/** A core that keeps the kernel's contract to the letter: `get` throws, `has` knows top-level keys, hooks add up. */
export class Core {
  readonly services = new Map<string, unknown>()
  readonly log: string[] = []
  readonly middleware: GravitoMiddleware[] = []
  readonly routes = new Map<string, () => Promise<Response>>()
  readonly #settings: Record<string, unknown>
  readonly #instances = new Map<string, unknown>()
  readonly #factories = new Map<string, () => unknown>()
  readonly #actions = new Map<string, ((args: unknown) => void | Promise<void>)[]>()

  constructor(settings: Record<string, unknown> = {}) {
    this.#settings = settings
  }

  readonly config = {
    get: <T>(key: string, defaultValue?: T): T => {
      const found = key
        .split('.')
        .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], this.#settings)
      const value = found === undefined ? defaultValue : found
      if (value === undefined) throw new Error(`Config key "${key}" not found`)
      return value as T
    },
    has: (key: string) => key in this.#settings,
    set: (key: string, value: unknown) => {
      this.#settings[key] = value
    },
  }

  readonly container = {
    instance: <T>(key: string, value: T): void => {
      this.#instances.set(key, value)
    },
    singleton: <T>(key: string, factory: () => T): void => {
      this.#factories.set(key, factory)
    },
    make: <T>(key: string): T => {
      const factory = this.#factories.get(key)
      if (factory && !this.#instances.has(key)) this.#instances.set(key, factory())
      if (!this.#instances.has(key)) throw new Error(`Service '${key}' not found`)
      return this.#instances.get(key) as T
    },
    has: (key: string) => this.#instances.has(key),
    forget: (key: string): void => {
      this.#instances.delete(key)
    },
  }

  readonly hooks = {
    addAction: <T>(hook: string, callback: (args: T) => void | Promise<void>): void => {
      const actions = this.#actions.get(hook) ?? []
      this.#actions.set(hook, [...actions, callback as (args: unknown) => void | Promise<void>])
    },
    doAction: async <T>(hook: string, args: T): Promise<void> => {
      for (const action of this.#actions.get(hook) ?? []) await action(args)
    },
  }

  readonly logger = {
    debug: (message: string) => void this.log.push(`debug ${message}`),
    info: (message: string) => void this.log.push(`info ${message}`),
    warn: (message: string) => void this.log.push(`warn ${message}`),
    error: (message: string) => void this.log.push(`error ${message}`),
  }

  readonly adapter = {
    use: (path: string, ...middleware: GravitoMiddleware[]): void => {
      if (path !== '*') throw new Error(`only * is portable, not ${path}`)
      this.middleware.push(...middleware)
    },
  }

  readonly router = {
    get: (path: string, handler: () => Promise<Response>): void => {
      this.routes.set(path, handler)
    },
  }

  /** What one request finds in its context. */
  async request(): Promise<Map<string, unknown>> {
    const context = new Map<string, unknown>()
    const run = async (at: number): Promise<void> => {
      await this.middleware[at]?.({ set: (key, value) => context.set(key, value) }, () =>
        run(at + 1),
      )
    }
    await run(0)
    return context
  }
}

/** Makes cores that are shut down after the test. */
export function useCores(): (settings?: Record<string, unknown>) => Core {
  const cores: Core[] = []
  afterEach(async () => {
    for (const core of cores.splice(0)) await core.hooks.doAction('core:shutdown', core)
  })
  return settings => {
    const core = new Core(settings)
    cores.push(core)
    return core
  }
}

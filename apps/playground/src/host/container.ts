type Factory = (container: Container) => unknown

/** The kernel's service container. */
export class Container {
  readonly #factories = new Map<string, Factory>()
  readonly #shared = new Set<string>()
  readonly #instances = new Map<string, unknown>()

  /** `factory` makes a new value for every `make`. */
  bind<T>(key: string, factory: (container: Container) => T): void {
    this.forget(key)
    this.#factories.set(key, factory)
  }

  /** `factory` makes one value, at the first `make`. */
  singleton<T>(key: string, factory: (container: Container) => T): void {
    this.bind(key, factory)
    this.#shared.add(key)
  }

  instance<T>(key: string, value: T): void {
    this.#instances.set(key, value)
  }

  /** @throws Error for a key that nobody bound */
  make<T>(key: string): T {
    if (this.#instances.has(key)) return this.#instances.get(key) as T
    const factory = this.#factories.get(key)
    if (!factory) throw new Error(`Nothing is bound to "${key}" in the container.`)
    const value = factory(this) as T
    if (this.#shared.has(key)) this.#instances.set(key, value)
    return value
  }

  has(key: string): boolean {
    return this.#instances.has(key) || this.#factories.has(key)
  }

  forget(key: string): void {
    this.#instances.delete(key)
    this.#factories.delete(key)
    this.#shared.delete(key)
  }

  flush(): void {
    this.#instances.clear()
    this.#factories.clear()
    this.#shared.clear()
  }
}

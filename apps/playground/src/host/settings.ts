/** The kernel's configuration: what `boot` was given, then the environment, which wins. */
export class Settings {
  readonly #values: Record<string, unknown>

  constructor(given: Record<string, unknown> = {}, environment: NodeJS.ProcessEnv = process.env) {
    this.#values = { ...given, ...environment }
  }

  /**
   * A value by its key; dots lead into objects.
   *
   * @throws Error for an absent key without default
   */
  get<T>(key: string, defaultValue?: T): T {
    const value = key.split('.').reduce<unknown>(member, this.#values) ?? defaultValue
    if (value === undefined) throw new Error(`Config key "${key}" is not set and has no default.`)
    return value as T
  }

  set(key: string, value: unknown): void {
    this.#values[key] = value
  }

  /** Knows top-level keys only. */
  has(key: string): boolean {
    return Object.hasOwn(this.#values, key)
  }
}

function member(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, key)
    ? (from as Record<string, unknown>)[key]
    : undefined
}

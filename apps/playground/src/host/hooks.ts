type Action = (args: unknown) => void | Promise<void>
type Filter = (value: unknown, ...args: unknown[]) => unknown

/** The kernel's hooks: actions happen, filters change a value; both in the order of registration. */
export class Hooks {
  readonly #actions = new Map<string, Action[]>()
  readonly #filters = new Map<string, Filter[]>()

  addAction<T>(hook: string, callback: (args: T) => void | Promise<void>): void {
    this.#actions.set(hook, [...(this.#actions.get(hook) ?? []), callback as Action])
  }

  /** Runs every action, also after one that failed; rejects with the first failure. */
  async doAction<T>(hook: string, args: T): Promise<void> {
    const failures: unknown[] = []
    for (const action of this.#actions.get(hook) ?? []) {
      try {
        await action(args)
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }

  addFilter<T>(hook: string, callback: (value: T, ...args: unknown[]) => T | Promise<T>): void {
    this.#filters.set(hook, [...(this.#filters.get(hook) ?? []), callback as Filter])
  }

  async applyFilters<T>(hook: string, value: T, ...args: unknown[]): Promise<T> {
    let current: unknown = value
    for (const filter of this.#filters.get(hook) ?? []) current = await filter(current, ...args)
    return current as T
  }
}

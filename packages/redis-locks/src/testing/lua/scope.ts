import type { LuaValue } from './values.js'

/** The variables of a block. */
export class Scope {
  readonly #parent: Scope | undefined
  readonly #values = new Map<string, LuaValue>()
  /** What `...` stands for in this function. */
  readonly rest: readonly LuaValue[]

  constructor(parent?: Scope, rest: readonly LuaValue[] = parent?.rest ?? []) {
    this.#parent = parent
    this.rest = rest
  }

  declare(name: string, value: LuaValue): void {
    this.#values.set(name, value)
  }

  get(name: string): LuaValue {
    let scope: Scope = this
    while (!scope.#values.has(name) && scope.#parent) scope = scope.#parent
    return scope.#values.get(name)
  }

  /** Assign to the nearest variable of that name, else to a global one. */
  set(name: string, value: LuaValue): void {
    let scope: Scope = this
    while (!scope.#values.has(name) && scope.#parent) scope = scope.#parent
    scope.#values.set(name, value)
  }
}

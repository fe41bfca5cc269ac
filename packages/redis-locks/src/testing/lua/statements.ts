import { Scope } from './scope.js'
import { LuaError, type LuaValue, toNumber } from './values.js'

/** How a statement ended, when not by going on. */
export type Outcome = 'break' | { values: LuaValue[] } | undefined
export type Statement = (scope: Scope) => Outcome
export type Block = (scope: Scope) => Outcome

export function blockOf(statements: readonly Statement[]): Block {
  return scope => {
    for (const run of statements) {
      const outcome = run(scope)
      if (outcome) return outcome
    }
    return undefined
  }
}

/** Runs the step until it breaks or returns. */
export function loop(step: Block): Block {
  return scope => {
    for (;;) {
      const outcome = step(scope)
      if (outcome === 'break') return undefined
      if (outcome) return outcome
    }
  }
}

export function numericLoop(
  name: string,
  range: (scope: Scope) => LuaValue[],
  body: Block,
): Statement {
  return scope => {
    const [from, to, step = 1] = range(scope).map(toNumber)
    if (from === undefined || to === undefined) throw new LuaError("'for' needs numbers")
    for (let i = from; step > 0 ? i <= to : i >= to; i += step) {
      const inner = new Scope(scope)
      inner.declare(name, i)
      const outcome = body(inner)
      if (outcome === 'break') return undefined
      if (outcome) return outcome
    }
    return undefined
  }
}

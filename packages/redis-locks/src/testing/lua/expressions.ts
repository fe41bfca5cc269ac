import type { Scope } from './scope.js'
import { isTrue, LuaError, LuaTable, type LuaValue, toNumber, toText, typeName } from './values.js'

/** An expression, ready to be computed. */
export interface Expression {
  one(scope: Scope): LuaValue
  /** All values of a call or of `...`. */
  all?(scope: Scope): readonly LuaValue[]
  /** Assigns, where that can be. */
  assign?(scope: Scope, value: LuaValue): void
}

type Operation = (a: LuaValue, b: LuaValue) => LuaValue

const arithmetic =
  (compute: (a: number, b: number) => number): Operation =>
  (a, b) => {
    const [left, right] = [toNumber(a), toNumber(b)]
    if (left !== undefined && right !== undefined) return compute(left, right)
    throw new LuaError(`attempt to perform arithmetic on a ${typeName(left === undefined ? a : b)}`)
  }

const comparison =
  (compare: (a: number | string, b: number | string) => boolean): Operation =>
  (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return compare(a, b)
    if (typeof a === 'string' && typeof b === 'string') return compare(a, b)
    throw new LuaError(`attempt to compare ${typeName(a)} with ${typeName(b)}`)
  }

const concat: Operation = (a, b) => {
  const [left, right] = [toText(a), toText(b)]
  if (left !== undefined && right !== undefined) return left + right
  throw new LuaError(`attempt to concatenate a ${typeName(left === undefined ? a : b)}`)
}

/** By sign: how strongly it binds to the left and to the right, and what it does. */
export const BINARY: Record<string, [left: number, right: number, apply: Operation]> = {
  '<': [3, 3, comparison((a, b) => a < b)],
  '>': [3, 3, comparison((a, b) => a > b)],
  '<=': [3, 3, comparison((a, b) => a <= b)],
  '>=': [3, 3, comparison((a, b) => a >= b)],
  '==': [3, 3, (a, b) => a === b],
  '~=': [3, 3, (a, b) => a !== b],
  '..': [5, 4, concat],
  '+': [6, 6, arithmetic((a, b) => a + b)],
  '-': [6, 6, arithmetic((a, b) => a - b)],
  '*': [7, 7, arithmetic((a, b) => a * b)],
  '/': [7, 7, arithmetic((a, b) => a / b)],
  '%': [7, 7, arithmetic((a, b) => a - Math.floor(a / b) * b)],
  '^': [10, 9, arithmetic((a, b) => a ** b)],
}

/** `and` and `or` compute their right side only when it counts. */
export const LOGIC: Record<string, [left: number, right: number]> = { or: [1, 1], and: [2, 2] }

export const UNARY: Record<string, (value: LuaValue) => LuaValue> = {
  '-': value => BINARY['-']?.[2](0, value),
  not: value => !isTrue(value),
  '#': value => {
    if (typeof value === 'string' || value instanceof LuaTable) return value.length
    throw new LuaError(`attempt to get length of a ${typeName(value)}`)
  },
}

export const UNARY_BINDS = 8

/** The values of a list of expressions; only the last one may give several. */
export function listOf(expressions: readonly Expression[]): (scope: Scope) => LuaValue[] {
  const last = expressions.at(-1)
  const before = expressions.slice(0, -1)
  return scope => {
    const values = before.map(it => it.one(scope))
    if (last?.all) values.push(...last.all(scope))
    else if (last) values.push(last.one(scope))
    return values
  }
}

export function index(table: Expression, key: Expression, library: LuaTable): Expression {
  return {
    one(scope) {
      const owner = table.one(scope)
      if (owner instanceof LuaTable) return owner.get(key.one(scope))
      if (typeof owner === 'string') return library.get(key.one(scope))
      throw new LuaError(`attempt to index a ${typeName(owner)} (${String(key.one(scope))})`)
    },
    assign(scope, value) {
      const owner = table.one(scope)
      if (!(owner instanceof LuaTable)) {
        throw new LuaError(`attempt to index a ${typeName(owner)}`)
      }
      owner.set(key.one(scope), value)
    },
  }
}

type Arguments = (scope: Scope) => LuaValue[]

export function call(callee: Expression, args: Arguments, line: number): Expression {
  const all = (scope: Scope) => applied(callee.one(scope), args(scope), line)
  return { all, one: scope => all(scope)[0] }
}

/** `owner:name(…)`: the owner is the first argument. */
export function methodCall(
  owner: Expression,
  name: string,
  args: Arguments,
  { library, line }: { library: LuaTable; line: number },
): Expression {
  const all = (scope: Scope) => {
    const self = owner.one(scope)
    const methods = self instanceof LuaTable ? self : library
    return applied(methods.get(name), [self, ...args(scope)], line)
  }
  return { all, one: scope => all(scope)[0] }
}

function applied(target: LuaValue, args: LuaValue[], line: number): LuaValue[] {
  if (typeof target === 'function') return target(...args)
  throw new LuaError(`line ${line}: attempt to call a ${typeName(target)}`)
}

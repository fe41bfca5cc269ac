/** What Lua code computes with; `undefined` is nil, a text holds one byte per character. */
export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction
export type LuaFunction = (...args: LuaValue[]) => LuaValue[]

/** An error that Lua code raised or met. */
export class LuaError extends Error {
  constructor(readonly value: LuaValue) {
    super(value instanceof LuaTable ? String(value.get('err')) : String(value))
    this.name = 'LuaError'
  }
}

export class LuaTable {
  /** The values of 1 to n. */
  readonly #list: LuaValue[] = []
  readonly #others = new Map<LuaValue, LuaValue>()

  static of(values: readonly LuaValue[]): LuaTable {
    const table = new LuaTable()
    for (const [i, value] of values.entries()) table.set(i + 1, value)
    return table
  }

  static from(fields: Record<string, LuaValue>): LuaTable {
    const table = new LuaTable()
    for (const [name, value] of Object.entries(fields)) table.set(name, value)
    return table
  }

  get length(): number {
    return this.#list.length
  }

  get(key: LuaValue): LuaValue {
    const at = this.#index(key)
    return at === undefined ? this.#others.get(key) : this.#list[at]
  }

  set(key: LuaValue, value: LuaValue): void {
    if (key === undefined) throw new LuaError('table index is nil')
    const at = this.#index(key)
    if (value === undefined) {
      if (at === undefined) this.#others.delete(key)
      else this.#cut(at)
    } else if (at !== undefined) this.#list[at] = value
    else if (key === this.#list.length + 1) this.#append(value)
    else this.#others.set(key, value)
  }

  /** The list's values in order, then the others. */
  *entries(): Generator<[LuaValue, LuaValue]> {
    for (const [i, value] of this.#list.entries()) yield [i + 1, value]
    yield* this.#others.entries()
  }

  values(): readonly LuaValue[] {
    return this.#list
  }

  insert(at: number, value: LuaValue): void {
    this.#list.splice(at - 1, 0, value)
  }

  remove(at: number): LuaValue {
    return this.#list.splice(at - 1, 1)[0]
  }

  sort(compare: (a: LuaValue, b: LuaValue) => number): void {
    this.#list.sort(compare)
  }

  #index(key: LuaValue): number | undefined {
    const isIn = typeof key === 'number' && key >= 1 && key <= this.#list.length
    return isIn && Number.isInteger(key) ? key - 1 : undefined
  }

  /** One more, and those that follow it among the others. */
  #append(value: LuaValue): void {
    this.#list.push(value)
    for (let next = this.#list.length; this.#others.has(next + 1); next++) {
      this.#list.push(this.#others.get(next + 1))
      this.#others.delete(next + 1)
    }
  }

  /** End the list before `at`; what comes after is no list any more. */
  #cut(at: number): void {
    const [, ...after] = this.#list.splice(at)
    for (const [i, value] of after.entries()) this.#others.set(at + 2 + i, value)
  }
}

export const isTrue = (value: LuaValue): boolean => value !== undefined && value !== false

/** A number, or a text that is one. */
export function toNumber(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || /^[+-]?0x[\da-f]+$/i.test(text)) {
    return text.startsWith('-') ? -Number(text.slice(1)) : Number(text.replace(/^\+/, ''))
  }
  return /^[+-]?(inf|nan)/i.test(text) ? named(text) : undefined
}

const named = (text: string) =>
  /nan/i.test(text) ? Number.NaN : (text.startsWith('-') ? -1 : 1) * Number.POSITIVE_INFINITY

/** As `tostring` shows a number. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return infinite(value)
  if (Number.isInteger(value) && Math.abs(value) < 1e14) return String(value)
  const [digits = '', exponent] = value.toPrecision(14).split('e')
  const short = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
  return exponent === undefined ? short : `${short}e${exponent.replace(/([+-])(\d)$/, '$10$2')}`
}

const infinite = (value: number) => (Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf')

/** A text or a number as text. */
export function toText(value: LuaValue): string | undefined {
  return typeof value === 'number'
    ? numberText(value)
    : typeof value === 'string'
      ? value
      : undefined
}

export function typeName(value: LuaValue): string {
  if (value === undefined) return 'nil'
  return value instanceof LuaTable ? 'table' : typeof value
}

import { CommandError } from './data.js'

export const OK = { ok: 'OK' }

/** The argument at `at`. */
export function arg(args: readonly string[], at: number): string {
  const value = args[at]
  if (value === undefined) throw new CommandError('ERR wrong number of arguments')
  return value
}

export function integer(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new CommandError('ERR value is not an integer or out of range')
  return Number(text)
}

/** A score; `inf` and exponents included. */
export function float(text: string): number {
  const value = /^[+-]?inf$/i.test(text)
    ? (text.startsWith('-') ? -1 : 1) * Number.POSITIVE_INFINITY
    : Number(text)
  if (text.trim() === '' || Number.isNaN(value)) {
    throw new CommandError('ERR value is not a valid float')
  }
  return value
}

export const scoreText = (score: number) =>
  Number.isFinite(score) ? String(score) : score < 0 ? '-inf' : 'inf'

/** Of a range's first and last index, either of which may count from the end. */
export function slice<Item>(items: readonly Item[], first: string, last: string): Item[] {
  const at = (text: string) => {
    const index = integer(text)
    return index < 0 ? items.length + index : index
  }
  return items.slice(Math.max(0, at(first)), Math.max(0, at(last) + 1))
}

/** May everybody have the same value? Texts, numbers, booleans. */
export const isShareable = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'object' || value === null)

/** Freeze plain data, in whatever depth; false, with nothing frozen, where something in it stays changeable. */
export function freezeDeep(value: unknown): boolean {
  if (!isPlain(value)) return false
  freeze(value)
  return true
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined
  if (Array.isArray(value)) return value.every(it => it === undefined || isPlain(it))
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every(it => it === undefined || isPlain(it))
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
}

/** May everybody have the same value? Texts, numbers, booleans. */
export const isShareable = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'object' || value === null)

/** Bytes of an object or array beside its fields, of a field, and of a character. */
const OBJECT_BYTES = 32
const FIELD_BYTES = 16
const CHARACTER_BYTES = 2

/**
 * About how many bytes a value takes that is plain data in whatever depth: texts, numbers, booleans, `null`, arrays and
 * objects without a class. `NaN` where something in it is anything else.
 */
export function plainBytes(value: unknown): number {
  if (typeof value === 'string') return FIELD_BYTES + value.length * CHARACTER_BYTES
  if (typeof value !== 'object' || value === null) return FIELD_BYTES
  if (!Array.isArray(value) && !isClassless(value)) return Number.NaN
  let bytes = OBJECT_BYTES
  for (const part of Object.values(value)) bytes += plainBytes(part)
  return bytes
}

/** A copy of plain data, as `plainBytes` knows it, which shares no object or array with it. */
export function copyPlain<Value extends object>(value: Value): Value {
  return (Array.isArray(value) ? copyArray(value) : copyObject(value)) as Value
}

function copyArray(value: readonly unknown[]): unknown[] {
  const copy = value.slice()
  for (let i = 0; i < copy.length; i++) {
    const part = copy[i]
    if (typeof part === 'object' && part !== null) copy[i] = copyPlain(part)
  }
  return copy
}

function copyObject(value: object): object {
  const copy = { ...value } as Record<string, unknown>
  for (const name in copy) {
    const part = copy[name]
    // Not what somebody put on the prototype of all objects.
    if (typeof part === 'object' && part !== null && Object.hasOwn(copy, name))
      copy[name] = copyPlain(part)
  }
  return copy
}

function isClassless(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Freeze plain data in whatever depth. */
export function freezePlain(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) freezePlain(part)
}

/** Values by key, `null` for what is missing; several times faster than from pairs. */
export function byKey<Value>(
  keys: readonly string[],
  values: readonly (Value | null)[],
): Record<string, Value | null> {
  const record: Record<string, Value | null> = {}
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    const value = values[i] ?? null
    if (key === '__proto__') Object.defineProperty(record, key, { ...OWN, value })
    else record[key] = value
  }
  return record
}

const OWN = { enumerable: true, writable: true, configurable: true }

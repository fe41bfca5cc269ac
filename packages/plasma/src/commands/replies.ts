/** A member of a sorted set with its score. */
export interface ScoredMember {
  member: string
  score: number
}

/** `OK`, as text even where replies keep their bytes. */
export const ok = (): 'OK' => 'OK'

/** `OK`, or `null` where a condition was not met. */
export const okOrNull = (raw: unknown): 'OK' | null => (raw === null ? null : 'OK')

/** A word of Redis' own, as text even where replies keep their bytes. */
export const word = <Word extends string>(raw: unknown): Word => String(raw) as Word

/**
 * Any text, though not the type `string`: what Redis itself says. It is text also where replies keep their bytes,
 * where every `string` is a `Buffer`.
 */
export type Text = Capitalize<string> | Uncapitalize<string>

/** What Redis itself says, as text. */
export const text = word<Text>

/** Texts of Redis' own. */
export const texts = (raw: readonly unknown[]): Text[] => raw.map(text)

/** A text of Redis' own, or `null` where there is none. */
export const textOrNull = (raw: unknown): Text | null => (raw == null ? null : text(raw))

/** `['a', '1', 'b', '2']` as `{ a: '1', b: '2' }`; any field name is safe, `__proto__` too. */
export function record(raw: readonly string[] | Record<string, string>): Record<string, string> {
  if (!Array.isArray(raw)) return raw as Record<string, string>
  const fields: Record<string, string> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) define(fields, raw[i] as string, raw[i + 1] as string)
  return fields
}

function define(fields: Record<string, string>, name: string, value: string): void {
  if (name === '__proto__') {
    Object.defineProperty(fields, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  } else fields[name] = value
}

/** `['ada', '10']` as `[{ member: 'ada', score: 10 }]`. */
export function scored(raw: readonly string[]): ScoredMember[] {
  const members: ScoredMember[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    members.push({ member: raw[i] as string, score: score(raw[i + 1] as string) })
  }
  return members
}

/** A score as a number; Redis writes infinity as `inf`. */
export function score(reply: string): number {
  const raw = String(reply)
  if (raw === 'inf' || raw === '+inf') return Number.POSITIVE_INFINITY
  return raw === '-inf' ? Number.NEGATIVE_INFINITY : Number(raw)
}

/** A score, or `null` where there is none. */
export const scoreOrNull = (raw: string | null): number | null => (raw === null ? null : score(raw))

/** A number, or `null` where there is none. */
export const numberOrNull = (raw: string | number | null): number | null =>
  raw === null ? null : Number(raw)

/** Keys as the application knows them: without the connection's prefix. */
export const unprefixed = (keys: readonly string[], keyPrefix: string): string[] =>
  keyPrefix === '' ? (keys as string[]) : keys.map(key => withoutPrefix(key, keyPrefix))

/** One key without the connection's prefix. */
export function withoutPrefix<K extends string | Buffer>(key: K, keyPrefix: string): K {
  const prefix = typeof key === 'string' ? keyPrefix : Buffer.from(keyPrefix)
  const found = key.slice(0, prefix.length)
  const has = typeof found === 'string' ? found === prefix : found.equals(prefix as Buffer)
  return has ? (key.slice(prefix.length) as K) : key
}

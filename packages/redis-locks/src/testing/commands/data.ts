/** One key's value. */
export type Value = string | Map<string, string> | SortedSet | Set<string> | string[]

interface Entry {
  value: Value
  /** Server milliseconds; undefined: never. */
  expiresAt: number | undefined
}

/** A command that cannot be: Redis' own words. */
export class CommandError extends Error {}

const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value'

export class SortedSet {
  readonly #scores = new Map<string, number>()
  #sorted: (readonly [member: string, score: number])[] | undefined

  get size(): number {
    return this.#scores.size
  }

  score(member: string): number | undefined {
    return this.#scores.get(member)
  }

  set(member: string, score: number): void {
    this.#scores.set(member, score)
    this.#sorted = undefined
  }

  delete(member: string): boolean {
    this.#sorted = undefined
    return this.#scores.delete(member)
  }

  /** By score, then by member. */
  get sorted(): (readonly [member: string, score: number])[] {
    this.#sorted ??= [...this.#scores].sort(
      ([a, x], [b, y]) => x - y || (a < b ? -1 : a > b ? 1 : 0),
    )
    return this.#sorted
  }
}

/** The keys of the server; what has expired is gone when it is looked for. */
export class Keyspace {
  readonly #entries = new Map<string, Entry>()

  /** @param now the server's milliseconds */
  constructor(readonly now: () => number) {}

  get(key: string): Value | undefined {
    return this.#entry(key)?.value
  }

  set(key: string, value: Value, expiresAt?: number): void {
    this.#entries.set(key, { value, expiresAt })
  }

  delete(key: string): boolean {
    const exists = this.#entry(key) !== undefined
    this.#entries.delete(key)
    return exists
  }

  expiresAt(key: string): number | undefined {
    return this.#entry(key)?.expiresAt
  }

  expire(key: string, at: number | undefined): void {
    const entry = this.#entry(key)
    if (entry) entry.expiresAt = at
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter(key => this.#entry(key))
  }

  clear(): void {
    this.#entries.clear()
  }

  text(key: string): string | undefined {
    const value = this.get(key)
    if (value !== undefined && typeof value !== 'string') throw new CommandError(WRONG_TYPE)
    return value
  }

  hash = (key: string) => this.#typed(key, Map<string, string>)
  sortedSet = (key: string) => this.#typed(key, SortedSet)
  members = (key: string) => this.#typed(key, Set<string>)

  list(key: string): string[] {
    const value = this.get(key)
    if (value !== undefined && !Array.isArray(value)) throw new CommandError(WRONG_TYPE)
    return value ?? []
  }

  /** Keep a collection unless it is empty; its expiry stays. */
  keep(key: string, value: Exclude<Value, string>): void {
    const size = Array.isArray(value) ? value.length : value.size
    if (size === 0) this.#entries.delete(key)
    else this.set(key, value, this.expiresAt(key))
  }

  #typed<Type extends Value & object>(key: string, type: new () => Type): Type {
    const value = this.get(key)
    if (value === undefined) return new type()
    if (value instanceof type) return value
    throw new CommandError(WRONG_TYPE)
  }

  #entry(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (!entry || entry.expiresAt === undefined || entry.expiresAt > this.now()) return entry
    this.#entries.delete(key)
    return undefined
  }
}

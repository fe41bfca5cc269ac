import type { KnownTokens } from '../tags/tokens.js'

/** A text of Redis in this process. */
export interface NearEntry {
  readonly text: string
  /** `performance.now()` at which it is read again. */
  readonly until: number
  /** `performance.now()` at which Redis removes it, `Infinity` for never. */
  readonly expires: number
  /** Of its texts, and of `value` or `model`. */
  bytes: number
  /** Characters in front of the payload; known once the tags were compared. */
  skip: number
  /** The tokens that it was found to carry; `undefined` before the first look. */
  carries: KnownTokens | undefined
  /** The value of the text, when everybody may have the same; `undefined` when it was not made. */
  value: unknown
  /** The value of the text, of which everybody gets a copy; `undefined` when it was not made. */
  model: object | undefined
  /** Was it used since it was last considered for removal? */
  used: boolean
}

/** Entries bounded by number and bytes. Who is not used between two looks at the oldest leaves first. */
export class Memory {
  readonly #entries = new Map<string, NearEntry>()
  readonly #maxEntries: number
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): NearEntry | undefined {
    return this.#entries.get(key)
  }

  /** What alone would fill it is not taken. */
  set(key: string, entry: NearEntry): void {
    this.delete(key)
    if (entry.bytes > this.#maxBytes) return
    this.#entries.set(key, entry)
    this.#bytes += entry.bytes
    while (this.#entries.size > this.#maxEntries || this.#bytes > this.#maxBytes) this.#evict()
  }

  /** An entry takes more; false, and nothing is counted, when it is gone or too large. */
  grow(key: string, entry: NearEntry, bytes: number): boolean {
    if (this.#entries.get(key) !== entry || entry.bytes + bytes > this.#maxBytes) return false
    entry.bytes += bytes
    this.#bytes += bytes
    while (this.#bytes > this.#maxBytes) this.#evict()
    return true
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  /** The oldest, unless it was used: then it becomes the youngest. */
  #evict(): void {
    for (const [key, entry] of this.#entries) {
      if (!entry.used) {
        this.delete(key)
        return
      }
      entry.used = false
      this.#entries.delete(key)
      this.#entries.set(key, entry)
    }
  }
}

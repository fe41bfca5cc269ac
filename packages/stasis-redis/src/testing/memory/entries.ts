import { idOf, type TaggedName } from '../../entries/tagged-keys.js'
import type { Age } from '../../values/envelope.js'

/** What an entry holds, and when it ends. */
export interface MemoryEntry {
  readonly text: string
  /** Until when it is a hit, by the process' clock, in milliseconds; infinite for ever. */
  readonly endsAt: number
  /** Milliseconds after that in which it is served only when a new value cannot be made. */
  readonly graceMs: number
  /** Milliseconds at its end in which it is stale. */
  readonly staleMs: number
  /** Milliseconds that it took to compute. */
  readonly computeMs: number
}

interface Kept extends MemoryEntry {
  readonly name: TaggedName
}

/** After so many writes, what has ended is dropped. */
const SWEEP_EVERY = 1_000

/** Entries of a process, the one used longest ago first. */
export class MemoryEntries {
  readonly #maxItems: number
  readonly #entries = new Map<string, Kept>()
  #writes = 0

  constructor(maxItems: number) {
    this.#maxItems = maxItems
  }

  read(name: TaggedName): MemoryEntry | undefined {
    const entry = this.readInGrace(name)
    return entry && entry.endsAt > Date.now() ? entry : undefined
  }

  /** Also what is over its time and in its grace. */
  readInGrace(name: TaggedName): MemoryEntry | undefined {
    const id = idOf(name)
    const entry = this.#entries.get(id)
    if (!entry) return undefined
    this.#entries.delete(id)
    if (isGone(entry)) return undefined
    this.#entries.set(id, entry)
    return entry
  }

  write(
    name: TaggedName,
    text: string,
    ms: number | null,
    { staleMs = 0, graceMs = 0, computeMs = 0 }: Partial<Age> = {},
  ): void {
    const id = idOf(name)
    const endsAt = ms === null ? Number.POSITIVE_INFINITY : Date.now() + ms
    this.#entries.delete(id)
    this.#entries.set(id, { name, text, endsAt, staleMs, graceMs, computeMs })
    if (++this.#writes % SWEEP_EVERY === 0) this.#sweep()
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.#maxItems && oldest !== undefined) this.#entries.delete(oldest)
  }

  /** Other text, or another end, for an entry that there is. */
  change(name: TaggedName, changes: Partial<MemoryEntry>): boolean {
    const entry = this.read(name)
    if (!entry) return false
    this.#entries.set(idOf(name), { name, ...entry, ...changes })
    return true
  }

  remove(name: TaggedName): MemoryEntry | undefined {
    const entry = this.read(name)
    this.#entries.delete(idOf(name))
    return entry
  }

  removeTagged(tags: readonly string[]): void {
    for (const [id, { name }] of this.#entries) {
      if (name.tags.some(tag => tags.includes(tag))) this.#entries.delete(id)
    }
  }

  clear(): void {
    this.#entries.clear()
  }

  /** The names of untagged entries. */
  names(): string[] {
    this.#sweep()
    return [...this.#entries.values()]
      .filter(({ name, endsAt }) => name.tags.length === 0 && endsAt > Date.now())
      .map(({ name }) => name.name)
  }

  #sweep(): void {
    for (const [id, entry] of this.#entries) if (isGone(entry)) this.#entries.delete(id)
  }
}

const isGone = ({ endsAt, graceMs }: MemoryEntry): boolean => endsAt + graceMs <= Date.now()

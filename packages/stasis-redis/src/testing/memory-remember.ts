import { isDue } from '../envelope.js'
import type { TaggedName } from '../keys.js'
import type { Factory } from '../remember.js'
import type { ResolvedRemember } from '../remember-options.js'
import { type IsCurrent, SingleFlight } from '../single-flight.js'
import type { Counts } from '../stats.js'
import type { Lifetime } from '../ttl.js'
import type { Values } from '../values.js'
import type { MemoryEntries } from './memory-entries.js'

/** One request to `remember`. */
export interface Wanted<Value> extends ResolvedRemember {
  readonly name: TaggedName
  readonly ms: Lifetime
  readonly factory: Factory<Value>
}

/** Values that are computed once in the process. */
export class MemoryRemembering {
  readonly #flights = new SingleFlight()
  readonly #refreshes = new SingleFlight()
  /** Until when an entry's `null` is remembered, by its name. */
  readonly #nulls = new Map<string, { until: number; tags: readonly string[] }>()
  /** Until when a factory that failed is left alone, by its entry's name. */
  readonly #failing = new Map<string, number>()

  constructor(
    readonly entries: MemoryEntries,
    readonly values: Values,
    readonly counts: Counts,
  ) {}

  get<Value>(wanted: Wanted<Value>): Promise<Value> {
    return this.#flights.run(wanted.name, isCurrent => this.#lookUp(wanted, isCurrent))
  }

  leave(name: TaggedName): void {
    this.#flights.leave(name)
    this.#refreshes.leave(name)
    this.#nulls.delete(idOf(name))
    this.#failing.delete(idOf(name))
  }

  leaveTags(tags: readonly string[]): void {
    this.#flights.leaveTags(tags)
    this.#refreshes.leaveTags(tags)
    for (const [id, { tags: own }] of this.#nulls)
      if (own.some(tag => tags.includes(tag))) this.#nulls.delete(id)
    this.#failing.clear()
  }

  leaveAll(): void {
    this.#flights.leaveAll()
    this.#refreshes.leaveAll()
    this.#nulls.clear()
    this.#failing.clear()
  }

  async #lookUp<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
    const { name, beta } = wanted
    const entry = this.entries.readInGrace(name)
    const known = entry ? (this.values.tryRead(name.name, entry.text) as Value | null) : null
    if (entry && known !== null && entry.endsAt > Date.now()) {
      this.counts.hit(name.name)
      const leftMs = entry.endsAt === Number.POSITIVE_INFINITY ? -1 : entry.endsAt - Date.now()
      if (isDue({ ...entry, graceMs: 0 }, leftMs, beta)) {
        if (leftMs <= entry.staleMs) this.counts.stale(name.name)
        this.#refresh(wanted)
      }
      return known
    }
    this.counts.miss(name.name)
    if ((this.#nulls.get(idOf(name))?.until ?? 0) > Date.now()) return null as Value
    return known === null ? this.#make(wanted, isCurrent) : this.#makeOr(wanted, isCurrent, known)
  }

  /** The value in its grace, when the factory fails, which is then left alone for a second. */
  async #makeOr<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent, known: Value): Promise<Value> {
    const { name } = wanted
    const id = idOf(name)
    try {
      if ((this.#failing.get(id) ?? 0) <= Date.now()) return await this.#make(wanted, isCurrent)
    } catch (error) {
      this.#failing.set(id, Date.now() + PAUSE_MS)
      this.counts.failed(error, name.name)
    }
    this.counts.stale(name.name)
    return known
  }

  #refresh<Value>(wanted: Wanted<Value>): void {
    const { name } = wanted
    this.#refreshes
      .run(name, isCurrent => this.#make(wanted, isCurrent))
      .catch(error => this.counts.failed(error, name.name))
  }

  async #make<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
    const { name, ms, staleMs, graceMs, negativeMs, jitter, factory } = wanted
    const start = performance.now()
    this.counts.factoryCalls++
    const value = await factory()
    const computeMs = Math.ceil(performance.now() - start)
    if (!isCurrent()) return value
    if (value === null || value === undefined) {
      const until = Date.now() + negativeMs
      if (negativeMs > 0) this.#nulls.set(idOf(name), { until, tags: name.tags })
    } else if (ms !== 'expired') {
      const text = this.values.write(name.name, value)
      if (text === null) return value
      const freshMs = ms && Math.max(1, Math.round(ms * (1 - jitter * Math.random())))
      const age = ms === null ? { computeMs } : { staleMs, graceMs, computeMs }
      const endsIn = freshMs === null ? null : freshMs + staleMs
      this.entries.write(name, text, endsIn, age)
      this.counts.written(name.name, endsIn)
    }
    return value
  }
}

/** How long a factory that failed is left alone. */
const PAUSE_MS = 1_000

const idOf = ({ name, tags }: TaggedName): string => JSON.stringify([name, ...tags])

import { idOf, type TaggedName } from '../../entries/tagged-keys.js'
import type { Counts } from '../../observability/stats.js'
import { Failing } from '../../remember/failing.js'
import { Flights } from '../../remember/flights.js'
import {
  jittered,
  type LifetimeOf,
  lifetimeFor,
  type ResolvedRemember,
} from '../../remember/options.js'
import { Patience } from '../../remember/patience.js'
import type { IsCurrent } from '../../remember/single-flight.js'
import type { Factory } from '../../remember/wanted.js'
import { isDue } from '../../values/envelope.js'
import type { Values } from '../../values/values.js'
import type { MemoryEntries } from './entries.js'

/** One request to `remember`. */
export interface Wanted<Value> extends ResolvedRemember {
  readonly name: TaggedName
  readonly ms: LifetimeOf<Value>
  readonly factory: Factory<Value>
}

/** Values that are computed once in the process. */
export class MemoryRemembering {
  readonly #flights = new Flights()
  readonly #failing = new Failing(() => Date.now())
  /** Until when an entry's `null` is remembered, by its name. */
  readonly #nulls = new Map<string, { until: number; tags: readonly string[] }>()
  readonly #patience: Patience

  constructor(
    readonly entries: MemoryEntries,
    readonly values: Values,
    readonly counts: Counts,
  ) {
    this.#patience = new Patience(counts)
  }

  get<Value>(wanted: Wanted<Value>): Promise<Value> {
    const { name, timeoutMs } = wanted
    const flight = this.#flights.waitedFor.run(name, isCurrent => this.#lookUp(wanted, isCurrent))
    if (timeoutMs === 0) return flight
    return this.#patience.wait(name, flight, timeoutMs, async () => this.#spare<Value>(name))
  }

  #spare<Value>(name: TaggedName): Value | null {
    const entry = this.entries.readInGrace(name)
    return entry ? (this.values.tryRead(name.name, entry.text) as Value | null) : null
  }

  leave(name: TaggedName): void {
    this.#flights.leave(name)
    this.#nulls.delete(idOf(name))
    this.#failing.drop(name)
  }

  leaveTags(tags: readonly string[]): void {
    this.#flights.leaveTags(tags)
    for (const [id, { tags: own }] of this.#nulls)
      if (own.some(tag => tags.includes(tag))) this.#nulls.delete(id)
    this.#failing.dropAll()
  }

  leaveAll(): void {
    this.#flights.leaveAll()
    this.#nulls.clear()
    this.#failing.dropAll()
  }

  async #lookUp<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
    const { name, beta } = wanted
    const entry = this.entries.readInGrace(name)
    const known = this.#spare<Value>(name)
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
    try {
      if (!this.#failing.has(name)) return await this.#make(wanted, isCurrent)
    } catch (error) {
      this.#failing.add(name)
      this.counts.failed(error, name.name)
    }
    this.counts.stale(name.name)
    return known
  }

  #refresh<Value>(wanted: Wanted<Value>): void {
    const { name } = wanted
    this.#flights.refreshes
      .run(name, isCurrent => this.#make(wanted, isCurrent))
      .catch(error => this.counts.failed(error, name.name))
  }

  async #make<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
    const { name, staleMs, graceMs, negativeMs, jitter, factory } = wanted
    const start = performance.now()
    this.counts.factoryCalls++
    const value = await factory()
    const computeMs = Math.ceil(performance.now() - start)
    if (!isCurrent()) return value
    if (value === null || value === undefined) {
      const until = Date.now() + negativeMs
      if (negativeMs > 0) this.#nulls.set(idOf(name), { until, tags: name.tags })
      return value
    }
    const ms = lifetimeFor(wanted.ms, value)
    if (ms !== 'expired') {
      const text = this.values.write(name.name, value)
      if (text === null) return value
      const freshMs = jittered(ms, jitter)
      const age = ms === null ? { computeMs } : { staleMs, graceMs, computeMs }
      const endsIn = freshMs === null ? null : freshMs + staleMs
      this.entries.write(name, text, endsIn, age)
      this.counts.written(name.name, endsIn)
    }
    return value
  }
}

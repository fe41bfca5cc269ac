import type { Access } from '../availability/access.js'
import type { Entries } from '../entries/entries.js'
import type { TaggedName } from '../entries/tagged-keys.js'
import type { NearEntry } from '../near/memory.js'
import type { Counts } from '../observability/stats.js'
import { type Age, graceOf, isDue, isGrace, unwrap } from '../values/envelope.js'
import { Computations } from './computations.js'
import { Failing } from './failing.js'
import { Flights } from './flights.js'
import { LastValues } from './last-values.js'
import type { Leases } from './leases.js'
import { Patience } from './patience.js'
import type { IsCurrent } from './single-flight.js'
import type { Wanted } from './wanted.js'

interface Found {
  readonly stored: string
  /** Negative when it never is gone, and where that does not matter. */
  readonly leftMs: number
}

/** Values that are computed once: by one caller of the process, and by one process of the fleet. */
export class Remembering {
  readonly #entries: Entries
  readonly #access: Access
  readonly #counts: Counts
  readonly #flights = new Flights()
  readonly #failing = new Failing(() => performance.now())
  readonly #last = new LastValues()
  readonly #patience: Patience
  readonly #computations: Computations

  constructor(entries: Entries, leases: Leases, access: Access, counts: Counts) {
    this.#entries = entries
    this.#access = access
    this.#counts = counts
    this.#patience = new Patience(counts)
    this.#computations = new Computations(entries, leases, access, counts, this.#last)
  }

  /** The value of the entry, or of the factory, which is kept; that of the factory while Redis is away. */
  get<Value>(wanted: Wanted<Value>): Promise<Value> {
    const near = this.#entries.peek(wanted.name)
    const known = near ? this.#known(wanted, near) : null
    if (known !== null) return Promise.resolve(known)
    const { name, timeoutMs } = wanted
    const flight = this.#flights.waitedFor.run(name, isCurrent => this.#lookUp(wanted, isCurrent))
    if (timeoutMs === 0) return flight
    return this.#patience.wait(name, flight, timeoutMs, () => this.#spare(wanted))
  }

  /** The value that this process holds; made anew in the background where that is due. */
  #known<Value>(wanted: Wanted<Value>, near: NearEntry): Value | null {
    const { name, staleMs, beta, graceMs } = wanted
    const timed = staleMs > 0 || beta > 0 || graceOf(near.text, near.skip) > 0
    const text = timed || graceMs > 0 ? near.text.slice(near.skip) : ''
    const age = timed ? unwrap(text) : undefined
    const never = near.expires === Number.POSITIVE_INFINITY
    const leftMs = never ? -1 : near.expires - performance.now()
    if (age && isGrace(age.graceMs, leftMs)) return null
    const value = wanted.share(near)
    if (value === null) return null
    this.#counts.hit(name.name, true)
    if (graceMs > 0) this.#last.keep(name, text, leftMs)
    if (age && isDue(age, leftMs, beta)) this.#refresh(wanted, age, leftMs)
    return value
  }

  /** Nobody joins the computation of this entry from now on. */
  leave(name: TaggedName): void {
    this.#flights.leave(name)
    this.#last.drop(name)
    this.#failing.drop(name)
  }

  /** Nobody joins a computation with any of the tags from now on. */
  leaveTags(tags: readonly string[]): void {
    this.#flights.leaveTags(tags)
    this.#last.dropTags(tags)
    this.#failing.dropAll()
  }

  leaveAll(): void {
    this.#flights.leaveAll()
    this.#last.dropAll()
    this.#failing.dropAll()
  }

  async #lookUp<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
    const { name, beta, graceMs } = wanted
    const found = await this.#access.read(name, () => this.#find(wanted), undefined)
    const known = found ? wanted.read(found.stored) : null
    if (!found || known === null) {
      const last = found === undefined ? this.#lastOf(wanted) : null
      if (last !== null) {
        this.#counts.stale(name.name)
        return last
      }
      this.#counts.miss(name.name)
      return this.#compute(wanted, isCurrent, null)
    }
    const { stored, leftMs } = found
    const age = unwrap(stored)
    if (isGrace(age.graceMs, leftMs)) {
      this.#counts.miss(name.name)
      return this.#compute(wanted, isCurrent, known)
    }
    this.#counts.hit(name.name)
    if (graceMs > 0) this.#last.keep(name, stored, leftMs)
    if (isDue(age, leftMs, beta)) this.#refresh(wanted, age, leftMs)
    return known
  }

  /** What Redis has, `null` when nothing; milliseconds until it is gone, where they matter. */
  async #find<Value>({ name, staleMs, beta, graceMs }: Wanted<Value>): Promise<Found | null> {
    const reading = this.#entries.read(name)
    if (staleMs > 0 || beta > 0 || graceMs > 0) {
      const [stored, leftMs] = await Promise.all([reading, this.#entries.leftMs(name)])
      return stored === null ? null : { stored, leftMs }
    }
    const stored = await reading
    if (stored === null) return null
    return { stored, leftMs: graceOf(stored) === 0 ? -1 : await this.#entries.leftMs(name) }
  }

  /** What is there for when a value cannot be had, `null` for nothing. */
  async #spare<Value>(wanted: Wanted<Value>): Promise<Value | null> {
    const found = await this.#access.read(wanted.name, () => this.#find(wanted), undefined)
    return found ? wanted.read(found.stored) : this.#lastOf(wanted)
  }

  #lastOf<Value>({ name, graceMs, read }: Wanted<Value>): Value | null {
    const last = graceMs > 0 ? this.#last.get(name) : null
    return last === null ? null : read(last)
  }

  /** In the background. */
  #refresh<Value>(wanted: Wanted<Value>, { staleMs, graceMs }: Age, leftMs: number): void {
    const { name } = wanted
    if (leftMs <= staleMs + graceMs) this.#counts.stale(name.name)
    const refresh = (isCurrent: IsCurrent) => this.#computations.refresh(wanted, leftMs, isCurrent)
    this.#flights.refreshes.run(name, refresh).catch(error => this.#counts.failed(error, name.name))
  }

  /** @param spare what may be served when the factory fails, `null` for nothing */
  async #compute<Value>(
    wanted: Wanted<Value>,
    isCurrent: IsCurrent,
    spare: Value | null,
  ): Promise<Value> {
    const { name } = wanted
    if (spare !== null && this.#failing.has(name)) {
      this.#counts.stale(name.name)
      return spare
    }
    try {
      return await this.#computations.run(wanted, isCurrent)
    } catch (error) {
      const last = spare ?? this.#lastOf(wanted)
      if (last === null) throw error
      this.#failing.add(name)
      this.#counts.failed(error, name.name)
      this.#counts.stale(name.name)
      return last
    }
  }
}

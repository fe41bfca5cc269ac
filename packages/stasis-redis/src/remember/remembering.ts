import type { Access } from '../availability/access.js'
import type { Entries } from '../entries/entries.js'
import type { TaggedName } from '../entries/tagged-keys.js'
import type { NearEntry } from '../near/memory.js'
import type { Counts } from '../observability/stats.js'
import type { Lifetime } from '../store/ttl.js'
import { type Age, graceOf, isDue, isGrace, unwrap, wrap } from '../values/envelope.js'
import { Failing } from './failing.js'
import { Flights } from './flights.js'
import { LastValues } from './last-values.js'
import type { Asked, Ending, Lease, Leases } from './leases.js'
import { jittered, type ResolvedRemember } from './options.js'
import type { IsCurrent } from './single-flight.js'

export type Factory<Value> = () => Promise<Value> | Value

/** One request to `remember`. */
export interface Wanted<Value> extends ResolvedRemember {
  readonly name: TaggedName
  readonly ms: Lifetime
  readonly factory: Factory<Value>
  /** The value of what this process holds; `null` when it cannot be read. */
  readonly share: (near: NearEntry) => Value | null
  /** The value of what an entry holds; `null` when it cannot be read. */
  readonly read: (text: string) => Value | null
  /** `null` for a value that is not to be kept. */
  readonly serialize: (value: Value) => string | null
}

interface Found {
  readonly stored: string
  /** Negative when it never is gone, and where that does not matter. */
  readonly leftMs: number
}

/** A holder that dies without a word is noticed this long after its lease ended. */
const SLACK_MS = 10

/** Values that are computed once: by one caller of the process, and by one process of the fleet. */
export class Remembering {
  readonly #entries: Entries
  readonly #leases: Leases
  readonly #access: Access
  readonly #counts: Counts
  readonly #flights = new Flights()
  readonly #failing = new Failing(() => performance.now())
  readonly #last = new LastValues()

  constructor(entries: Entries, leases: Leases, access: Access, counts: Counts) {
    this.#entries = entries
    this.#leases = leases
    this.#access = access
    this.#counts = counts
  }

  /** The value of the entry, or of the factory, which is kept; that of the factory while Redis is away. */
  get<Value>(wanted: Wanted<Value>): Promise<Value> {
    const near = this.#entries.peek(wanted.name)
    const known = near ? this.#known(wanted, near) : null
    if (known !== null) return Promise.resolve(known)
    return this.#flights.waitedFor.run(wanted.name, isCurrent => this.#lookUp(wanted, isCurrent))
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
    const found = await this.#unlessAway(name, () => this.#find(wanted))
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

  #lastOf<Value>({ name, graceMs, read }: Wanted<Value>): Value | null {
    const last = graceMs > 0 ? this.#last.get(name) : null
    return last === null ? null : read(last)
  }

  /** In the background, and only when nobody in the fleet is at it. */
  #refresh<Value>(wanted: Wanted<Value>, { staleMs, graceMs }: Age, leftMs: number): void {
    const { name } = wanted
    if (leftMs <= staleMs + graceMs) this.#counts.stale(name.name)
    const refresh = async (isCurrent: IsCurrent) => {
      const asked = await this.#unlessAway(name, () => this.#ask(wanted), giveBack)
      if (asked?.state !== 'granted') return
      const done = asked.text === null || asked.leftMs < 0 || asked.leftMs > leftMs
      if (done) await asked.lease.release()
      else await this.#make(wanted, asked.lease, isCurrent)
    }
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
      return await this.#computeOnce(wanted, isCurrent)
    } catch (error) {
      const last = spare ?? this.#lastOf(wanted)
      if (last === null) throw error
      this.#failing.add(name)
      this.#counts.failed(error, name.name)
      this.#counts.stale(name.name)
      return last
    }
  }

  async #computeOnce<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
    const { name } = wanted
    let ending: Ending | undefined
    try {
      for (;;) {
        const asked = await this.#unlessAway(name, () => this.#ask(wanted), giveBack)
        if (!asked) return await this.#call(wanted)
        if (asked.state === 'null') return null as Value
        if (asked.state === 'granted') {
          const { text, leftMs, lease } = asked
          const isOver = text === null || isGrace(graceOf(text), leftMs)
          const known = isOver ? null : wanted.read(text)
          if (known === null) return await this.#make(wanted, lease, isCurrent)
          await this.#unlessAway(name, () => lease.release())
          return known
        }
        if (ending) await ending.wait(asked.leftMs + SLACK_MS)
        // An end before the subscription is seen by asking again.
        else ending = await this.#unlessAway(name, () => this.#leases.listen(name), stop)
        if (!ending) return await this.#call(wanted)
      }
    } finally {
      ending?.onStop().catch(() => undefined)
    }
  }

  async #make<Value>(wanted: Wanted<Value>, lease: Lease, isCurrent: IsCurrent): Promise<Value> {
    const start = performance.now()
    try {
      const value = await this.#call(wanted)
      const computeMs = Math.ceil(performance.now() - start)
      const keep = () => this.#keep(wanted, lease, value, computeMs, isCurrent)
      await this.#unlessAway(wanted.name, keep)
      return value
    } catch (error) {
      // Who waits elsewhere finds out by the lease's end at the latest.
      await lease.release().catch(() => undefined)
      throw error
    }
  }

  async #keep<Value>(
    { name, ms, staleMs, graceMs, negativeMs, beta, jitter, serialize }: Wanted<Value>,
    lease: Lease,
    value: Value,
    computeMs: number,
    isCurrent: IsCurrent,
  ): Promise<void> {
    const nothing = value === null || value === undefined
    if (nothing && negativeMs > 0 && isCurrent()) {
      await lease.keepNull(negativeMs)
      return
    }
    if (nothing || ms === 'expired' || !isCurrent()) {
      await lease.release()
      return
    }
    const text = serialize(value)
    if (text === null) {
      await lease.release()
      return
    }
    const age = {
      staleMs: ms === null ? 0 : staleMs,
      graceMs: ms === null ? 0 : graceMs,
      computeMs: beta > 0 ? computeMs : 0,
    }
    const stored = wrap({ ...age, text })
    const freshMs = jittered(ms, jitter)
    const ttlMs = freshMs && freshMs + age.staleMs + age.graceMs
    const kept = await lease.keep(stored, ttlMs)
    this.#entries.changed(name)
    if (!kept) return
    this.#counts.written(name.name, ttlMs)
    if (ttlMs && graceMs > 0) this.#last.keep(name, stored, ttlMs)
  }

  #call<Value>({ factory }: Wanted<Value>): Promise<Value> | Value {
    this.#counts.factoryCalls++
    return factory()
  }

  async #ask<Value>(wanted: Wanted<Value>): Promise<Asked> {
    const header = await this.#header(wanted)
    return this.#leases.ask(wanted.name, header)
  }

  #header<Value>({ name, ms, staleMs, graceMs, negativeMs }: Wanted<Value>): Promise<string> {
    if (ms === null) return this.#entries.header(name, null)
    const keptMs = ms === 'expired' ? 0 : ms + staleMs + graceMs
    return this.#entries.header(name, Math.max(1, keptMs, negativeMs))
  }

  /**
   * `undefined` when Redis is away, which is reported.
   *
   * @param undo for a result that comes when nobody waits for it any more
   */
  #unlessAway<Result>(
    name: TaggedName,
    operation: () => Promise<Result>,
    undo?: (result: Result) => unknown,
  ): Promise<Result | undefined> {
    return this.#access.read(name, operation, undefined, undo)
  }
}

const giveBack = (asked: Asked) => (asked.state === 'granted' ? asked.lease.release() : undefined)

const stop = (ending: Ending) => ending.onStop()

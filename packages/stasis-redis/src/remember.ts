import { type Breaker, isAway } from './breaker.js'
import type { Entries } from './entries.js'
import { type Enveloped, isDue, unwrap, wrap } from './envelope.js'
import type { TaggedName } from './keys.js'
import type { Asked, Ending, Lease, Leases } from './leases.js'
import type { NearEntry } from './near/memory.js'
import type { ResolvedRemember } from './remember-options.js'
import { type IsCurrent, SingleFlight } from './single-flight.js'
import type { Counts } from './stats.js'
import type { Lifetime } from './ttl.js'

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

/** A holder that dies without a word is noticed this long after its lease ended. */
const SLACK_MS = 10

/** Values that are computed once: by one caller of the process, and by one process of the fleet. */
export class Remembering {
  readonly #entries: Entries
  readonly #leases: Leases
  readonly #breaker: Breaker
  readonly #counts: Counts
  readonly #report: (error: unknown, key: string) => void
  readonly #flights = new SingleFlight()
  readonly #refreshes = new SingleFlight()

  /** @param report told of what failed and did not fail a caller */
  constructor(
    entries: Entries,
    leases: Leases,
    breaker: Breaker,
    counts: Counts,
    report: (error: unknown, key: string) => void,
  ) {
    this.#entries = entries
    this.#leases = leases
    this.#breaker = breaker
    this.#counts = counts
    this.#report = report
  }

  /** The value of the entry, or of the factory, which is kept; that of the factory while Redis is away. */
  get<Value>(wanted: Wanted<Value>): Promise<Value> {
    const near = this.#entries.peek(wanted.name)
    const known = near ? this.#known(wanted, near) : null
    if (known !== null) return Promise.resolve(known)
    return this.#flights.run(wanted.name, isCurrent => this.#lookUp(wanted, isCurrent))
  }

  /** The value that this process holds; made anew in the background where that is due. */
  #known<Value>(wanted: Wanted<Value>, near: NearEntry): Value | null {
    const value = wanted.share(near)
    if (value === null) return null
    this.#counts.hits++
    this.#counts.nearHits++
    if (near.expires !== Number.POSITIVE_INFINITY && (wanted.staleMs > 0 || wanted.beta > 0)) {
      const leftMs = near.expires - performance.now()
      const entry = unwrap(near.text.slice(near.skip))
      if (isDue(entry, leftMs, wanted.beta)) this.#refresh(wanted, entry, leftMs)
    }
    return value
  }

  /** Nobody joins the computation of this entry from now on. */
  leave(name: TaggedName): void {
    this.#flights.leave(name)
    this.#refreshes.leave(name)
  }

  /** Nobody joins a computation with any of the tags from now on. */
  leaveTags(tags: readonly string[]): void {
    this.#flights.leaveTags(tags)
    this.#refreshes.leaveTags(tags)
  }

  leaveAll(): void {
    this.#flights.leaveAll()
    this.#refreshes.leaveAll()
  }

  async #lookUp<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
    const { name, staleMs, beta } = wanted
    const timed = staleMs > 0 || beta > 0
    const read = () =>
      Promise.all([this.#entries.read(name), timed ? this.#entries.leftMs(name) : -1])
    const [stored, leftMs] = (await this.#unlessAway(name, read)) ?? [null, -1]
    const entry = stored === null ? null : unwrap(stored)
    const known = stored === null ? null : wanted.read(stored)
    if (entry === null || known === null) {
      this.#counts.misses++
      return this.#compute(wanted, isCurrent)
    }
    this.#counts.hits++
    if (isDue(entry, leftMs, beta)) this.#refresh(wanted, entry, leftMs)
    return known
  }

  /** In the background, and only when nobody in the fleet is at it. */
  #refresh<Value>(wanted: Wanted<Value>, { staleMs }: Enveloped, leftMs: number): void {
    if (leftMs <= staleMs) this.#counts.stale++
    const { name } = wanted
    const refresh = async (isCurrent: IsCurrent) => {
      const asked = await this.#unlessAway(name, () => this.#ask(wanted), giveBack)
      if (asked?.state !== 'granted') return
      const done = asked.text === null || asked.leftMs < 0 || asked.leftMs > leftMs
      if (done) await asked.lease.release()
      else await this.#make(wanted, asked.lease, isCurrent)
    }
    this.#refreshes.run(name, refresh).catch(error => this.#report(error, name.name))
  }

  async #compute<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
    const { name } = wanted
    let ending: Ending | undefined
    try {
      for (;;) {
        const asked = await this.#unlessAway(name, () => this.#ask(wanted), giveBack)
        if (!asked) return await this.#call(wanted)
        if (asked.state === 'null') return null as Value
        if (asked.state === 'granted') {
          const known = asked.text === null ? null : wanted.read(asked.text)
          if (known === null) return await this.#make(wanted, asked.lease, isCurrent)
          await this.#unlessAway(name, () => asked.lease.release())
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
    { name, ms, staleMs, negativeMs, beta, jitter, serialize }: Wanted<Value>,
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
    const refresh = ms === null ? 0 : staleMs
    const text = serialize(value)
    if (text === null) {
      await lease.release()
      return
    }
    const stored = wrap({ text, staleMs: refresh, computeMs: beta > 0 ? computeMs : 0 })
    const freshMs = ms && Math.max(1, Math.round(ms * (1 - jitter * Math.random())))
    const kept = await lease.keep(stored, freshMs && freshMs + refresh)
    this.#entries.changed(name)
    if (kept) this.#counts.sets++
  }

  #call<Value>({ factory }: Wanted<Value>): Promise<Value> | Value {
    this.#counts.factoryCalls++
    return factory()
  }

  async #ask<Value>(wanted: Wanted<Value>): Promise<Asked> {
    const header = await this.#header(wanted)
    return this.#leases.ask(wanted.name, header)
  }

  #header<Value>({ name, ms, staleMs, negativeMs }: Wanted<Value>): Promise<string> {
    if (ms === null) return this.#entries.header(name, null)
    const keptMs = ms === 'expired' ? 0 : ms + staleMs
    return this.#entries.header(name, Math.max(1, keptMs, negativeMs))
  }

  /**
   * `undefined` when Redis is away, which is reported.
   *
   * @param undo for a result that comes when nobody waits for it any more
   */
  async #unlessAway<Result>(
    name: TaggedName,
    operation: () => Promise<Result>,
    undo?: (result: Result) => unknown,
  ): Promise<Result | undefined> {
    let running: Promise<Result> | undefined
    try {
      return await this.#breaker.run(() => {
        running = operation()
        return running
      })
    } catch (error) {
      if (!isAway(error)) throw error
      running?.then(undo).catch(() => undefined)
      this.#report(error, name.name)
      return undefined
    }
  }
}

const giveBack = (asked: Asked) => (asked.state === 'granted' ? asked.lease.release() : undefined)

const stop = (ending: Ending) => ending.onStop()

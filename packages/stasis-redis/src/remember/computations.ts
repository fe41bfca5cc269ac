import type { Access } from '../availability/access.js'
import { type Entries, LONGEST_COMPUTATION_MS } from '../entries/entries.js'
import type { TaggedName } from '../entries/tagged-keys.js'
import type { Counts } from '../observability/stats.js'
import { graceOf, isGrace, wrap } from '../values/envelope.js'
import type { LastValues } from './last-values.js'
import type { Asked, Ending, Lease, Leases } from './leases.js'
import { jittered, lifetimeFor } from './options.js'
import type { IsCurrent } from './single-flight.js'
import type { Wanted } from './wanted.js'

/** A holder that dies without a word is noticed this long after its lease ended. */
const SLACK_MS = 10

/** Computations of which the fleet has one at a time for an entry; the others wait for its end. */
export class Computations {
  readonly #entries: Entries
  readonly #leases: Leases
  readonly #access: Access
  readonly #counts: Counts
  readonly #last: LastValues

  constructor(entries: Entries, leases: Leases, access: Access, counts: Counts, last: LastValues) {
    this.#entries = entries
    this.#leases = leases
    this.#access = access
    this.#counts = counts
    this.#last = last
  }

  /** The value that this process makes, or that another one made meanwhile. */
  async run<Value>(wanted: Wanted<Value>, isCurrent: IsCurrent): Promise<Value> {
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

  /** Only when nobody in the fleet is at it, and nobody was since the entry had `leftMs` left. */
  async refresh<Value>(wanted: Wanted<Value>, leftMs: number, isCurrent: IsCurrent): Promise<void> {
    const asked = await this.#unlessAway(wanted.name, () => this.#ask(wanted), giveBack)
    if (asked?.state !== 'granted') return
    const done = asked.text === null || asked.leftMs < 0 || asked.leftMs > leftMs
    if (done) await asked.lease.release()
    else await this.#make(wanted, asked.lease, isCurrent)
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
    wanted: Wanted<Value>,
    lease: Lease,
    value: Value,
    computeMs: number,
    isCurrent: IsCurrent,
  ): Promise<void> {
    const { name, staleMs, graceMs, negativeMs, beta, jitter, serialize } = wanted
    const nothing = value === null || value === undefined
    if (nothing && negativeMs > 0 && isCurrent()) {
      await lease.keepNull(negativeMs)
      return
    }
    const ms = nothing ? 'expired' : lifetimeFor(wanted.ms, value)
    if (ms === 'expired' || !isCurrent()) {
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
    const isKnownLate = typeof wanted.ms === 'function' && name.tags.length > 0
    if (isKnownLate && (ttlMs === null || ttlMs > LONGEST_COMPUTATION_MS))
      await this.#entries.header(name, ttlMs)
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
    const ownMs = typeof ms === 'function' ? LONGEST_COMPUTATION_MS : ms === 'expired' ? 0 : ms
    const keptMs = ownMs + (ownMs > 0 ? staleMs + graceMs : 0)
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

import type { Renewable, Renewals } from '../lease/renewal.js'
import { majorityOf } from './votes.js'

/** One lease of a quorum on its way through the nodes' own renewals. */
interface Entry {
  readonly lease: Renewable
  readonly parts: { readonly renewals: Renewals; readonly part: Renewable }[]
  /** By node: when the last renewal that it confirmed was sent; `Infinity` below 0 when it has the lease no more. */
  readonly sentAt: number[]
  /** What the lease counts from. */
  confirmedAt: number
  /** What the parts were told. */
  ttlMs: number
}

/**
 * Every node renews its part of a lease with the others of that node; the lease counts from what a majority of the nodes
 * confirmed.
 */
export class QuorumRenewals {
  readonly #nodes: readonly Renewals[]
  readonly #entries = new Map<Renewable, Entry>()

  constructor(nodes: readonly Renewals[]) {
    this.#nodes = nodes
  }

  add(lease: Renewable): void {
    const entry = this.#entries.get(lease) ?? this.#enter(lease)
    // Each part goes on at its own time, unless that has become too late.
    const isNew = entry.ttlMs !== lease.ttlMs
    entry.ttlMs = lease.ttlMs
    for (const { renewals, part } of entry.parts) {
      if (isNew) part.dueAt = Math.min(part.dueAt, lease.dueAt)
      renewals.add(part)
    }
  }

  remove(lease: Renewable): void {
    const entry = this.#entries.get(lease)
    this.#entries.delete(lease)
    for (const { renewals, part } of entry?.parts ?? []) renewals.remove(part)
  }

  #enter(lease: Renewable): Entry {
    const sentAt = this.#nodes.map(() => 0)
    const parts = this.#nodes.map((renewals, node) => {
      const part: Renewable = {
        script: lease.script,
        key: lease.key,
        ticket: lease.ticket,
        minReplicas: 0,
        get ttlMs() {
          return lease.ttlMs
        },
        dueAt: Number.POSITIVE_INFINITY,
        // One node's timer is enough for the deadline.
        get endsAt() {
          return node === 0 ? lease.endsAt : Number.POSITIVE_INFINITY
        },
        ended: () => lease.ended(),
        renewed: (isOurs, at) => {
          part.dueAt = isOurs ? at + lease.ttlMs / 3 : Number.POSITIVE_INFINITY
          sentAt[node] = isOurs ? at : Number.NEGATIVE_INFINITY
          this.#count(entry)
        },
      }
      return { renewals, part }
    })
    const entry: Entry = { lease, parts, sentAt, confirmedAt: 0, ttlMs: 0 }
    this.#entries.set(lease, entry)
    return entry
  }

  #count(entry: Entry): void {
    const { lease, sentAt } = entry
    const confirmedAt = [...sentAt].sort((a, b) => b - a)[majorityOf(sentAt.length) - 1] ?? 0
    if (confirmedAt === Number.NEGATIVE_INFINITY) lease.renewed(false, performance.now())
    if (confirmedAt <= entry.confirmedAt) return
    entry.confirmedAt = confirmedAt
    lease.renewed(true, confirmedAt)
  }
}

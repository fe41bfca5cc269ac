import type { LocksClient } from '../redis/store.js'
import type { RenewScript } from '../scripts/renew.js'
import { SideConnection } from './side-connection.js'

/** A lease that is renewed, and told when it ends, until it is removed. */
export interface Renewable {
  readonly script: RenewScript
  readonly key: string
  readonly ticket: string
  /** So many replicas must confirm a renewal for it to count. */
  readonly minReplicas: number
  /** Milliseconds that it lasts from each renewal on. */
  ttlMs: number
  /** Local time of the next renewal; infinite without one. */
  dueAt: number
  /** Local time of its deadline. */
  endsAt: number
  /** Called with each answer of Redis, and the local time of the question; sets `dueAt`. */
  renewed(isOurs: boolean, sentAt: number): void
  /** Called when `endsAt` has passed. */
  ended(): void
}

/** A lease that replicas are to confirm, within a time. */
type Confirmation = Pick<Renewable, 'script' | 'key' | 'ticket' | 'ttlMs' | 'minReplicas'> & {
  timeoutMs: number
}

/** A lease is renewed up to this share of its time early, to go with others. */
const EARLY = 1 / 6
const RETRIES = 1 / 12
const PER_CALL = 500
/** Node's timers end here and fire at once beyond. */
const MAX_TIMER_MS = 2 ** 31 - 1
const MIN_ANSWER_MS = 20

/**
 * Renews the leases of one client, many in one call, and tells them when they end; with one timer, which does not keep
 * the process alive.
 */
export class Renewals {
  readonly #side: SideConnection
  /** For leases that replicas must confirm: WAIT holds a connection up. */
  readonly #durable: SideConnection
  readonly #client: LocksClient
  #isCluster = false
  readonly #leases = new Set<Renewable>()
  readonly #underWay = new Set<Renewable>()
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #failures = 0

  constructor(client: LocksClient) {
    this.#side = new SideConnection(client)
    this.#durable = new SideConnection(client)
    this.#client = client
  }

  /** How many leases there are. */
  get size(): number {
    return this.#leases.size
  }

  /** Renew it at its `dueAt` and end it at its `endsAt`; again after these have changed. */
  add(lease: Renewable): void {
    if (!this.#leases.has(lease)) {
      // Asked here, not by the timer: a manager that is reset knows no connection any more.
      this.#isCluster = this.#client.isCluster
      this.#leases.add(lease)
      this.#sideOf(lease).enter()
    }
    this.#wakeAt(Math.min(lease.dueAt, lease.endsAt))
  }

  /** The timer is left to run out: the next lease comes soon, mostly, and has use for it. */
  remove(lease: Renewable): void {
    if (!this.#leases.delete(lease)) return
    this.#sideOf(lease).leave()
  }

  /** How many replicas have a lease, which is renewed for that; 0 when it is no longer the ticket's. */
  async confirm({ script, key, ticket, ttlMs, minReplicas, timeoutMs }: Confirmation) {
    const side = this.#durable
    side.enter()
    try {
      const [isOurs] = await side.run(script, [key], [ticket, ttlMs], { timeoutMs })
      return isOurs ? await side.replicas(minReplicas, timeoutMs) : 0
    } finally {
      side.leave()
    }
  }

  #wakeAt(at: number): void {
    if (at >= this.#timerAt) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    const ms = Math.min(Math.max(0, at - performance.now()), MAX_TIMER_MS)
    this.#timer = setTimeout(() => this.#tick(), ms).unref()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#timerAt = Number.POSITIVE_INFINITY
  }

  #tick(): void {
    this.#stop()
    const now = performance.now()
    for (const lease of [...this.#leases]) if (lease.endsAt <= now) lease.ended()
    const isDue = [...this.#leases].some(lease => lease.dueAt <= now && !this.#underWay.has(lease))
    const due = isDue ? [...this.#leases].filter(lease => this.#goesWith(lease, now)) : []
    for (const batch of this.#batches(due)) this.#renew(batch)
    this.#sleep()
  }

  #goesWith(lease: Renewable, now: number): boolean {
    return lease.dueAt - now <= lease.ttlMs * EARLY && !this.#underWay.has(lease)
  }

  #sleep(): void {
    let next = Number.POSITIVE_INFINITY
    for (const lease of this.#leases) {
      if (lease.endsAt < next) next = lease.endsAt
      if (lease.dueAt < next && !this.#underWay.has(lease)) next = lease.dueAt
    }
    if (next < Number.POSITIVE_INFINITY) this.#wakeAt(next)
  }

  #batches(leases: readonly Renewable[]): Renewable[][] {
    const groups = new Map<RenewScript, Map<string, Renewable[]>>()
    for (const lease of leases) {
      const group = groups.get(lease.script) ?? new Map<string, Renewable[]>()
      groups.set(lease.script, group)
      const id = `${lease.minReplicas} ${this.#isCluster ? tagOf(lease.key) : ''}`
      const batch = group.get(id) ?? []
      batch.push(lease)
      group.set(id, batch)
    }
    return [...groups.values()].flatMap(group => [...group.values()].flatMap(inPieces))
  }

  async #renew(batch: readonly Renewable[]): Promise<void> {
    const sentAt = performance.now()
    const ttlMs = Math.min(...batch.map(lease => lease.ttlMs))
    for (const lease of batch) this.#underWay.add(lease)
    const ours = await this.#ask(batch, Math.max(MIN_ANSWER_MS, ttlMs / 4)).catch(() => undefined)
    for (const lease of batch) this.#underWay.delete(lease)
    this.#failures = ours ? 0 : this.#failures + 1
    const now = performance.now()
    for (const [i, lease] of batch.entries()) {
      if (!this.#leases.has(lease)) continue
      if (ours) lease.renewed(ours[i] === true, sentAt)
      if (lease.dueAt <= now) lease.dueAt = now + lease.ttlMs * RETRIES
    }
    if (this.#leases.size > 0) this.#sleep()
  }

  /** Every other attempt after a failure takes the user's connection: ours may be refused, or cut off alone. */
  async #ask(batch: readonly Renewable[], timeoutMs: number): Promise<boolean[]> {
    const [{ script, minReplicas }] = batch as [Renewable]
    const side = this.#sideOf({ minReplicas })
    if (side.isOver) throw new Error('the client is closed')
    const ours = await side.run(
      script,
      batch.map(({ key }) => key),
      batch.flatMap(({ ticket, ttlMs }) => [ticket, Math.round(ttlMs)]),
      { timeoutMs, onMain: this.#failures % 2 === 1 && minReplicas === 0 },
    )
    if (minReplicas === 0 || (await side.replicas(minReplicas, timeoutMs)) >= minReplicas) {
      return ours
    }
    throw new Error('too few replicas have the renewal')
  }

  #sideOf({ minReplicas }: Pick<Renewable, 'minReplicas'>): SideConnection {
    return minReplicas === 0 ? this.#side : this.#durable
  }
}

const tagOf = (key: string): string => key.slice(key.indexOf('{'), key.indexOf('}'))

function inPieces(leases: readonly Renewable[]): Renewable[][] {
  const pieces: Renewable[][] = []
  for (let i = 0; i < leases.length; i += PER_CALL) pieces.push(leases.slice(i, i + PER_CALL))
  return pieces
}

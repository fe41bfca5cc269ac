import { randomUUID } from 'node:crypto'
import { isRedisError, type RedisClient, type RedisManager } from '@gravito/plasma'
import { Renewals } from '../lease/renewal.js'
import { RELEASE_RESERVED } from '../scripts/handover.js'
import type { Kind, Place, Released, Taken } from '../scripts/kind.js'
import { INSPECT, MUTEX } from '../scripts/mutex.js'
import { RAISE } from '../scripts/quorum.js'
import { PERMIT_INFO, SET_LIMIT } from '../scripts/semaphore.js'
import { Telemetry } from '../telemetry/telemetry.js'
import { SPARE_TOKENS, type Tenure } from '../waiting/tenure.js'
import { clientOf } from './client.js'
import { type LockKeys, lockKeys } from './keys.js'
import { lastWordsOf } from './last-words.js'
import { isOver, onClose, ownerOf } from './owner.js'

/** What locks need of a client: a plasma client or manager has it. */
export type LocksClient = Pick<
  RedisClient,
  'run' | 'with' | 'subscribe' | 'ssubscribe' | 'publish' | 'spublish' | 'unlink' | 'isCluster'
> & {
  on(event: 'ready', back: () => void): unknown
  off(event: 'ready', back: () => void): unknown
}

/** A plasma client, a manager, or any ioredis instance or Cluster. */
export type LocksSource = LocksClient | RedisManager | Parameters<typeof RedisClient.from>[0]

/** Who holds a lock. */
export interface Holder {
  /** The holder's ticket. */
  ticket: string
  token: number
  /** Remaining milliseconds. */
  ttlMs: number
}

/** A place in the queue, as a waiter asks for it. */
export interface Ticket {
  readonly id: string
  readonly ttlMs: number
  /** Server microseconds of its arrival, or, below 0, its age. */
  readonly arrivalUs: number
}

/** How `setLimit` changes a limit. */
export type LimitChange = 'set' | 'add' | 'forget'
/** A reserve of tokens: its end, and the last one used. */
type Used = Tenure['used']

/** What the kinds of locks of one client share. */
interface Shared {
  readonly id: string
  tickets: number
  /** Releases that are under way. */
  releases: number
  readonly renewals: Renewals
  readonly telemetry: Telemetry
  /** Kept, for a manager that is reset cannot tell any more. */
  owner: RedisClient | undefined
}

/** Who waits says so at least this often; a ticket that is older is dead. */
const TICKET_MS = 15_000

const REMEMBERED_KEYS = 1_000

/** Failures that pass: a waiter goes on asking. */
const PASSING = new Set(
  `CONNECTION_FAILED COMMAND_TIMEOUT REPLY_LOST QUEUE_FULL LOADING BUSY OOM MISCONF READONLY NOREPLICAS MASTERDOWN
  CLUSTERDOWN TRYAGAIN`.split(/\s+/),
)

/** The locks of one kind, client and prefix, a command at a time; no policy. */
export class LockStore {
  readonly kind: Kind
  /** Of every kind of lease under this client. */
  readonly renewals: Renewals
  readonly telemetry: Telemetry
  readonly #client: LocksClient
  readonly #prefix: string
  readonly #shared: Shared
  /** By name, with the claim that was asked for last. */
  readonly #keys = new Map<string, LockKeys>()
  /** Kept, for a manager that is reset while somebody waits cannot tell any more. */
  #publish: 'PUBLISH' | 'SPUBLISH' = 'PUBLISH'

  constructor(source: LocksSource, prefix: string, kind = MUTEX, shared?: Shared) {
    this.#client = clientOf(source)
    this.#prefix = prefix
    this.kind = kind
    this.#shared = shared ?? newShared(this.#client)
    this.renewals = this.#shared.renewals
    this.telemetry = this.#shared.telemetry
  }

  /** How many leases of every kind are held, or being released, under this client. */
  get held(): number {
    return this.renewals.size + this.#shared.releases
  }

  /** A release begins; every call needs one of `released`. */
  releasing(): void {
    this.#shared.releases++
  }

  released(): void {
    this.#shared.releases--
  }

  get isCluster(): boolean {
    return this.#client.isCluster
  }

  /** The same client's locks of another kind. */
  of(kind: Kind): LockStore {
    return new LockStore(this.#client, this.#prefix, kind, this.#shared)
  }

  /** Where the lock called `name` lives; the same object while it is remembered. */
  keys(name: string, claim = ''): LockKeys {
    const known = this.#keys.get(name)
    if (known?.claim === claim) return known
    const { suffix } = this.kind
    const { isCluster } = this
    const keys = lockKeys(this.#prefix, name, isCluster, this.#shared.id, { suffix, claim })
    this.#publish = isCluster ? 'SPUBLISH' : 'PUBLISH'
    if (this.#keys.size >= REMEMBERED_KEYS) this.#keys.clear()
    this.#keys.set(name, keys)
    return keys
  }

  /** A new ticket; no other client has the same, nor another kind. */
  ticket({ claim }: LockKeys): string {
    return `${this.#shared.id}:${(this.#shared.tickets++).toString(36)}${claim}`
  }

  /** The token when the lock is free and nobody queues, else the holder's remaining ms or `'queued'`. */
  acquire({ lock, fence, queue }: LockKeys, ticket: string, ttlMs: number): Promise<Taken> {
    return this.#client.run(this.kind.scripts.ACQUIRE, [lock, fence, queue], [ticket, ttlMs])
  }

  /** Queue and wait for a message, or, with `wait` false, take the lock if all who queue are dead. */
  enqueue(keys: LockKeys, { id, ttlMs, arrivalUs }: Ticket, wait = true): Promise<Place> {
    const args = [id, ttlMs, arrivalUs, TICKET_MS, wait ? 1 : 0, this.#publish] as const
    return this.#client.run(this.kind.scripts.ENQUEUE, all(keys), args)
  }

  /** `used`: the reserve that the ticket had. */
  release(keys: LockKeys, ticket: string, used?: Used): Promise<boolean> {
    const { RELEASE } = this.kind.scripts
    if (!used) return this.#client.run(RELEASE, all(keys), [ticket, this.#publish])
    const args = [ticket, this.#publish, used.reserved, used.last] as const
    return this.#client.run(RELEASE_RESERVED, all(keys), args)
  }

  /** Release, and queue the next waiter of this process in the same step; alone, it gets a reserve of tokens. */
  releaseAndEnqueue(
    keys: LockKeys,
    ticket: string,
    next: Ticket & { readonly isQueued: boolean },
    { reserved, last }: Used = { reserved: 0, last: 0 },
  ): Promise<Released> {
    const { id, ttlMs, arrivalUs, isQueued } = next
    const following = [id, isQueued ? 0 : 1, ttlMs, arrivalUs, TICKET_MS] as const
    const args = [ticket, this.#publish, ...following, reserved, last, SPARE_TOKENS] as const
    return this.#client.run(this.kind.scripts.RELEASE_AND_ENQUEUE, all(keys), args)
  }

  /** Take a ticket out of the queue, and give the lock back if it was granted; also when the client is closed. */
  async cancel(keys: LockKeys, ticket: string): Promise<boolean> {
    const { CANCEL } = this.kind.scripts
    const args = [ticket, this.#publish] as const
    try {
      return await this.#client.run(CANCEL, all(keys), args)
    } catch (error) {
      const closed = this.#closed()
      if (!closed) throw error
      return lastWordsOf(closed).run(CANCEL, all(keys), args)
    }
  }

  extend({ lock }: LockKeys, ticket: string, ttlMs: number): Promise<boolean> {
    return this.#client.run(this.kind.scripts.EXTEND, [lock], [ticket, ttlMs])
  }

  /** Give a lease of a quorum its token; false when it is not the ticket's any more. */
  raise({ lock, fence }: LockKeys, ticket: string, token: number): Promise<boolean> {
    return this.#client.run(RAISE, [lock, fence], [ticket, token])
  }

  /** How many replicas have the lease of `ticket`, after `timeoutMs` at most; it lasts `ttlMs` from now. */
  confirm(
    { lock }: LockKeys,
    ticket: string,
    ttlMs: number,
    minReplicas: number,
    timeoutMs: number,
  ): Promise<number> {
    return this.renewals.confirm({
      script: this.kind.scripts.RENEW,
      key: lock,
      ticket,
      ttlMs,
      minReplicas,
      timeoutMs,
    })
  }

  forceRelease(keys: LockKeys): Promise<boolean> {
    return this.#client.run(this.kind.scripts.FORCE_RELEASE, all(keys), [this.#publish])
  }

  inspect({ lock }: LockKeys): Promise<Holder | null> {
    return this.#client.run(INSPECT, [lock], [])
  }

  /** Override the permits of a semaphore, or forget that; resolves with what counts now. */
  setLimit(keys: LockKeys, how: LimitChange, amount: number, permits: number): Promise<number> {
    return this.#client.run(SET_LIMIT, all(keys), [
      this.ticket(keys),
      how,
      amount,
      permits,
      this.#publish,
    ])
  }

  /** The explicit limit, the permits in use, the tickets that queue, and the holders of a semaphore. */
  permitInfo({ lock, queue }: LockKeys) {
    return this.#client.run(PERMIT_INFO, [lock, queue], [])
  }

  /** Hear the grants on a channel; the result stops that. */
  async hear(channel: string, told: (grant: string) => void): Promise<() => Promise<void>> {
    const subscription = this.#client.isCluster
      ? await this.#client.ssubscribe(channel, told)
      : await this.#client.subscribe(channel, told)
    return () => subscription.unsubscribe()
  }

  /** Say something on a channel. */
  async say(channel: string, message: string): Promise<void> {
    if (this.isCluster) await this.#client.spublish(channel, message)
    else await this.#client.publish(channel, message)
  }

  /** Call `back` whenever a connection of the client is there again; the result stops that. */
  onReturn(back: () => void): () => void {
    const client = this.#client
    client.on('ready', back)
    return () => client.off('ready', back)
  }

  /** Call `over` with the reason when the client is closed; the result stops that. */
  onClose(over: (reason: Error) => void): () => void {
    const owner = ownerOf(this.#client)
    this.#shared.owner = owner
    return onClose(owner, over)
  }

  get isOver(): boolean {
    return this.#closed() !== undefined
  }

  /** The client, if it is closed. */
  #closed(): RedisClient | undefined {
    try {
      this.#shared.owner = ownerOf(this.#client)
    } catch {
      // A manager that was reset: the last one that it had.
    }
    const { owner } = this.#shared
    return owner && isOver(owner) ? owner : undefined
  }

  /** May the same command succeed a little later? */
  passes(error: unknown): boolean {
    return isRedisError(error) && PASSING.has(error.code)
  }
}

const newShared = (client: LocksClient): Shared => ({
  id: randomUUID().replaceAll('-', '').slice(0, 12),
  tickets: 0,
  releases: 0,
  renewals: new Renewals(client),
  telemetry: new Telemetry(),
  owner: undefined,
})

const all = ({ lock, fence, queue, waiters, channel }: LockKeys) =>
  [lock, fence, queue, waiters, channel] as const

import { randomUUID } from 'node:crypto'
import { isRedisError, type RedisClient, type RedisManager } from '@gravito/plasma'
import { clientOf } from './client.js'
import { type LockKeys, lockKeys } from './names.js'
import type { Kind, Place } from './scripts/kind.js'
import { INSPECT, MUTEX } from './scripts/mutex.js'
import { PERMIT_INFO, SET_LIMIT } from './scripts/semaphore.js'

/** What locks need of a client: a plasma client or manager has it. */
export type LocksClient = Pick<
  RedisClient,
  'run' | 'subscribe' | 'ssubscribe' | 'unlink' | 'isCluster'
>

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

/** Who waits says so at least this often; a ticket that is older is dead. */
const TICKET_MS = 15_000

/** Failures that pass: a waiter goes on asking. */
const PASSING = new Set([
  'CONNECTION_FAILED',
  'COMMAND_TIMEOUT',
  'LOADING',
  'BUSY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'READONLY',
])

/** The locks of one kind, client and prefix, a command at a time; no policy. */
export class LockStore {
  readonly kind: Kind
  readonly #client: LocksClient
  readonly #prefix: string
  readonly #tickets: { readonly client: string; next: number }

  constructor(source: LocksSource, prefix: string, kind = MUTEX, tickets = newTickets()) {
    this.#client = clientOf(source)
    this.#prefix = prefix
    this.kind = kind
    this.#tickets = tickets
  }

  /** The same client's locks of another kind. */
  of(kind: Kind): LockStore {
    return new LockStore(this.#client, this.#prefix, kind, this.#tickets)
  }

  keys(name: string, claim = ''): LockKeys {
    const { suffix } = this.kind
    const { client } = this.#tickets
    return lockKeys(this.#prefix, name, this.#client.isCluster, client, { suffix, claim })
  }

  /** A new ticket; no other client has the same, nor another kind. */
  ticket({ claim }: LockKeys): string {
    return `${this.#tickets.client}:${(this.#tickets.next++).toString(36)}${claim}`
  }

  /** The token when the lock is free and nobody queues, else the holder's remaining ms or `'queued'`. */
  async acquire(
    { lock, fence, queue }: LockKeys,
    ticket: string,
    ttlMs: number,
  ): Promise<{ token: number } | { ttlMs: number } | 'queued'> {
    const reply = await this.#client.run(
      this.kind.scripts.ACQUIRE,
      [lock, fence, queue],
      [ticket, ttlMs],
    )
    if (typeof reply === 'string') return { token: Number(reply) }
    return reply === 1 ? 'queued' : { ttlMs: -reply }
  }

  /** Queue and wait for a message, or, with `wait` false, take the lock if all who queue are dead. */
  enqueue(keys: LockKeys, { id, ttlMs, arrivalUs }: Ticket, wait = true): Promise<Place> {
    const args = [id, ttlMs, arrivalUs, TICKET_MS, wait ? 1 : 0, this.#publish] as const
    return this.#client.run(this.kind.scripts.ENQUEUE, all(keys), args)
  }

  release(keys: LockKeys, ticket: string): Promise<boolean> {
    return this.#client.run(this.kind.scripts.RELEASE, all(keys), [ticket, this.#publish])
  }

  /** Release, and queue the next waiter of this process in the same step. */
  releaseAndEnqueue(
    keys: LockKeys,
    ticket: string,
    next: Ticket,
  ): Promise<{ released: boolean; place: Place }> {
    const args = [ticket, this.#publish, next.id, next.ttlMs, next.arrivalUs, TICKET_MS] as const
    return this.#client.run(this.kind.scripts.RELEASE_AND_ENQUEUE, all(keys), args)
  }

  /** Take a ticket out of the queue, and give the lock back if it was granted. */
  cancel(keys: LockKeys, ticket: string): Promise<boolean> {
    return this.#client.run(this.kind.scripts.CANCEL, all(keys), [ticket, this.#publish])
  }

  extend({ lock }: LockKeys, ticket: string, ttlMs: number): Promise<boolean> {
    return this.#client.run(this.kind.scripts.EXTEND, [lock], [ticket, ttlMs])
  }

  forceRelease(keys: LockKeys): Promise<boolean> {
    return this.#client.run(this.kind.scripts.FORCE_RELEASE, all(keys), [this.#publish])
  }

  inspect({ lock }: LockKeys): Promise<Holder | null> {
    return this.#client.run(INSPECT, [lock], [])
  }

  /** Override the permits of a semaphore, or forget that; resolves with what counts now. */
  setLimit(keys: LockKeys, how: LimitChange, amount: number, permits: number): Promise<number> {
    return this.#client.run(SET_LIMIT, all(keys), [how, amount, permits, this.#publish])
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

  /** May the same command succeed a little later? */
  passes(error: unknown): boolean {
    return isRedisError(error) && PASSING.has(error.code)
  }

  get #publish(): 'PUBLISH' | 'SPUBLISH' {
    return this.#client.isCluster ? 'SPUBLISH' : 'PUBLISH'
  }
}

const newTickets = () => ({ client: randomUUID().replaceAll('-', '').slice(0, 12), next: 0 })

const all = ({ lock, fence, queue, waiters, channel }: LockKeys) =>
  [lock, fence, queue, waiters, channel] as const

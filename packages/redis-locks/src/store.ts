import { randomUUID } from 'node:crypto'
import { isRedisError, RedisClient, type RedisManager } from '@gravito/plasma'
import { escapedName, type LockKeys, lockKeys } from './names.js'
import { Renewals } from './renewal.js'
import { RELEASE_AND_RESERVE, RELEASE_RESERVED } from './scripts/handover.js'
import {
  ACQUIRE,
  CANCEL,
  ENQUEUE,
  EXTEND,
  FORCE_RELEASE,
  INSPECT,
  type Place,
  RELEASE,
} from './scripts/mutex.js'
import { ATTEMPT } from './scripts/rate-limit.js'
import { RENEW } from './scripts/renew.js'
import { SPARE_TOKENS, type Tenure } from './tenure.js'

/** What locks need of a client: a plasma client or manager has it. */
export type LocksClient = Pick<
  RedisClient,
  'run' | 'with' | 'subscribe' | 'ssubscribe' | 'unlink' | 'isCluster'
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
  /** Server microseconds, 0 when unknown: the server's time counts. */
  readonly arrivalUs: number
}

/** A reserve of tokens: its end, and the last one used. */
type Used = Tenure['used']

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

/** The locks of one client and prefix, a command at a time; no policy. */
export class LockStore {
  /** Of every kind of lease under this client. */
  readonly renewals: Renewals
  readonly #client: LocksClient
  readonly #prefix: string
  readonly #id = randomUUID().replaceAll('-', '').slice(0, 12)
  #tickets = 0

  constructor(source: LocksSource, prefix: string) {
    this.#client = isPlasma(source) ? source : RedisClient.from(source)
    this.#prefix = prefix
    this.renewals = new Renewals(this.#client)
  }

  get isCluster(): boolean {
    return this.#client.isCluster
  }

  keys(name: string): LockKeys {
    return lockKeys(this.#prefix, name, this.#client.isCluster, this.#id)
  }

  /** A new ticket; no other client has the same. */
  ticket(): string {
    return `${this.#id}:${(this.#tickets++).toString(36)}`
  }

  /** The token when the lock is free and nobody queues, else the holder's remaining ms or `'queued'`. */
  async acquire(
    { lock, fence, queue }: LockKeys,
    ticket: string,
    ttlMs: number,
  ): Promise<{ token: number } | { ttlMs: number } | 'queued'> {
    const reply = await this.#client.run(ACQUIRE, [lock, fence, queue], [ticket, ttlMs])
    if (typeof reply === 'string') return { token: Number(reply) }
    return reply === 1 ? 'queued' : { ttlMs: -reply }
  }

  /** Queue and wait for a message, or, with `wait` false, take the lock if all who queue are dead. */
  enqueue(keys: LockKeys, { id, ttlMs, arrivalUs }: Ticket, wait = true): Promise<Place> {
    const args = [id, ttlMs, arrivalUs, TICKET_MS, wait ? 1 : 0, this.#publish] as const
    return this.#client.run(ENQUEUE, all(keys), args)
  }

  /** `used`: the reserve that the ticket had. */
  release(keys: LockKeys, ticket: string, used?: Used): Promise<boolean> {
    if (!used) return this.#client.run(RELEASE, all(keys), [ticket, this.#publish])
    const args = [ticket, this.#publish, used.reserved, used.last] as const
    return this.#client.run(RELEASE_RESERVED, all(keys), args)
  }

  /** Release, and queue the next waiter of this process in the same step; alone, it gets a reserve of tokens. */
  releaseAndEnqueue(
    keys: LockKeys,
    ticket: string,
    next: Ticket,
    { reserved, last }: Used = { reserved: 0, last: 0 },
  ): Promise<{ released: boolean; isAlone: boolean; place: Place }> {
    const { id, ttlMs, arrivalUs } = next
    const following = [id, ttlMs, arrivalUs, TICKET_MS] as const
    const args = [ticket, this.#publish, ...following, reserved, last, SPARE_TOKENS] as const
    return this.#client.run(RELEASE_AND_RESERVE, all(keys), args)
  }

  /** Take a ticket out of the queue, and give the lock back if it was granted. */
  cancel(keys: LockKeys, ticket: string): Promise<boolean> {
    return this.#client.run(CANCEL, all(keys), [ticket, this.#publish])
  }

  extend({ lock }: LockKeys, ticket: string, ttlMs: number): Promise<boolean> {
    return this.#client.run(EXTEND, [lock], [ticket, ttlMs])
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
      script: RENEW,
      key: lock,
      ticket,
      ttlMs,
      minReplicas,
      timeoutMs,
    })
  }

  forceRelease(keys: LockKeys): Promise<boolean> {
    return this.#client.run(FORCE_RELEASE, all(keys), [this.#publish])
  }

  inspect({ lock }: LockKeys): Promise<Holder | null> {
    return this.#client.run(INSPECT, [lock], [])
  }

  /** Spend of a limit: allowed (1 or 0), what remains, ms until it is whole, ms until the same attempt fits. */
  attempt(
    name: string,
    id: string,
    algorithm: string,
    [limit, windowMs, cost]: [limit: number, windowMs: number, cost: number],
  ): Promise<[number, number, number, number]> {
    const key = this.#limitKey(name, id, algorithm)
    return this.#client.run(ATTEMPT, [key], [algorithm, limit, windowMs, cost])
  }

  async clearLimit(name: string, id: string, algorithm: string): Promise<void> {
    await this.#client.unlink(this.#limitKey(name, id, algorithm))
  }

  #limitKey(name: string, id: string, algorithm: string): string {
    return `${this.#prefix}:limit:${algorithm}:{${escapedName(name)}}:${escapedName(id)}`
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

const all = ({ lock, fence, queue, waiters, channel }: LockKeys) =>
  [lock, fence, queue, waiters, channel] as const

const isPlasma = (source: LocksSource): source is LocksClient =>
  'run' in source && 'ssubscribe' in source && 'scanIterator' in source

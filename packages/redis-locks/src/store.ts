import { isRedisError, RedisClient, type RedisManager } from '@gravito/plasma'
import { type LockKeys, lockKeys } from './names.js'
import { ACQUIRE, EXTEND, FORCE_RELEASE, INSPECT, RELEASE } from './scripts.js'

/** What locks need of a client: a plasma client or manager has it. */
export type LocksClient = Pick<RedisClient, 'run' | 'subscribe' | 'ssubscribe' | 'isCluster'>

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

/** Granted with a fencing token, or refused while somebody else's lease lasts. */
export type Attempt = { token: number; ttlMs?: undefined } | { token?: undefined; ttlMs: number }

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
  readonly #client: LocksClient
  readonly #prefix: string

  constructor(source: LocksSource, prefix: string) {
    this.#client = isPlasma(source) ? source : RedisClient.from(source)
    this.#prefix = prefix
  }

  keys(name: string): LockKeys {
    return lockKeys(this.#prefix, name, this.#client.isCluster)
  }

  async acquire({ lock, fence }: LockKeys, ticket: string, ttlMs: number): Promise<Attempt> {
    const reply = await this.#client.run(ACQUIRE, [lock, fence], [ticket, ttlMs])
    return typeof reply === 'number' ? { ttlMs: Math.max(0, -reply) } : { token: Number(reply) }
  }

  release({ lock, channel }: LockKeys, ticket: string): Promise<boolean> {
    return this.#client.run(RELEASE, [lock, channel], [ticket, this.#publish])
  }

  extend({ lock }: LockKeys, ticket: string, ttlMs: number): Promise<boolean> {
    return this.#client.run(EXTEND, [lock], [ticket, ttlMs])
  }

  forceRelease({ lock, channel }: LockKeys): Promise<boolean> {
    return this.#client.run(FORCE_RELEASE, [lock, channel], [this.#publish])
  }

  inspect({ lock }: LockKeys): Promise<Holder | null> {
    return this.#client.run(INSPECT, [lock], [])
  }

  /** Call `wake` whenever the lock is given back; the result stops that. */
  async onRelease({ channel }: LockKeys, wake: () => void): Promise<() => Promise<void>> {
    const subscription = this.#client.isCluster
      ? await this.#client.ssubscribe(channel, wake)
      : await this.#client.subscribe(channel, wake)
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

const isPlasma = (source: LocksSource): source is LocksClient =>
  'run' in source && 'ssubscribe' in source && 'scanIterator' in source

import { isRedisError, type RedisClient, RedisError } from '@gravito/plasma'
import type { Client } from '../client/many-keys.js'
import type { TaggedName } from '../entries/tagged-keys.js'
import { Deadlines } from './deadlines.js'

/** Redis did not answer in time, or has not answered lately and was not asked. */
export class CacheAwayError extends RedisError {
  static override readonly kind = 'CacheAwayError'

  constructor(problem: string) {
    super(`The cache is away: ${problem}.`, { code: 'CACHE_AWAY' })
  }
}

const UNREACHABLE = new Set([
  'CACHE_AWAY',
  'CONNECTION_FAILED',
  'COMMAND_TIMEOUT',
  'QUEUE_FULL',
  'REPLY_LOST',
])
/** It answers, but serves nobody now. */
const UNSERVING = new Set(['LOADING', 'MASTERDOWN', 'CLUSTERDOWN'])
/** It answers, but takes no writes now. */
const UNWRITABLE = new Set(['OOM', 'READONLY', 'MISCONF', 'NOREPLICAS'])

/** Does the error say that nothing can be asked? */
export const isUnreachable = (error: unknown): boolean =>
  isRedisError(error) && (UNREACHABLE.has(error.code) || UNSERVING.has(error.code))

/** Does the error say that Redis cannot do its work at the moment, rather than that a call was wrong? */
export const isAway = (error: unknown): error is RedisError =>
  isUnreachable(error) || (isRedisError(error) && UNWRITABLE.has(error.code))

/** Runs an operation on Redis, in bounded time. */
export type Guard = <Result>(operation: () => Promise<Result>) => Promise<Result>

/** What a breaker asks, and when it asks again. */
export interface BreakerOptions {
  readonly client: () => Client
  /** Milliseconds for an answer. */
  readonly deadlineMs: number
  /** Where Redis keeps an entry. */
  readonly place: (name: TaggedName) => string
  /** Done when Redis answers again, before anybody else asks. */
  readonly recover: (guard: Guard) => Promise<void>
}

type Failed = (error: unknown) => void

const nobody: Failed = () => {}

const PROBE_MS = 500
/** One node of a Cluster may be away while the others answer. */
const CLUSTER_PATIENCE = 3
/** A connection that never was may take longer, unless it is refused. */
const FIRST_CONNECT_MS = 2_000
const LOOK_MS = 50

/**
 * Asks Redis under a deadline. After the first answer that did not come nobody asks, until a question of its own,
 * put at once and then twice a second, is answered.
 */
export class Breaker {
  readonly #options: BreakerOptions
  readonly #deadlines: Deadlines
  #open = false
  #closed = false
  #suspect: TaggedName | undefined
  #connecting: Promise<void> | undefined
  #established = false
  #isCluster = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: BreakerOptions) {
    this.#options = options
    const problem = `no answer within ${options.deadlineMs} ms`
    const { deadlineMs } = options
    const patienceMs = () =>
      this.#isCluster ? CLUSTER_PATIENCE * deadlineMs : Number.POSITIVE_INFINITY
    this.#deadlines = new Deadlines(deadlineMs, patienceMs, () => new CacheAwayError(problem))
  }

  /** Is Redis not asked at the moment? */
  get isOpen(): boolean {
    return this.#open
  }

  /**
   * Nothing is sent over a connection that is not there: it would be done after its caller was told that it was not.
   *
   * @param name the entry that is meant, to ask for when it failed
   * @throws CacheAwayError after the deadline, and at once while nobody asks
   */
  run<Result>(operation: () => Promise<Result>, name?: TaggedName): Promise<Result> {
    if (this.#open) return Promise.reject(new CacheAwayError('it did not answer lately'))
    return this.#ask(operation, error => {
      if (isUnreachable(error)) this.#trip(name)
    })
  }

  /** No more questions of its own. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #ask<Result>(operation: () => Promise<Result>, failed = nobody): Promise<Result> {
    try {
      const client = this.#options.client()
      this.#isCluster = client.isCluster
      if (client.ioredis.status === 'ready' || oneOf(client).status === 'closed')
        return this.#deadlines.race(operation(), failed)
      return this.#whenConnected(client, operation, failed)
    } catch (error) {
      failed(error)
      return Promise.reject(error)
    }
  }

  async #whenConnected<Result>(
    client: Client,
    operation: () => Promise<Result>,
    failed: Failed,
  ): Promise<Result> {
    try {
      await this.#connected(client)
      return this.#deadlines.race(operation(), failed)
    } catch (error) {
      failed(error)
      throw error
    }
  }

  #trip(name: TaggedName | undefined): void {
    if (this.#open) return
    this.#open = true
    this.#suspect = name
    this.#probeIn(0)
  }

  #probeIn(ms: number): void {
    if (this.#closed) {
      this.#open = false
      return
    }
    this.#timer = setTimeout(() => this.#probe(), ms).unref()
  }

  async #probe(): Promise<void> {
    try {
      await this.#ask(() => this.#question())
      await this.#options.recover(operation => this.#ask(operation))
      this.#open = false
    } catch {
      this.#probeIn(PROBE_MS * (0.75 + Math.random() / 2))
    }
  }

  /** Of the server that did not answer. */
  async #question(): Promise<void> {
    const client = this.#options.client()
    try {
      if (this.#suspect) await client.exists(this.#options.place(this.#suspect))
      else await client.ping()
    } catch (error) {
      if (isUnreachable(error)) throw error
    }
  }

  #connected(client: Client): Promise<void> {
    this.#connecting ??= this.#connect(client).finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  /** An outage makes the retries of a connection rare; who asks now does not wait for the next. */
  #connect(client: Client): Promise<void> {
    const { ioredis } = client
    const { deadlineMs } = this.#options
    const start = performance.now()
    return new Promise<void>((resolve, reject) => {
      const firstMs = this.#established ? deadlineMs : Math.max(deadlineMs, FIRST_CONNECT_MS)
      const look = () => {
        const isFirst = ['wait', 'connecting', 'connect'].includes(ioredis.status)
        if (!isFirst || performance.now() - start >= firstMs) {
          const ms = isFirst ? firstMs : deadlineMs
          reject(new CacheAwayError(`no connection within ${ms} ms`))
        } else timer = setTimeout(look, LOOK_MS)
      }
      let timer = setTimeout(look, deadlineMs)
      if (ioredis.status === 'reconnecting') ioredis.connect().catch(() => undefined)
      oneOf(client)
        .connect()
        .then(() => {
          this.#established = true
          resolve()
        }, reject)
        .finally(() => clearTimeout(timer))
    })
  }
}

/** A manager's connections are many; the default one is meant. */
const oneOf = (client: Client): RedisClient =>
  'connection' in client ? client.connection() : client

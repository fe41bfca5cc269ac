import { Cluster, Command, Redis, type RedisOptions } from 'ioredis'
import type { ResolvedConnection } from './config.js'
import {
  CommandTimeoutError,
  ConnectionClosedError,
  ConnectionFailedError,
  RedisError,
  ReplyError,
} from './errors.js'
import type { ConnectionEvents } from './events.js'

/** `idle`: opens on the first command. `closed`: after `disconnect()`, until `connect()`. */
export type ConnectionStatus = 'idle' | 'connecting' | 'ready' | 'reconnecting' | 'closed'

/** What a connection is for, where that is not commands. */
export interface ConnectionRole {
  /** Copy a given instance instead of using it; the copy is ours to close. */
  copy?: boolean
  /** Only listens to channels: RESP2, and it waits for Redis as long as it takes. */
  listens?: 'channels' | 'shards'
}

/** What ioredis says of a single command. */
const TIMED_OUT = 'Command timed out'
const CLOSE_DEADLINE_MS = 2_000
const MAX_RETRY_DELAY_MS = 2_000
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)/
const BAD_CERTIFICATE = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT)/

/**
 * The life of one ioredis instance: opened once however many ask, retried within bounds until it was ready once
 * and for as long as it takes afterwards, closed after its pending replies.
 */
export class Connection {
  readonly name: string
  readonly config: ResolvedConnection
  readonly #events: ConnectionEvents
  readonly #role: ConnectionRole
  #instance: Redis | Cluster | undefined
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #closed = false
  #established = false
  #attempts = 0
  #outage = false
  #lastError: Error | undefined

  constructor(
    name: string,
    config: ResolvedConnection,
    events: ConnectionEvents,
    role: ConnectionRole = {},
  ) {
    this.name = name
    this.config = config
    this.#events = events
    this.#role = role
  }

  get isCluster(): boolean {
    return this.ioredis instanceof Cluster || this.ioredis.isCluster === true
  }

  get status(): ConnectionStatus {
    if (this.#closed) return 'closed'
    switch (this.#instance?.status ?? this.config.client?.status ?? 'wait') {
      case 'ready':
        return 'ready'
      case 'connecting':
      case 'connect':
        return 'connecting'
      case 'reconnecting':
      case 'close':
        return 'reconnecting'
      default:
        return 'idle'
    }
  }

  /** The instance itself, made on first use; it opens no socket before its first command. */
  get ioredis(): Redis | Cluster {
    this.#instance ??= this.#isForeign ? this.config.client : this.#create()
    return this.#instance as Redis | Cluster
  }

  /** The instance is somebody else's, who opens and closes it. */
  get #isForeign(): boolean {
    return this.config.client !== undefined && !this.#role.copy && !this.#role.listens
  }

  /** Resolves when commands flow; everybody who asks meanwhile gets the same promise. */
  connect(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  /** Send a command, opening the connection if need be. Errors are those of ioredis: see `explain`. */
  send(command: Command, node?: Redis): Promise<unknown> {
    if (this.#closed) return Promise.reject(new ConnectionClosedError(this.name))
    const { commandTimeout } = this.config
    if (commandTimeout > 0 && !isBlocking(command.name)) command.setTimeout(commandTimeout)
    return (node ?? this.opened()).sendCommand(command) as Promise<unknown>
  }

  /** Give commands that travel together one deadline; the result takes it away. */
  limit(commands: readonly Command[]): () => void {
    const { commandTimeout } = this.config
    if (commandTimeout === 0) return () => {}
    const timer = setTimeout(() => {
      for (const command of commands) {
        if (!isBlocking(command.name)) command.reject(new Error(TIMED_OUT))
      }
    }, commandTimeout)
    return () => clearTimeout(timer)
  }

  /**
   * The instance, on its way to being ready.
   *
   * @throws ConnectionClosedError after `disconnect()`
   */
  opened(): Redis | Cluster {
    if (this.#closed) throw new ConnectionClosedError(this.name)
    const instance = this.ioredis
    if (instance.status === 'end' && !this.#isForeign) {
      this.#attempts = 0
      instance.connect().catch(() => undefined)
    }
    return instance
  }

  /** The masters, each an instance of its own: one of a single server, all of a Cluster. */
  async masters(): Promise<Redis[]> {
    const instance = this.opened()
    if (!('nodes' in instance)) return [instance]
    await this.connect()
    return instance.nodes('master')
  }

  /** Wait for pending replies, at most 2 s, and close. Idempotent; a given instance stays open for its owner. */
  disconnect(): Promise<void> {
    this.#closing ??= this.#close().finally(() => {
      this.#closing = undefined
    })
    return this.#closing
  }

  /** The typed error behind one of ioredis. */
  explain(error: unknown, command: string): Error {
    if (error instanceof RedisError) return error
    if (!(error instanceof Error)) return new ReplyError(String(error), this.name, command)
    if (error.name === 'ReplyError') return new ReplyError(error.message, this.name, command)
    if (error.message === TIMED_OUT && this.status === 'ready') {
      return new CommandTimeoutError(this.name, command, this.config.commandTimeout)
    }
    if (this.#closed) return new ConnectionClosedError(this.name)
    return new ConnectionFailedError(this.name, this.config.address, this.#lastError ?? error)
  }

  async #open(): Promise<void> {
    await this.#closing
    this.#closed = false
    const instance = this.ioredis
    if (instance.status === 'ready') return
    await new Promise<void>((resolve, reject) => {
      let attempts = 0
      const settle = () => {
        instance.off('ready', ready)
        instance.off('end', failed)
        instance.off('close', missed)
      }
      const ready = () => {
        settle()
        resolve()
      }
      const failed = () => {
        settle()
        reject(
          this.#closed
            ? new ConnectionClosedError(this.name)
            : new ConnectionFailedError(this.name, this.config.address, this.#lastError),
        )
      }
      // An established connection is retried for ever, but nobody waits for that.
      const missed = () => {
        if (this.#established && attempts++ >= this.config.maxRetries) failed()
      }
      instance.on('ready', ready)
      instance.on('end', failed)
      instance.on('close', missed)
      if (instance.status === 'wait' || instance.status === 'end') {
        this.#attempts = 0
        instance.connect().catch(() => undefined)
      }
    })
  }

  async #close(): Promise<void> {
    this.#closed = true
    const instance = this.#instance
    if (!instance || this.#isForeign) return
    if (
      instance.status === 'ready' ||
      instance.status === 'connecting' ||
      instance.status === 'connect'
    ) {
      let deadline: NodeJS.Timeout | undefined
      await Promise.race([
        instance.quit().catch(() => undefined),
        new Promise(resolve => {
          deadline = setTimeout(resolve, CLOSE_DEADLINE_MS)
        }),
      ])
      clearTimeout(deadline)
    }
    const waiting = instance.status === 'reconnecting'
    if (instance.status !== 'end') instance.disconnect()
    if (waiting) abandon(instance)
    this.#instance = undefined
    this.#established = false
    this.#attempts = 0
    this.#outage = false
  }

  #create(): Redis | Cluster {
    const { kind, client, ioredis, cluster, nodes, maxRetries } = this.config
    const listener: RedisOptions = this.#role.listens
      ? { protocol: 2, maxRetriesPerRequest: null }
      : {}
    const shardedSubscribers = this.#role.listens === 'shards'
    if (client) {
      const copy =
        'nodes' in client
          ? client.duplicate([], { lazyConnect: true, shardedSubscribers })
          : client.duplicate({ lazyConnect: true, ...listener })
      return this.#watch(copy)
    }
    const options: RedisOptions = { ...ioredis, ...listener }
    const retry = () => this.#retryDelay()
    if (kind === 'cluster') {
      return this.#watch(
        new Cluster([...nodes], {
          clusterRetryStrategy: retry,
          slotsRefreshTimeout: 2_000,
          shardedSubscribers,
          ...cluster,
          lazyConnect: true,
          redisOptions: { ...options, ...cluster.redisOptions },
        }),
      )
    }
    return this.#watch(
      new Redis({
        maxRetriesPerRequest: maxRetries,
        retryStrategy: retry,
        reconnectOnError: kind === 'sentinel' ? afterFailover : null,
        ...options,
        lazyConnect: true,
      }),
    )
  }

  #watch<Instance extends Redis | Cluster>(instance: Instance): Instance {
    const connection = this.name
    instance.on('error', error => this.#failed(error))
    if (instance instanceof Redis) this.#limitHandshake(instance)
    instance.on('connect', () => this.#events.emit('connect', { connection }))
    instance.on('reconnecting', () =>
      this.#events.emit('reconnecting', { connection, error: this.#lastError }),
    )
    instance.on('close', () => this.#events.emit('close', { connection, error: this.#lastError }))
    instance.on('ready', () => {
      this.#established = true
      this.#outage = false
      this.#attempts = 0
      this.#lastError = undefined
      this.#events.emit('ready', { connection })
    })
    return instance
  }

  /** A server that takes the connection and answers nothing must not keep `connect()` waiting. */
  #limitHandshake(instance: Redis): void {
    const { connectTimeout = 0 } = this.config.ioredis
    let timer: NodeJS.Timeout | undefined
    const stop = () => clearTimeout(timer)
    instance.on('connect', () => {
      timer = setTimeout(() => {
        this.#failed(
          new Error(`connected, but no answer within ${connectTimeout} ms (connectTimeout)`),
        )
        instance.disconnect(true)
      }, connectTimeout)
    })
    for (const event of ['ready', 'close', 'end']) instance.on(event, stop)
  }

  /** One report per outage: of what follows, commands and `connect()` carry the reason. */
  #failed(error: Error): void {
    const { lastNodeError } = error as { lastNodeError?: Error }
    this.#lastError = lastNodeError ?? error
    if (this.#outage) return
    this.#outage = true
    if (!this.#established && !this.#events.heard('error')) return
    const failed = new ConnectionFailedError(this.name, this.config.address, this.#lastError)
    this.#events.emit('error', { connection: this.name, error: failed })
  }

  /** Milliseconds until the next attempt; `null` gives up, which an established connection never does. */
  #retryDelay(): number | null {
    const attempt = this.#attempts++
    if (!this.#established) {
      if (attempt >= this.config.maxRetries) return null
      if (this.#lastError && isHopeless(this.#lastError)) return null
    }
    const delay = Math.min(this.config.retryDelay * 2 ** Math.min(attempt, 20), MAX_RETRY_DELAY_MS)
    return Math.round(delay * (0.75 + Math.random() / 2))
  }
}

/** Between two attempts ioredis stops its timer, but neither rejects what is queued nor says that it ended. */
function abandon(instance: Redis | Cluster): void {
  const { flushQueue } = instance as unknown as { flushQueue(error: Error): void }
  flushQueue.call(instance, new Error('Connection is closed.'))
  instance.emit('end')
}

/** Blocks its connection until something arrives, so that no reply is no failure. */
const isBlocking = (name: string): boolean =>
  Command.checkFlag('BLOCKING_COMMANDS', name) || name === 'wait' || name === 'waitaof'

/** A demoted master answers READONLY: ask the sentinels again. */
const afterFailover = (error: Error): boolean => error.message.startsWith('READONLY')

/** No retry helps: the log-in or the certificate is refused. */
const isHopeless = (error: Error): boolean =>
  REFUSED.test(error.message) || BAD_CERTIFICATE.test(String((error as NodeJS.ErrnoException).code))

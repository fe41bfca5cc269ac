import { Cluster, type Redis } from 'ioredis'
import type { ResolvedConnection } from '../config/types.js'
import {
  CommandTimeoutError,
  ConnectionClosedError,
  ConnectionFailedError,
  QueueFullError,
  RedisError,
  ReplyError,
  ReplyLostError,
} from '../errors.js'
import type { ConnectionEvents } from '../telemetry/events.js'
import { tickTime } from './clock.js'
import { end, finish } from './closing.js'
import { REPLY_LOST, type SentCommand } from './command.js'
import { Deadlines } from './deadlines.js'
import { type ConnectionRole, createInstance, isForeign } from './instance.js'
import { type Limits, limit, TIMED_OUT } from './limits.js'
import { limitHandshake, ready, untilReady } from './opening.js'
import { dropUnrepeatable } from './resend.js'
import { backoff, RetryPolicy } from './retry-policy.js'
import { hasForeignCommands, onForeignUse } from './sharing.js'
import { type Waiting, WaitingRoom } from './waiting-room.js'

/** `idle`: opens on the first command. `closed`: after `disconnect()`, until `connect()`. */
export type ConnectionStatus = 'idle' | 'connecting' | 'ready' | 'reconnecting' | 'closed'

/** What `disconnect()` waits at most for pending replies. */
export const CLOSE_DEADLINE_MS = 2_000
const NO_LIMITS: Limits = {}
/** They wait for replicas, as long as their own argument says. */
const HAS_OWN_TIME = new Set(['wait', 'waitaof'])

/**
 * The life of one ioredis instance: opened once however many ask, retried within bounds until it was ready once
 * and for as long as it takes afterwards, closed after its pending replies.
 */
export class Connection {
  readonly name: string
  readonly config: ResolvedConnection
  readonly #events: ConnectionEvents
  readonly #role: ConnectionRole
  readonly #room = new WaitingRoom()
  readonly #retry: RetryPolicy
  readonly #deadlines: Deadlines
  /** The instance is somebody else's, who opens and closes it. */
  readonly #isForeign: boolean
  #instance: Redis | Cluster | undefined
  /** Opens the instance, if it is ours. */
  #connect: (() => void) | undefined
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #closed = false
  /** Since it was opened. */
  #wasReady = false
  #sessions = 0
  #readies = 0
  #isCluster: boolean | undefined
  #id: Promise<number | undefined> | undefined

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
    this.#retry = new RetryPolicy(config)
    this.#deadlines = new Deadlines(config.commandTimeout)
    this.#isForeign = isForeign(config, role)
  }

  get isCluster(): boolean {
    this.#isCluster ??= this.ioredis instanceof Cluster || this.ioredis.isCluster === true
    return this.#isCluster
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

  /** How many commands wait for the connection. */
  get queued(): number {
    return this.#room.size
  }

  /** Counts the connections to servers; what one of them watched, the next does not know. */
  get session(): number {
    return this.#sessions
  }

  /** How many times it was ready again. */
  get reconnects(): number {
    return Math.max(0, this.#readies - 1)
  }

  /** The server's number of a dedicated connection while it is open; `undefined` where the user may not ask. */
  get id(): Promise<number | undefined> | undefined {
    return this.#id
  }

  /** Resolves when commands flow; everybody who asks meanwhile gets the same promise. */
  connect(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  /** Send a command, opening the connection if need be; it knows whom to answer. */
  send(
    command: SentCommand,
    limits: Limits = NO_LIMITS,
    node?: Redis,
  ): Promise<unknown> | undefined {
    const refusal = this.#refusal(limits.signal)
    if (refusal) {
      command.reject(refusal.error)
      return command.promise
    }
    this.#limit(command, limits)
    if (node) node.sendCommand(command as never)
    else if (this.#flows()) this.ioredis.sendCommand(command as never)
    else this.#waitWith(command)
    return command.promise
  }

  /** Start something made of several commands, now or when commands flow; `stop` gives it up once it has started. */
  start<Result>(
    size: number,
    begin: (instance: Redis | Cluster) => Promise<Result>,
    limits: Limits,
    stop: (error: Error) => void,
  ): Promise<Result> {
    const { signal, commandTimeout = this.config.commandTimeout } = limits
    const refusal = this.#refusal(signal)
    if (refusal) return Promise.reject(refusal.error)
    return new Promise<Result>((resolve, reject) => {
      let begun = false
      const waiting: Waiting = {
        size,
        start: () => {
          begun = true
          begin(this.ioredis).finally(unlimit).then(resolve, reject)
        },
        fail: error => {
          unlimit()
          reject(error)
        },
      }
      const unlimit = limit({ signal, commandTimeout }, error => {
        if (begun) return stop(error)
        this.#room.leave(waiting)
        waiting.fail(error)
      })
      if (this.#flows()) waiting.start()
      else this.#enter(waiting)
    })
  }

  /** The masters, each an instance of its own: one of a single server, all of a Cluster; within the limits of `command`. */
  async masters(command: string, limits: Limits = NO_LIMITS): Promise<(Redis | undefined)[]> {
    const refusal = this.#refusal(limits.signal)
    if (refusal) throw refusal.error
    const instance = this.ioredis
    if (!('nodes' in instance)) return [undefined]
    if (!this.#flows()) await ready(this, command, limits)
    return instance.nodes('master')
  }

  /** Wait for pending replies, at most `timeoutMs`, and close. Idempotent; a given instance stays open for its owner. */
  disconnect(timeoutMs = CLOSE_DEADLINE_MS): Promise<void> {
    this.#closing ??= this.#close(timeoutMs).finally(() => {
      this.#closing = undefined
    })
    return this.#closing
  }

  /** The typed error behind one of ioredis. */
  explain(error: unknown, command: string, timeoutMs = this.config.commandTimeout): Error {
    if (error instanceof RedisError) return error
    if (!(error instanceof Error)) return new ReplyError(String(error), this.name, command)
    if (error.name === 'ReplyError') return new ReplyError(error.message, this.name, command)
    if (error.message === REPLY_LOST) return new ReplyLostError(this.name, command)
    if (error.message === TIMED_OUT && this.status === 'ready') {
      return new CommandTimeoutError(this.name, command, timeoutMs)
    }
    if (this.#closed) return new ConnectionClosedError(this.name)
    return new ConnectionFailedError(this.name, this.config.address, this.#retry.lastError ?? error)
  }

  /** Start the time of a command, and let its signal end it. */
  #limit(command: SentCommand, { signal, commandTimeout }: Limits): void {
    const timeoutMs = commandTimeout ?? this.config.commandTimeout
    command.started = tickTime()
    if (timeoutMs > 0 && !command.waits && !HAS_OWN_TIME.has(command.name)) {
      command.timeoutMs = timeoutMs
      if (commandTimeout === undefined) this.#deadlines.watch(command)
      else limit({ commandTimeout }, error => command.reject(error), command)
    }
    if (signal) limit({ signal }, error => command.reject(error), command)
  }

  /** The reason of a signal may be anything, also `null`. */
  #refusal(signal: AbortSignal | undefined): { error: Error } | undefined {
    if (signal?.aborted) return { error: signal.reason }
    return this.#closed ? { error: new ConnectionClosedError(this.name) } : undefined
  }

  /** Can commands be written this moment, with none waiting in front? */
  #flows(): boolean {
    const instance = this.ioredis
    if (this.#isForeign) return true
    if (instance.status !== 'ready') return false
    const { stream } = instance as { stream?: { writable: boolean } }
    if (stream?.writable === false) return false
    if (this.#room.size > 0) this.#room.release()
    return true
  }

  #waitWith(command: SentCommand): void {
    const waiting: Waiting = {
      size: 1,
      start: () => this.ioredis.sendCommand(command as never),
      fail: error => command.reject(error),
    }
    command.onSettled(() => this.#room.leave(waiting))
    this.#enter(waiting)
  }

  #enter(waiting: Waiting): void {
    const { maxQueued } = this.config
    const { size } = this.#room
    // A batch is not cut: where nothing else waits, it may be of any size.
    const isOver =
      size + waiting.size > maxQueued && (size > 0 || waiting.size === 1 || maxQueued === 0)
    // Nobody but its one caller waits for a dedicated connection.
    if (isOver && !this.#role.dedicated) {
      this.#begin()
      waiting.fail(new QueueFullError(this.name, maxQueued, this.#retry.lastError))
      return
    }
    this.#room.enter(waiting)
    this.#begin()
  }

  /** Set the instance on its way, if it is not. */
  #begin(): void {
    const instance = this.ioredis
    if (instance.status !== 'wait' && instance.status !== 'end') return
    this.#retry.begin()
    if (this.#connect) this.#connect()
    else instance.connect().catch(() => undefined)
  }

  async #open(): Promise<void> {
    await this.#closing
    this.#closed = false
    const instance = this.ioredis
    if (instance.status === 'ready') return
    let attempts = 0
    await untilReady(instance, {
      begin: () => this.#begin(),
      // An established connection is retried for ever, but nobody waits for that.
      givesUp: () => this.#retry.established && attempts++ >= this.config.maxRetries,
      failure: () => this.#noConnection(),
    })
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#closed = true
    const instance = this.#instance
    if (!instance || this.#isForeign) return
    await finish(instance, timeoutMs, this.#room.size > 0)
    this.#room.dismiss(new ConnectionClosedError(this.name))
    end(instance)
    this.#instance = undefined
    this.#retry.forget()
  }

  #create(): Redis | Cluster {
    const connection = this.name
    const events = this.#events
    const retry = this.#retry
    const { retryDelay } = this.config
    const { listens, reads, dedicated } = this.#role
    const isMain = !listens && !reads && !dedicated
    const instance: Redis | Cluster = createInstance(this.config, this.#role, function (attempt) {
      // Copies that a library makes have the same strategy, and a life of their own.
      if (this !== instance && this !== instance.options) return backoff(retryDelay, attempt - 1)
      if (isMain && hasForeignCommands(instance)) retry.share()
      return retry.delay()
    })
    this.#connect = onForeignUse(instance, () => isMain && retry.share())
    instance.on('error', error => this.#failed(error))
    instance.on('connect', () => events.emit('connect', { connection }))
    instance.on('reconnecting', () =>
      events.emit('reconnecting', { connection, error: retry.lastError }),
    )
    instance.on('close', () => {
      this.#sessions++
      this.#id = undefined
      if (!('nodes' in instance)) dropUnrepeatable(instance)
      this.#missed()
      events.emit('close', { connection, error: retry.lastError })
    })
    instance.on('-node', () => this.#sessions++)
    instance.on('end', () => this.#ended())
    instance.on('ready', () => {
      retry.succeeded()
      this.#wasReady = true
      this.#readies++
      if (this.#role.dedicated && !('nodes' in instance)) this.#learnId(instance)
      this.#room.release()
      events.emit('ready', { connection })
    })
    if (!('nodes' in instance)) {
      const { connectTimeout = 0 } = this.config.ioredis
      limitHandshake(instance, connectTimeout, error => this.#failed(error))
    }
    return instance
  }

  /** Before anything else is sent, for a connection that waits does not answer. */
  #learnId(instance: Redis): void {
    this.#id = instance.client('ID').catch(() => undefined)
  }

  /** Whoever held the instance may have closed it: what came in the meantime opens it again, as later commands would. */
  #ended(): void {
    const wasReady = this.#wasReady
    this.#wasReady = false
    if (wasReady && !this.#closed && this.#room.size > 0) this.#begin()
    else this.#room.dismiss(this.#noConnection())
  }

  /** Whoever waits through more attempts than `maxRetries` is told why. */
  #missed(): void {
    if (this.#retry.exhausted && this.#room.size > 0) this.#room.dismiss(this.#noConnection())
  }

  #noConnection(): Error {
    return this.explain(new Error('no connection'), 'connect')
  }

  /** One report per outage: of what follows, commands and `connect()` carry the reason. */
  #failed(error: Error): void {
    const { lastNodeError } = error as { lastNodeError?: Error }
    const isNews = this.#retry.failed(lastNodeError ?? error)
    if (!isNews || (!this.#retry.established && !this.#events.heard('error'))) return
    const { lastError } = this.#retry
    const failed = new ConnectionFailedError(this.name, this.config.address, lastError)
    this.#events.emit('error', { connection: this.name, error: failed })
  }
}

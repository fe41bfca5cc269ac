import type { Cluster, Redis } from 'ioredis'
import { type Batch, builder, type CommandBuilder, type Replies } from './batches/batch.js'
import { executeAll, Pipeline } from './batches/pipeline.js'
import { type Transaction, type TransactionOptions, transact } from './batches/transaction.js'
import { type Argument, type Key, type Keys, NO_KEYS, type Value } from './commands/arguments.js'
import { Commands } from './commands/index.js'
import type { KeyScanOptions, ScanOptions } from './commands/keys.js'
import type { ScoredMember } from './commands/replies.js'
import type { Decode } from './commands/sender.js'
import { checkOptions } from './config/call-checks.js'
import { instance, refuse } from './config/checks.js'
import { resolveConnection } from './config/resolve.js'
import type { ConnectionConfig, IoredisInstance } from './config/types.js'
import { Connection, type ConnectionStatus } from './connection/connection.js'
import { type CallOptions, Dispatcher } from './dispatcher.js'
import { InvalidArgumentError } from './errors.js'
import { checkHealth, type Health } from './health.js'
import { Messages, type MessagesOptions } from './pubsub/messages.js'
import {
  type MessageHandler,
  type PatternHandler,
  Subscriber,
  type Subscription,
} from './pubsub/subscriber.js'
import * as scanning from './scanning.js'
import { type CustomCommand, CustomCommands } from './scripting/custom-commands.js'
import { runScript, type Script } from './scripting/script.js'
import { StreamConsumer } from './streams/consumer.js'
import type { ConsumeOptions } from './streams/options.js'
import type { CommandListener, ListenOptions } from './telemetry/commands.js'
import {
  type ConnectionEvent,
  type ConnectionEventName,
  ConnectionEvents,
} from './telemetry/events.js'
import type { ConnectionStats } from './telemetry/stats.js'
import { type Sending, type SendingBytes, View } from './view.js'

/** Where a client belongs. */
export interface ClientPlace {
  /** A manager's client reports there as well. */
  events?: ConnectionEvents
  /** Use a copy of the given instance. */
  copy?: boolean
}

/** One connection to Redis: a single server, a Cluster, or a master found through Sentinel. */
export class RedisClient extends Commands<Sending> {
  readonly name: string
  readonly #options: ConnectionConfig
  readonly #events: ConnectionEvents
  readonly #dispatcher: Dispatcher
  readonly #connection: Connection
  readonly #subscriber: Subscriber
  readonly #shards: Subscriber
  readonly #custom = new CustomCommands()

  /**
   * @param options the connection; the default is 127.0.0.1:6379
   * @param name what errors and events call it
   * @param place for a manager and for `duplicate`
   * @throws RedisConfigError
   */
  constructor(options: ConnectionConfig = {}, name = 'default', place: ClientPlace = {}) {
    super()
    const { events = new ConnectionEvents(), copy = false } = place
    const config = resolveConnection(options, `connections.${name}`)
    const listener = (listens: 'channels' | 'shards') =>
      new Subscriber(() => {
        this.#dispatcher.assertOpen()
        return new Connection(name, config, events, { listens })
      }, events)
    this.name = name
    this.#options = options
    this.#events = events
    this.#dispatcher = new Dispatcher(name, config, events, { copy })
    this.#connection = this.#dispatcher.main
    this.#subscriber = listener('channels')
    this.#shards = listener('shards')
  }

  /**
   * A client over an ioredis instance or Cluster of any copy, which stays its owner's to close.
   *
   * @throws RedisConfigError for anything else
   */
  static from(ioredis: IoredisInstance, name = 'default'): RedisClient {
    refuse(`connections.${name}.client`, instance(ioredis))
    return new RedisClient({ client: ioredis }, name)
  }

  /** In front of every key and channel of this connection. */
  get keyPrefix(): string {
    return this.#connection.config.keyPrefix
  }

  get status(): ConnectionStatus {
    return this.#connection.status
  }

  get isCluster(): boolean {
    return this.#connection.isCluster
  }

  /** The instance itself, for libraries that take one. It knows nothing of the key prefix. */
  get ioredis(): Redis | Cluster {
    return this.#connection.ioredis
  }

  /** The same commands, whose replies keep their bytes: every text that is data is a `Buffer`. */
  get buffers(): View<SendingBytes> {
    return new View<SendingBytes>(this.#dispatcher, { bytes: true })
  }

  /**
   * The same commands with limits of their own.
   *
   * @example
   * await redis.with({ signal: request.signal, commandTimeout: 200 }).get('user:1')
   * await redis.with({ readFrom: 'replica' }).zrange('board', 0, 9)
   */
  with(options: CallOptions): View<Sending> {
    checkOptions('with', options)
    return new View<Sending>(this.#dispatcher, options)
  }

  /** Open the connection; optional, because the first command does. Rejects when `maxRetries` are used up. */
  connect(): Promise<void> {
    return this.#connection.connect()
  }

  /** Wait for pending replies, at most `timeoutMs` (2 s), and close, subscriptions too. Idempotent. */
  async disconnect(options: { timeoutMs?: number } = {}): Promise<void> {
    checkOptions('disconnect', options)
    const { timeoutMs } = options
    await Promise.all([
      this.#dispatcher.close(timeoutMs),
      this.#subscriber.close(timeoutMs),
      this.#shards.close(timeoutMs),
    ])
  }

  /** Like `disconnect`, resolving with `'OK'` as Redis' own QUIT does. */
  async quit(): Promise<'OK'> {
    await this.disconnect()
    return 'OK'
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect()
  }

  override send<Reply = unknown>(
    name: string,
    args: Argument[],
    keys: Keys,
    decode?: Decode<Reply>,
  ): Promise<Reply> {
    return this.#dispatcher.send({ name, args, keys }, decode)
  }

  /** Any command, also of modules; the keys of Redis' own get the prefix. */
  call<Reply = unknown>(name: string, ...args: (Value | readonly Value[])[]): Promise<Reply> {
    if (typeof name !== 'string' || name === '') {
      const error = new InvalidArgumentError('name', 'must be that of a command', 'call')
      return Promise.reject(error)
    }
    const request = { name: name.toLowerCase(), args: args.flat(), keys: NO_KEYS }
    return this.#dispatcher.send<Reply>(request, undefined, { unknown: true })
  }

  /**
   * Queue commands and send them together: chained, or as a list whose replies come back as such.
   *
   * @example
   * const [[, name], [, visits]] = await redis.pipeline().get('name').incr('visits').exec()
   * const [name, visits] = await redis.pipeline(c => [c.get('name'), c.incr('visits')])
   */
  pipeline(): Pipeline
  pipeline<const B extends Batch>(build: (commands: CommandBuilder) => B): Promise<Replies<B>>
  pipeline(build?: (commands: CommandBuilder) => Batch): Pipeline | Promise<unknown[]> {
    if (build) return executeAll(this.#dispatcher, 'pipeline', build)
    return this.#custom.addTo(new Pipeline(this.#dispatcher, 'pipeline'))
  }

  /** Like `pipeline`, all or nothing (MULTI, EXEC). */
  multi(): Pipeline
  multi<const B extends Batch>(build: (commands: CommandBuilder) => B): Promise<Replies<B>>
  multi(build?: (commands: CommandBuilder) => Batch): Pipeline | Promise<unknown[]> {
    if (build) return executeAll(this.#dispatcher, 'multi', build)
    return this.#custom.addTo(new Pipeline(this.#dispatcher, 'multi'))
  }

  /**
   * Read, then write if nothing read was changed meanwhile; tried again when it was. It has a connection of its own.
   *
   * @example
   * const left = await redis.transaction(async tx => {
   *   await tx.watch('stock')
   *   const stock = Number(await tx.get('stock'))
   *   if (stock === 0) return 0
   *   const [sum] = await tx.multi(c => [c.decr('stock')])
   *   return sum
   * })
   * @throws TransactionConflictError after `attempts` (10) conflicts
   */
  transaction<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    return transact(this.#dispatcher, this.name, work, options)
  }

  /** Run a script made by `defineScript`: with its text the first time and when the server forgot it, else by its SHA-1. */
  run<K extends readonly Key[], A extends readonly Value[], Reply>(
    script: Script<K, A, Reply>,
    keys: K,
    args: A,
  ): Promise<Reply> {
    return runScript(this.#dispatcher, script, keys, args)
  }

  /** Add a script as a method of this client and its pipelines, as ioredis does; `defineScript` is typed. */
  defineCommand(name: string, definition: CustomCommand): void {
    this.#custom.define(this, name, definition)
  }

  /** Call `handler` with every message of the channels. Resolves when Redis has confirmed. */
  subscribe(channels: string | readonly string[], handler: MessageHandler): Promise<Subscription> {
    return this.#subscriber.subscribe('channel', channels, handler)
  }

  /** Call `handler` with every message of the channels that match the globs. */
  psubscribe(patterns: string | readonly string[], handler: PatternHandler): Promise<Subscription> {
    return this.#subscriber.subscribe('pattern', patterns, handler)
  }

  /** Like `subscribe` for sharded channels (Redis 7). */
  ssubscribe(channels: string | readonly string[], handler: MessageHandler): Promise<Subscription> {
    return (this.isCluster ? this.#shards : this.#subscriber).subscribe('shard', channels, handler)
  }

  /** Take away one handler or all, from one channel or from all. */
  unsubscribe(channel?: string, handler?: MessageHandler): Promise<void> {
    return this.#subscriber.unsubscribe('channel', channel, handler)
  }

  /** Take away one handler or all, from one pattern or from all. */
  punsubscribe(pattern?: string, handler?: PatternHandler): Promise<void> {
    return this.#subscriber.unsubscribe('pattern', pattern, handler)
  }

  /** Take away one handler or all, from one sharded channel or from all. */
  sunsubscribe(channel?: string, handler?: MessageHandler): Promise<void> {
    return (this.isCluster ? this.#shards : this.#subscriber).unsubscribe('shard', channel, handler)
  }

  /**
   * The messages of channels as an async iterator, subscribed at once and for as long as the loop runs.
   *
   * @example
   * for await (const { message } of redis.messages('events')) console.log(message)
   */
  messages(names: string | readonly string[], options: MessagesOptions = {}): Messages {
    const { isCluster } = this
    const subscriber = options.kind === 'shard' && isCluster ? this.#shards : this.#subscriber
    return new Messages(this.name, subscriber, names, options)
  }

  /**
   * Work off streams as one consumer of a group: what is left from last time, what others left behind, what is new.
   *
   * @example
   * for await (const order of redis.consume('orders', { group: 'billing', consumer: 'worker-1' })) {
   *   await bill(order.fields)
   *   await order.ack()
   * }
   */
  consume(streams: string | readonly string[], options: ConsumeOptions): StreamConsumer {
    return new StreamConsumer(this, this.#dispatcher, streams, options)
  }

  /**
   * All keys that match, a step at a time and over every master of a Cluster. A key may come twice when keys are
   * written meanwhile.
   */
  scanIterator(options: KeyScanOptions = {}): AsyncGenerator<string, void, undefined> {
    return scanning.scanKeys(this.#dispatcher, builder, options)
  }

  /** All fields of a hash with their values, a step at a time. */
  hscanIterator(
    key: Key,
    options: ScanOptions = {},
  ): AsyncGenerator<[field: string, value: string], void, undefined> {
    return scanning.scanFields(this.#dispatcher, builder, key, options)
  }

  /** All members of a set, a step at a time. */
  sscanIterator(key: Key, options: ScanOptions = {}): AsyncGenerator<string, void, undefined> {
    return scanning.scanMembers(this.#dispatcher, builder, key, options)
  }

  /** All members of a sorted set with their scores, a step at a time. */
  zscanIterator(
    key: Key,
    options: ScanOptions = {},
  ): AsyncGenerator<ScoredMember, void, undefined> {
    return scanning.scanScores(this.#dispatcher, builder, key, options)
  }

  /** How the connection is; never rejects, and takes a second at most. */
  health(): Promise<Health> {
    return checkHealth(this)
  }

  /** What the connection did since it was made. */
  stats(): ConnectionStats {
    return this.#dispatcher.stats()
  }

  /**
   * Hear every command, or only slow or failed ones; the result stops it.
   *
   * @example
   * const stop = redis.listen(({ command, durationMs }) => console.warn(command, durationMs), { slowerThan: 100 })
   */
  listen(listener: CommandListener, options: ListenOptions = {}): () => void {
    return this.#events.listen(listener, options)
  }

  /** A second connection with the same configuration but for `overrides`. */
  duplicate(overrides: Partial<ConnectionConfig> = {}): RedisClient {
    return new RedisClient({ ...this.#options, ...overrides }, this.name, { copy: true })
  }

  on(event: ConnectionEventName, listener: (event: ConnectionEvent) => void): this {
    this.#events.on(event, listener)
    return this
  }

  off(event: ConnectionEventName, listener: (event: ConnectionEvent) => void): this {
    this.#events.off(event, listener)
    return this
  }
}

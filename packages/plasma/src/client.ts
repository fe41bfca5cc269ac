import type { Cluster, Command, Redis } from 'ioredis'
import { type Batch, CommandBuilder, type Replies } from './batch.js'
import {
  type Argument,
  type Key,
  type Keys,
  keysFrom,
  NO_KEYS,
  type Value,
} from './commands/arguments.js'
import { Commands } from './commands/index.js'
import type { KeyScanOptions, ScannedKeys } from './commands/keys.js'
import type { Decode, Mode } from './commands/sender.js'
import { type ConnectionConfig, resolveConnection } from './config.js'
import { Connection, type ConnectionStatus } from './connection.js'
import { type CustomCommand, CustomCommands } from './custom-commands.js'
import { isRedisError } from './errors.js'
import { type ConnectionEvent, type ConnectionEventName, ConnectionEvents } from './events.js'
import { executeAll, Pipeline } from './pipeline.js'
import type { Script } from './script.js'
import {
  type MessageHandler,
  type PatternHandler,
  Subscriber,
  type Subscription,
} from './subscriber.js'
import { type Request, toCommand, toUnknownCommand } from './wire.js'

/** Every command of a client answers with a promise. */
export interface Sending extends Mode {
  returns: Promise<this['reply']>
}

/** Where a client belongs. */
export interface ClientPlace {
  /** A manager's client reports there as well. */
  events?: ConnectionEvents
  /** Use a copy of the given instance. */
  copy?: boolean
}

/** How a connection is, asked within a second. */
export interface Health {
  ok: boolean
  status: ConnectionStatus
  /** Milliseconds of one round trip. */
  latencyMs?: number
  error?: string
}

const HEALTH_DEADLINE_MS = 1_000
const builder = new CommandBuilder()

/** One connection to Redis: a single server, a Cluster, or a master found through Sentinel. */
export class RedisClient extends Commands<Sending> {
  readonly name: string
  readonly #options: ConnectionConfig
  readonly #events: ConnectionEvents
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
      new Subscriber(() => new Connection(name, config, events, { listens }), events)
    this.name = name
    this.#options = options
    this.#events = events
    this.#connection = new Connection(name, config, events, { copy })
    this.#subscriber = listener('channels')
    this.#shards = listener('shards')
  }

  /** A client over an ioredis instance or Cluster of any copy, which stays its owner's to close. */
  static from(ioredis: Redis | Cluster, name = 'default'): RedisClient {
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

  /** Open the connection; optional, because the first command does. Rejects when `maxRetries` are used up. */
  connect(): Promise<void> {
    return this.#connection.connect()
  }

  /** Wait for pending replies, at most 2 s, and close, subscriptions too. Idempotent. */
  async disconnect(): Promise<void> {
    await Promise.all([
      this.#connection.disconnect(),
      this.#subscriber.close(),
      this.#shards.close(),
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
    return this.#send(toCommand, { name, args, keys }, decode)
  }

  /** Any command, also of modules; the keys of Redis' own get the prefix. */
  call<Reply = unknown>(name: string, ...args: (Value | readonly Value[])[]): Promise<Reply> {
    const request = { name: name.toLowerCase(), args: args.flat(), keys: NO_KEYS }
    return this.#send(toUnknownCommand, request)
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
    if (build) return this.#batch('pipeline', build)
    return this.#custom.addTo(new Pipeline(this.#connection, 'pipeline'))
  }

  /** Like `pipeline`, all or nothing (MULTI, EXEC). */
  multi(): Pipeline
  multi<const B extends Batch>(build: (commands: CommandBuilder) => B): Promise<Replies<B>>
  multi(build?: (commands: CommandBuilder) => Batch): Pipeline | Promise<unknown[]> {
    if (build) return this.#batch('multi', build)
    return this.#custom.addTo(new Pipeline(this.#connection, 'multi'))
  }

  /** Run a script made by `defineScript`: by its SHA-1, and with its text when the server does not know it. */
  async run<K extends readonly Key[], A extends readonly Value[], Reply>(
    script: Script<K, A, Reply>,
    keys: K,
    args: A,
  ): Promise<Reply> {
    const rest = [keys.length, ...keys, ...args]
    const positions = keysFrom(2, keys.length)
    try {
      return await this.send('evalsha', [script.sha1, ...rest], positions, script.reply)
    } catch (error) {
      if (!isRedisError(error, 'NOSCRIPT')) throw error
      return this.send('eval', [script.lua, ...rest], positions, script.reply)
    }
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
   * All keys that match, a step at a time and over every master of a Cluster. A key may come twice when keys are
   * written meanwhile.
   */
  async *scanIterator(options: KeyScanOptions = {}): AsyncGenerator<string, void, undefined> {
    for (const node of await this.#connection.masters()) {
      for (let cursor = ''; cursor !== '0'; ) {
        const { decode, ...scan } = builder.scan(cursor || '0', options)
        const step = await this.#send(toCommand, scan, decode as Decode<ScannedKeys>, node)
        yield* step.keys
        cursor = step.cursor
      }
    }
  }

  /** How the connection is; never rejects, and takes a second at most. */
  async health(): Promise<Health> {
    const started = performance.now()
    let deadline: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      deadline = setTimeout(() => reject(new Error('no reply within 1 s')), HEALTH_DEADLINE_MS)
    })
    try {
      await Promise.race([this.ping(), late])
      return { ok: true, status: this.status, latencyMs: performance.now() - started }
    } catch (error) {
      return { ok: false, status: this.status, error: (error as Error).message }
    } finally {
      clearTimeout(deadline)
    }
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

  async #batch(kind: 'pipeline' | 'multi', build: (commands: CommandBuilder) => Batch) {
    return executeAll(this.#connection, kind, build(builder))
  }

  #send<Reply>(
    build: (request: Request, keyPrefix: string) => Command,
    request: Request,
    decode?: Decode<Reply>,
    node?: Redis,
  ): Promise<Reply> {
    const connection = this.#connection
    const { keyPrefix } = connection.config
    let command: Command
    try {
      command = build(request, keyPrefix)
    } catch (error) {
      return Promise.reject(error)
    }
    return connection
      .send(command, node)
      .then(decode ? raw => decode(raw as never, keyPrefix) : raw => raw as Reply, error => {
        throw connection.explain(error, request.name)
      })
  }
}

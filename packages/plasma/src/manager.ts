import { isDeepStrictEqual } from 'node:util'
import type { Cluster, Redis } from 'ioredis'
import type { Batch, CommandBuilder, Replies } from './batch.js'
import { type Health, RedisClient, type Sending } from './client.js'
import type { Argument, Key, Keys, Value } from './commands/arguments.js'
import { Commands } from './commands/index.js'
import type { KeyScanOptions } from './commands/keys.js'
import type { Decode } from './commands/sender.js'
import { type RedisConfig, resolveConfig } from './config.js'
import type { CustomCommand } from './custom-commands.js'
import { ConnectionNotFoundError, NotConfiguredError } from './errors.js'
import { type ConnectionEvent, type ConnectionEventName, ConnectionEvents } from './events.js'
import type { Pipeline } from './pipeline.js'
import type { Script } from './script.js'
import type { MessageHandler, PatternHandler, Subscription } from './subscriber.js'

interface Configured {
  readonly defaultName: string
  readonly config: RedisConfig
  readonly names: readonly string[]
}

/** Named connections, each opened on first use. Its own commands go to the default one. */
export class RedisManager extends Commands<Sending> {
  readonly #events = new ConnectionEvents()
  readonly #clients = new Map<string, RedisClient>()
  #configured: Configured | undefined

  /**
   * Set the connections; nothing is opened yet. Called again, it closes the connections whose configuration
   * changed and keeps the others.
   *
   * @throws RedisConfigError naming the path of the first mistake; then nothing changes
   */
  configure(config: RedisConfig): void {
    const { defaultName, connections } = resolveConfig(config)
    const previous = this.#configured?.config.connections
    this.#configured = { defaultName, config, names: [...connections.keys()] }
    for (const [name, client] of this.#clients) {
      if (isDeepStrictEqual(previous?.[name], config.connections[name])) continue
      this.#clients.delete(name)
      client.disconnect()
    }
  }

  get configured(): boolean {
    return this.#configured !== undefined
  }

  /** The default connection's name. */
  get defaultConnection(): string {
    return this.#current().defaultName
  }

  /** The names of all connections. */
  connections(): string[] {
    return [...this.#current().names]
  }

  /**
   * The connection called `name`, or the default one; always the same client.
   *
   * @throws NotConfiguredError, ConnectionNotFoundError
   */
  connection(name?: string): RedisClient {
    const { defaultName, config, names } = this.#current()
    const wanted = name ?? defaultName
    let client = this.#clients.get(wanted)
    if (!client) {
      const options = names.includes(wanted) ? config.connections[wanted] : undefined
      if (!options) throw new ConnectionNotFoundError(wanted, names)
      client = new RedisClient(options, wanted, { events: new ConnectionEvents(this.#events) })
      this.#clients.set(wanted, client)
    }
    return client
  }

  /** Open every connection, or the one called `name`; optional, because the first command does. */
  async connect(name?: string): Promise<void> {
    const names = name === undefined ? this.connections() : [name]
    const results = await Promise.allSettled(names.map(async it => this.connection(it).connect()))
    const failed = results.find(result => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  /** Wait for pending replies and close every connection, or the one called `name`. Idempotent. */
  async disconnect(name?: string): Promise<void> {
    const clients = name === undefined ? [...this.#clients.values()] : [this.connection(name)]
    await Promise.all(clients.map(client => client.disconnect()))
  }

  /** Like `disconnect`, resolving with `'OK'`. */
  async quit(): Promise<'OK'> {
    await this.disconnect()
    return 'OK'
  }

  /** Close every connection and forget the configuration. */
  async reset(): Promise<void> {
    const clients = [...this.#clients.values()]
    this.#clients.clear()
    this.#configured = undefined
    await Promise.all(clients.map(client => client.disconnect()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect()
  }

  /** Listen to all connections. */
  on(event: ConnectionEventName, listener: (event: ConnectionEvent) => void): this {
    this.#events.on(event, listener)
    return this
  }

  off(event: ConnectionEventName, listener: (event: ConnectionEvent) => void): this {
    this.#events.off(event, listener)
    return this
  }

  // Everything below is the default connection's: see RedisClient.

  override send<Reply = unknown>(
    name: string,
    args: Argument[],
    keys: Keys,
    decode?: Decode<Reply>,
  ): Promise<Reply> {
    let client: RedisClient
    try {
      client = this.connection()
    } catch (error) {
      return Promise.reject(error)
    }
    return client.send(name, args, keys, decode)
  }

  get ioredis(): Redis | Cluster {
    return this.connection().ioredis
  }

  get keyPrefix(): string {
    return this.connection().keyPrefix
  }

  get isCluster(): boolean {
    return this.connection().isCluster
  }

  async call<Reply = unknown>(name: string, ...args: Value[]): Promise<Reply> {
    return this.connection().call<Reply>(name, ...args)
  }

  pipeline(): Pipeline
  pipeline<const B extends Batch>(build: (commands: CommandBuilder) => B): Promise<Replies<B>>
  pipeline(build?: (commands: CommandBuilder) => Batch): Pipeline | Promise<unknown[]> {
    return build ? this.connection().pipeline(build) : this.connection().pipeline()
  }

  multi(): Pipeline
  multi<const B extends Batch>(build: (commands: CommandBuilder) => B): Promise<Replies<B>>
  multi(build?: (commands: CommandBuilder) => Batch): Pipeline | Promise<unknown[]> {
    return build ? this.connection().multi(build) : this.connection().multi()
  }

  async run<K extends readonly Key[], A extends readonly Value[], Reply>(
    script: Script<K, A, Reply>,
    keys: K,
    args: A,
  ): Promise<Reply> {
    return this.connection().run(script, keys, args)
  }

  defineCommand(name: string, definition: CustomCommand): void {
    this.connection().defineCommand(name, definition)
  }

  async subscribe(
    channels: string | readonly string[],
    handler: MessageHandler,
  ): Promise<Subscription> {
    return this.connection().subscribe(channels, handler)
  }

  async psubscribe(
    patterns: string | readonly string[],
    handler: PatternHandler,
  ): Promise<Subscription> {
    return this.connection().psubscribe(patterns, handler)
  }

  async ssubscribe(
    channels: string | readonly string[],
    handler: MessageHandler,
  ): Promise<Subscription> {
    return this.connection().ssubscribe(channels, handler)
  }

  async unsubscribe(channel?: string, handler?: MessageHandler): Promise<void> {
    return this.connection().unsubscribe(channel, handler)
  }

  async punsubscribe(pattern?: string, handler?: PatternHandler): Promise<void> {
    return this.connection().punsubscribe(pattern, handler)
  }

  async sunsubscribe(channel?: string, handler?: MessageHandler): Promise<void> {
    return this.connection().sunsubscribe(channel, handler)
  }

  async *scanIterator(options?: KeyScanOptions): AsyncGenerator<string, void, undefined> {
    yield* this.connection().scanIterator(options)
  }

  async health(): Promise<Health> {
    return this.connection().health()
  }

  #current(): Configured {
    if (!this.#configured) throw new NotConfiguredError()
    return this.#configured
  }
}

/** A manager of one's own, independent of the `Redis` facade. */
export function createManager(config?: RedisConfig): RedisManager {
  const manager = new RedisManager()
  if (config) manager.configure(config)
  return manager
}

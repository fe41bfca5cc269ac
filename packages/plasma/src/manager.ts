import { isDeepStrictEqual } from 'node:util'
import type { Cluster, Redis } from 'ioredis'
import { RedisClient } from './client.js'
import type { Argument, Keys } from './commands/arguments.js'
import { Commands } from './commands/index.js'
import type { Decode } from './commands/sender.js'
import { resolveConfig } from './config/resolve.js'
import type { RedisConfig } from './config/types.js'
import { ConnectionNotFoundError, NotConfiguredError } from './errors.js'
import type { CommandListener, ListenOptions } from './telemetry/commands.js'
import {
  type ConnectionEvent,
  type ConnectionEventName,
  ConnectionEvents,
} from './telemetry/events.js'
import type { Sending } from './view.js'

interface Configured {
  readonly defaultName: string
  readonly config: RedisConfig
  readonly names: readonly string[]
}

/** Named connections, each opened on first use. Its own commands go to the default one. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the loops below add every method that the interface promises
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
  async disconnect(name?: string, options: { timeoutMs?: number } = {}): Promise<void> {
    const clients = name === undefined ? [...this.#clients.values()] : [this.connection(name)]
    await Promise.all(clients.map(client => client.disconnect(options)))
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

  /** Hear the commands of all connections, or only slow or failed ones; the result stops it. */
  listen(listener: CommandListener, options: ListenOptions = {}): () => void {
    return this.#events.listen(listener, options)
  }

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

  get buffers(): RedisClient['buffers'] {
    return this.connection().buffers
  }

  #current(): Configured {
    if (!this.#configured) throw new NotConfiguredError()
    return this.#configured
  }
}

/** What else a client can do; the manager hands it on to the default connection's. */
const HANDED_ON = [
  'consume',
  'defineCommand',
  'hscanIterator',
  'messages',
  'multi',
  'pipeline',
  'scanIterator',
  'sscanIterator',
  'stats',
  'with',
  'zscanIterator',
] as const

/** The same for what answers with a promise, which then rejects before `configure`. */
const HANDED_ON_LATER = [
  'call',
  'health',
  'psubscribe',
  'punsubscribe',
  'run',
  'ssubscribe',
  'subscribe',
  'sunsubscribe',
  'transaction',
  'unsubscribe',
] as const

type HandedOn = (typeof HANDED_ON)[number] | (typeof HANDED_ON_LATER)[number]

/** The default connection's: see RedisClient. */
export interface RedisManager extends Pick<RedisClient, HandedOn> {}

type AnyMethod = (this: RedisManager, ...args: never[]) => unknown
const methodOf = (client: RedisClient, name: HandedOn) => client[name] as AnyMethod
const hand = (name: HandedOn, method: AnyMethod) =>
  Object.defineProperty(RedisManager.prototype, name, {
    value: method,
    writable: true,
    configurable: true,
  })

for (const name of HANDED_ON) {
  hand(name, function (...args) {
    const client = this.connection()
    return methodOf(client, name).apply(client as never, args)
  })
}
for (const name of HANDED_ON_LATER) {
  hand(name, async function (...args) {
    const client = this.connection()
    return methodOf(client, name).apply(client as never, args)
  })
}

/** A manager of one's own, independent of the `Redis` facade. */
export function createManager(config?: RedisConfig): RedisManager {
  const manager = new RedisManager()
  if (config) manager.configure(config)
  return manager
}

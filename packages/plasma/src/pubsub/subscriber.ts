import type { Cluster, Redis } from 'ioredis'
import { withoutPrefix } from '../commands/replies.js'
import type { Connection } from '../connection/connection.js'
import { ConnectionClosedError, InvalidArgumentError } from '../errors.js'
import type { ConnectionEvents } from '../telemetry/events.js'
import { globBehind } from '../wire.js'

/** Called with each message; what it throws is reported as an `error` event and stops nobody else. */
export type MessageHandler = (message: string, channel: string) => unknown

/** Like `MessageHandler`, with the pattern that matched. */
export type PatternHandler = (message: string, channel: string, pattern: string) => unknown

/** One handler's place on its channels. */
export interface Subscription {
  /** Take this handler away; others on the same channels stay. Idempotent. */
  unsubscribe(): Promise<void>
}

/** Plain channels, patterns over them, or sharded channels (Redis 7). */
export type ChannelKind = 'channel' | 'pattern' | 'shard'

interface Topic {
  handlers: Set<PatternHandler>
  subscribed: Promise<unknown>
}

const COMMANDS = {
  channel: ['subscribe', 'unsubscribe'],
  pattern: ['psubscribe', 'punsubscribe'],
  shard: ['ssubscribe', 'sunsubscribe'],
} as const

/** Channels that Redis itself writes to; they carry no key prefix. */
const SERVER_CHANNEL = /^__(keyspace@|keyevent@|redis__:)/

/**
 * Pub/sub on a connection of its own, opened by the first handler and closed after the last: any number of
 * handlers per channel, subscribed once, and again after a reconnect.
 */
export class Subscriber {
  readonly #open: () => Connection
  readonly #events: ConnectionEvents
  readonly #topics = new Map<string, Topic>()
  readonly #closing = new Set<() => void>()
  #connection: Connection | undefined
  #keyPrefix = ''

  constructor(open: () => Connection, events: ConnectionEvents) {
    this.#open = open
    this.#events = events
  }

  /** Resolves when Redis has confirmed every name. */
  async subscribe(
    kind: ChannelKind,
    names: string | readonly string[],
    handler: PatternHandler,
  ): Promise<Subscription> {
    const list = checkedNames(kind, names)
    if (typeof handler !== 'function') {
      throw new InvalidArgumentError('handler', 'must be a function', COMMANDS[kind][0])
    }
    const own: PatternHandler = (message, channel, pattern) => handler(message, channel, pattern)
    Object.assign(own, { original: handler })
    try {
      await Promise.all(list.map(name => this.#add(kind, name, own)))
    } catch (error) {
      await this.#remove(kind, list, own)
      throw error
    }
    return { unsubscribe: () => this.#remove(kind, list, own) }
  }

  /** Take away one handler or all of them, from one name or from all of a kind. */
  async unsubscribe(kind: ChannelKind, name?: string, handler?: PatternHandler): Promise<void> {
    const names = name === undefined ? this.#names(kind) : [name]
    await Promise.all(
      names.map(async it => {
        const handlers = this.#topics.get(`${kind} ${it}`)?.handlers ?? []
        const gone = [...handlers].filter(
          own => !handler || (own as { original?: unknown }).original === handler,
        )
        for (const own of gone) await this.#remove(kind, [it], own)
      }),
    )
  }

  /** Call `listener` when the client is closed; the result takes it away. */
  onClose(listener: () => void): () => void {
    this.#closing.add(listener)
    return () => this.#closing.delete(listener)
  }

  /** Close the connection, which still delivers what was on its way, for at most `timeoutMs`, and forget every handler. */
  async close(timeoutMs?: number): Promise<void> {
    await this.#shut(timeoutMs)
    for (const listener of this.#closing) listener()
  }

  async #shut(timeoutMs?: number): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.disconnect(timeoutMs)
    if (!this.#connection) this.#topics.clear()
  }

  #names(kind: ChannelKind): string[] {
    return [...this.#topics.keys()]
      .filter(topic => topic.startsWith(`${kind} `))
      .map(topic => topic.slice(kind.length + 1))
  }

  async #add(kind: ChannelKind, name: string, handler: PatternHandler): Promise<void> {
    let topic = this.#topics.get(`${kind} ${name}`)
    if (!topic) {
      const connection = this.#connected()
      const [command] = COMMANDS[kind]
      const subscribed = connection
        .connect()
        .then(() => {
          // Closed meanwhile: asked for its instance it would open another one.
          if (connection !== this.#connection) throw new ConnectionClosedError(connection.name)
          return connection.ioredis[command](this.#wireName(kind, name))
        })
        .catch(error => {
          throw connection.explain(error, command)
        })
      topic = { handlers: new Set(), subscribed }
      this.#topics.set(`${kind} ${name}`, topic)
    }
    topic.handlers.add(handler)
    await topic.subscribed
  }

  async #remove(
    kind: ChannelKind,
    names: readonly string[],
    handler: PatternHandler,
  ): Promise<void> {
    const connection = this.#connection
    const left: Promise<unknown>[] = []
    for (const name of names) {
      const topic = this.#topics.get(`${kind} ${name}`)
      if (!topic?.handlers.delete(handler) || topic.handlers.size > 0) continue
      this.#topics.delete(`${kind} ${name}`)
      if (connection?.status !== 'ready') continue
      const [, command] = COMMANDS[kind]
      left.push(connection.ioredis[command](this.#wireName(kind, name)).catch(() => undefined))
    }
    await Promise.all(left)
    if (this.#topics.size === 0 && connection && connection === this.#connection) await this.#shut()
  }

  #connected(): Connection {
    if (!this.#connection) {
      this.#connection = this.#open()
      this.#keyPrefix = this.#connection.config.keyPrefix
      this.#listen(this.#connection.ioredis)
    }
    return this.#connection
  }

  #listen(instance: Redis | Cluster): void {
    instance.on('message', (channel, message) =>
      this.#deliver('channel', channel, channel, message),
    )
    instance.on('smessage', (channel, message) => this.#deliver('shard', channel, channel, message))
    instance.on('pmessage', (pattern, channel, message) =>
      this.#deliver('pattern', pattern, channel, message),
    )
  }

  #deliver(kind: ChannelKind, wireName: string, wireChannel: string, message: string): void {
    const keyPrefix = this.#keyPrefix
    const name =
      kind === 'pattern'
        ? withoutPrefix(wireName, globBehind(keyPrefix, ''))
        : withoutPrefix(wireName, keyPrefix)
    const channel = withoutPrefix(wireChannel, keyPrefix)
    for (const handler of this.#topics.get(`${kind} ${name}`)?.handlers ?? []) {
      this.#call(handler, message, channel, name)
    }
  }

  #call(handler: PatternHandler, message: string, channel: string, pattern: string): void {
    try {
      const result = handler(message, channel, pattern)
      if (isThenable(result)) result.then(undefined, thrown => this.#failed(thrown))
    } catch (thrown) {
      this.#failed(thrown)
    }
  }

  #failed(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.#events.emit('error', { connection: this.#connection?.name ?? '', error })
  }

  #wireName(kind: ChannelKind, name: string): string {
    const keyPrefix = this.#keyPrefix
    if (SERVER_CHANNEL.test(name)) return name
    return kind === 'pattern' ? globBehind(keyPrefix, name) : keyPrefix + name
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'

function checkedNames(kind: ChannelKind, names: string | readonly string[]): string[] {
  const list = [...new Set([names].flat())]
  const good = list.length > 0 && list.every(name => typeof name === 'string' && name !== '')
  if (good) return list
  const argument = kind === 'pattern' ? 'pattern' : 'channel'
  throw new InvalidArgumentError(argument, 'must be a text that is not empty', COMMANDS[kind][0])
}

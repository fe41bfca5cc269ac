import type { Redis } from 'ioredis'
import { mergeOfMasters, type Split, splitBySlot } from './cluster/routing.js'
import type { Decode } from './commands/sender.js'
import type { ResolvedConnection } from './config/types.js'
import type { CommandOptions, CommandOwner, SentCommand } from './connection/command.js'
import { CLOSE_DEADLINE_MS, Connection } from './connection/connection.js'
import type { ConnectionRole } from './connection/instance.js'
import type { Limits } from './connection/limits.js'
import { ConnectionPool } from './connection/pool.js'
import { isRead } from './connection/repeatable.js'
import { ConnectionClosedError, InvalidArgumentError, isRedisError } from './errors.js'
import type { SentScripts } from './scripting/script.js'
import { CommandObserver } from './telemetry/commands.js'
import type { ConnectionEvents } from './telemetry/events.js'
import type { ConnectionStats } from './telemetry/stats.js'
import { type Request, toCommand, toUnknownCommand } from './wire.js'

/** What one call wants beyond the connection's configuration. */
export interface CallOptions extends Limits {
  /** Where reads go; a Cluster's replicas, or those that Sentinel knows. Writes always go to the master. */
  readFrom?: 'master' | 'replica'
}

/** How a request is sent. */
export interface Manner extends CallOptions {
  /** Replies keep their bytes. */
  bytes?: boolean
  /** To this node of a Cluster. */
  node?: Redis | undefined
  /** A command that no method knows. */
  unknown?: boolean
  /** On this connection. */
  connection?: Connection
  /** The code of an error that is an answer to its caller, and so no failure in statistics and events. */
  expected?: string
  /** Asked in the moment of sending MULTI: does the server still watch what was watched? */
  stillWatched?: () => boolean
}

const PLAIN: Manner = {}

/**
 * Sends each request where it belongs: to the connection, to every node that has some of its keys, to a
 * replica, or, if it waits for data, over a connection that nobody else uses.
 */
export class Dispatcher {
  readonly main: Connection
  readonly observer: CommandObserver
  readonly dedicated: ConnectionPool
  readonly sentScripts: SentScripts = new WeakSet()
  readonly #open: (role: ConnectionRole) => Connection
  readonly #owners = new WeakMap<Connection, CommandOwner>()
  #replica: Connection | undefined
  /** What waits is being ended; who waits in a loop must not begin again. */
  #closing = false

  constructor(
    name: string,
    config: ResolvedConnection,
    events: ConnectionEvents,
    role: ConnectionRole,
  ) {
    this.#open = it => new Connection(name, config, events, it)
    this.main = this.#open(role)
    this.observer = new CommandObserver(name, events)
    this.dedicated = new ConnectionPool(
      () => this.#open({ dedicated: true }),
      id => this.#unblock(id),
    )
  }

  /** Send a request and decode its reply. */
  send<Reply>(request: Request, decode?: Decode<Reply>, manner: Manner = PLAIN): Promise<Reply> {
    const { main } = this
    if (main.isCluster && manner.node === undefined) {
      const spread = this.#overCluster(request, decode, manner)
      if (spread) return spread
    }
    let connection: Connection
    let command: SentCommand
    try {
      connection = manner.connection ?? this.#connectionFor(request.name, manner)
      const build = manner.unknown ? toUnknownCommand : toCommand
      const { bytes, signal, expected } = manner
      const options: CommandOptions = { decode, owner: this.#ownerOf(connection), bytes, signal }
      // What hardly any command has makes none larger.
      if (expected !== undefined) options.expected = expected
      if (main.config.textNumbers) options.textNumbers = true
      command = build(request, main.config.keyPrefix, options)
      if (command.waits && !manner.connection) {
        this.assertOpen()
        return this.dedicated.sendWaiting(command, manner) as Promise<Reply>
      }
    } catch (error) {
      return Promise.reject(error)
    }
    return connection.send(command, manner, manner.node) as Promise<Reply>
  }

  /** Hears of a connection's commands. */
  #ownerOf(connection: Connection): CommandOwner {
    let owner = this.#owners.get(connection)
    if (!owner) {
      owner = new ConnectionOwner(connection, this.observer, () => this.#closing)
      this.#owners.set(connection, owner)
    }
    return owner
  }

  /** The connection for a command: the master's, or that to replicas where the call says so and the command reads. */
  #connectionFor(name: string, { readFrom }: Manner): Connection {
    if (readFrom !== 'replica' || !isRead(name)) return this.main
    this.assertOpen()
    this.#replica ??= this.#open({ reads: 'replica' })
    return this.#replica
  }

  /**
   * Before another connection than the main one is used.
   *
   * @throws ConnectionClosedError from `disconnect()` to `connect()`
   */
  assertOpen(): void {
    if (this.#closing || this.main.status === 'closed')
      throw new ConnectionClosedError(this.main.name)
  }

  stats(): ConnectionStats {
    return this.observer.stats(this.main.reconnects, this.main.queued)
  }

  /** Let pending replies come, at most `timeoutMs`, and close every connection. */
  async close(timeoutMs = CLOSE_DEADLINE_MS): Promise<void> {
    this.#closing = true
    const deadline = performance.now() + timeoutMs
    try {
      await this.dedicated.close(timeoutMs)
      const left = Math.max(0, deadline - performance.now())
      await Promise.all([this.main.disconnect(left), this.#replica?.disconnect(left)])
    } finally {
      this.#closing = false
    }
    this.#replica = undefined
  }

  #overCluster<Reply>(
    request: Request,
    decode: Decode<Reply> | undefined,
    manner: Manner,
  ): Promise<Reply> | undefined {
    if (request.name === 'scan') {
      return Promise.reject(
        new InvalidArgumentError(
          'cursor',
          'means one node of a Cluster; use scanIterator()',
          'scan',
        ),
      )
    }
    const split = splitBySlot(request, this.main.config.keyPrefix)
    if (split) return this.#sendParts(split, decode, manner)
    const merge = mergeOfMasters(request)
    return merge && this.#sendToMasters(request, decode, manner, merge)
  }

  async #sendParts<Reply>(
    { parts, merge }: Split,
    decode: Decode<Reply> | undefined,
    manner: Manner,
  ): Promise<Reply> {
    const replies = await settled(parts.map(part => this.send(part, undefined, manner)))
    return this.#merged(merge(replies), decode)
  }

  async #sendToMasters<Reply>(
    request: Request,
    decode: Decode<Reply> | undefined,
    manner: Manner,
    merge: (replies: readonly unknown[]) => unknown,
  ): Promise<Reply> {
    const nodes = await this.main.masters(request.name, manner)
    const replies = await settled(
      nodes.map(node => this.send(request, undefined, { ...manner, node })),
    )
    return this.#merged(merge(replies), decode)
  }

  #merged<Reply>(raw: unknown, decode: Decode<Reply> | undefined): Reply {
    return decode ? decode(raw as never, this.main.config.keyPrefix) : (raw as Reply)
  }

  async #unblock(id: number): Promise<boolean> {
    const request: Request = { name: 'client', args: ['UNBLOCK', id], keys: [] }
    return (await this.send(request, undefined, { commandTimeout: 1_000 })) === 1
  }
}

/** Every reply, or the first error after all have settled. */
async function settled(sent: readonly Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(sent)
  return results.map(result => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

class ConnectionOwner implements CommandOwner {
  readonly #connection: Connection
  readonly #observer: CommandObserver
  /** Also where only the connection that the command waits on is closed yet. */
  readonly #isClosing: () => boolean

  constructor(connection: Connection, observer: CommandObserver, isClosing: () => boolean) {
    this.#connection = connection
    this.#observer = observer
    this.#isClosing = isClosing
  }

  succeeded(command: SentCommand): void {
    this.#observer.done(command)
  }

  failed(command: SentCommand, error: Error): unknown {
    if (command.signal?.aborted && error === command.signal.reason) return error
    const explained = this.#explain(error, command)
    this.#observer.done(command, isExpected(command, explained) ? undefined : explained)
    return explained
  }

  #explain(error: Error, { name, timeoutMs }: SentCommand): Error {
    const explained = this.#connection.explain(error, name, timeoutMs)
    return this.#isClosing() && isRedisError(explained, 'CONNECTION_FAILED')
      ? new ConnectionClosedError(this.#connection.name)
      : explained
  }
}

const isExpected = ({ expected }: SentCommand, error: Error): boolean =>
  expected !== undefined && isRedisError(error, expected)

import { channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import { checkOptions } from '../config/call-checks.js'
import { InvalidArgumentError } from '../errors.js'
import type { CommandEvent, CommandListener, ListenOptions } from './commands.js'

/** What a listener is told; `error` for `error`, `reconnecting` and `close` where there is a reason. */
export interface ConnectionEvent {
  connection: string
  error?: Error
}

/**
 * `connect`: the socket is open. `ready`: commands flow. `error`: once per outage, and for each failing
 * subscription handler. `reconnecting`: a retry is scheduled. `close`: the connection is gone.
 */
export type ConnectionEventName = 'connect' | 'ready' | 'error' | 'reconnecting' | 'close'

/** The diagnostics channel of connections: each event with its name as `event`. */
export const CONNECTION_CHANNEL = 'gravito:redis:connection'

type Hearing = (event: CommandEvent, waits: boolean) => void

const connectionChannel = channel(CONNECTION_CHANNEL)

/** Listeners of one connection, or of a manager over its connections; an `error` nobody hears becomes a process warning. */
export class ConnectionEvents {
  readonly #emitter = new EventEmitter().setMaxListeners(0)
  readonly #manager: ConnectionEvents | undefined
  readonly #listeners = new Map<object, Hearing>()

  constructor(manager?: ConnectionEvents) {
    this.#manager = manager
  }

  on(event: ConnectionEventName, listener: (event: ConnectionEvent) => void): void {
    this.#emitter.on(event, listener)
  }

  off(event: ConnectionEventName, listener: (event: ConnectionEvent) => void): void {
    this.#emitter.off(event, listener)
  }

  /** Is anybody listening, here or at the manager? */
  heard(event: ConnectionEventName): boolean {
    return this.#emitter.listenerCount(event) > 0 || this.#manager?.heard(event) === true
  }

  /** Call `listener` with commands; the result takes it away. What it throws is reported as an `error`. */
  listen(listener: CommandListener, options: ListenOptions = {}): () => void {
    if (typeof listener !== 'function')
      throw new InvalidArgumentError('listener', 'must be a function', 'listen')
    checkOptions('listen', options)
    const { slowerThan, failed } = options
    const token = {}
    this.#listeners.set(token, (event, waits) => {
      if (slowerThan !== undefined && (waits || event.durationMs < slowerThan)) return
      if (failed && !event.error) return
      try {
        listener(event)
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown))
        this.emit('error', { connection: event.connection, error })
      }
    })
    return () => this.#listeners.delete(token)
  }

  /** Does anybody listen to commands, here or at the manager? */
  get listened(): boolean {
    return this.#listeners.size > 0 || this.#manager?.listened === true
  }

  /** Tell a command to whoever listens; does it wait for data on purpose? */
  command(event: CommandEvent, waits: boolean): void {
    for (const listener of this.#listeners.values()) listener(event, waits)
    this.#manager?.command(event, waits)
  }

  emit(event: ConnectionEventName, detail: ConnectionEvent): void {
    if (connectionChannel.hasSubscribers) connectionChannel.publish({ event, ...detail })
    if (this.heard(event)) this.#deliver(event, detail)
    else if (event === 'error' && detail.error) process.emitWarning(detail.error)
  }

  #deliver(event: ConnectionEventName, detail: ConnectionEvent): void {
    if (this.#emitter.listenerCount(event) > 0) this.#emitter.emit(event, detail)
    if (this.#manager) this.#manager.#deliver(event, detail)
  }
}

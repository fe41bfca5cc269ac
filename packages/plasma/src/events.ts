import { EventEmitter } from 'node:events'

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

/** Listeners of one connection, or of a manager over its connections; an `error` nobody hears becomes a process warning. */
export class ConnectionEvents {
  readonly #emitter = new EventEmitter().setMaxListeners(0)
  readonly #manager: ConnectionEvents | undefined

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

  emit(event: ConnectionEventName, detail: ConnectionEvent): void {
    if (this.heard(event)) this.#deliver(event, detail)
    else if (event === 'error' && detail.error) process.emitWarning(detail.error)
  }

  #deliver(event: ConnectionEventName, detail: ConnectionEvent): void {
    if (this.#emitter.listenerCount(event) > 0) this.#emitter.emit(event, detail)
    if (this.#manager) this.#manager.#deliver(event, detail)
  }
}

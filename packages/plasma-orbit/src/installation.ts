import { type ConnectionEvent, isRedisError, Redis, type RedisManager } from '@gravito/plasma'
import type { GravitoLogger } from './gravito.js'
import type { Services } from './services.js'

/** The last replies have so long, whatever the leases took. */
const MIN_CLOSE_MS = 500
const POLL_MS = 10

/** One core's manager and services, and who hears of outages. */
export class Installation {
  readonly manager: RedisManager
  /** What is given to core and requests, by name. */
  readonly exposed = new Map<string, unknown>()
  services: Services = {}
  readonly #logger: GravitoLogger
  readonly #shutdownTimeoutMs: number
  readonly #away = new Set<string>()
  #closing: Promise<void> | undefined
  #isOver = false
  /** Called when it closes. */
  onClose: () => void = () => undefined

  constructor(manager: RedisManager, logger: GravitoLogger, shutdownTimeoutMs: number) {
    this.manager = manager
    this.#logger = logger
    this.#shutdownTimeoutMs = shutdownTimeoutMs
  }

  /** Are the connections closing? Until then requests are served. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Log that an optional connection could not be opened. */
  missed(name: string, error: Error): void {
    this.#away.add(name)
    this.#logger.warn(`${error.message} (optional: boot goes on, the next command tries again)`)
  }

  /** Log when a connection is lost and when it is back. */
  report(): void {
    if (this.#closing) return
    this.manager.on('error', this.#lost).on('ready', this.#back)
  }

  /** Once: afterwards the facade may be somebody else's. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const deadline = performance.now() + this.#shutdownTimeoutMs
    this.onClose()
    await this.#drain(deadline)
    this.#isOver = true
    this.manager.off('error', this.#lost).off('ready', this.#back)
    const timeoutMs = Math.ceil(Math.max(MIN_CLOSE_MS, deadline - performance.now()))
    await this.manager.disconnect(undefined, { timeoutMs })
    if (this.manager === Redis) await this.manager.reset()
  }

  /** Wait until nobody holds a lock; who still does at the deadline is left to it, and the lock to its ttl. */
  async #drain(deadline: number): Promise<void> {
    const { locks } = this.services
    while (locks && locks.held > 0) {
      if (performance.now() >= deadline) {
        this.#logger.warn(
          `OrbitPlasma: ${locks.held === 1 ? '1 lock is' : `${locks.held} locks are`} held after ${this.#shutdownTimeoutMs} ms (shutdownTimeoutMs), until the ttl ends`,
        )
        return
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }

  readonly #lost = ({ connection, error }: ConnectionEvent): void => {
    // One connection may have several sockets, which are lost together; what a handler threw is no loss.
    if (isRedisError(error, 'CONNECTION_FAILED')) {
      if (this.#away.has(connection)) return
      this.#away.add(connection)
    }
    this.#logger.warn(error?.message ?? `Redis connection "${connection}" failed`)
  }

  readonly #back = ({ connection }: ConnectionEvent): void => {
    if (this.#away.delete(connection)) this.#logger.info(`Redis connection "${connection}" is back`)
  }
}

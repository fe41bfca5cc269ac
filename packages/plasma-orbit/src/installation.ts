import { type ConnectionEvent, Redis, type RedisManager } from '@gravito/plasma'
import type { GravitoLogger } from './gravito.js'

/** One core's manager, and who hears of its outages. */
export class Installation {
  readonly manager: RedisManager
  readonly #logger: GravitoLogger
  readonly #away = new Set<string>()
  #closing: Promise<void> | undefined

  constructor(manager: RedisManager, logger: GravitoLogger) {
    this.manager = manager
    this.#logger = logger
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** Log that an optional connection could not be opened. */
  missed(name: string, error: Error): void {
    this.#away.add(name)
    this.#logger.warn(`${error.message} (optional: boot goes on, the next command tries again)`)
  }

  /** Log when a connection is lost and when it is back. */
  report(): void {
    if (this.closed) return
    this.manager.on('error', this.#lost).on('ready', this.#back)
  }

  /** Once: afterwards the facade may be somebody else's. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.manager.off('error', this.#lost).off('ready', this.#back)
    await (this.manager === Redis ? this.manager.reset() : this.manager.disconnect())
  }

  readonly #lost = ({ connection, error }: ConnectionEvent): void => {
    this.#away.add(connection)
    this.#logger.warn(error?.message ?? `Redis connection "${connection}" failed`)
  }

  readonly #back = ({ connection }: ConnectionEvent): void => {
    if (this.#away.delete(connection)) this.#logger.info(`Redis connection "${connection}" is back`)
  }
}

import {
  ConnectionClosedError,
  type Key,
  type RedisClient,
  type Script,
  type Value,
} from '@gravito/plasma'
import { isOver, onEnd, ownerOf } from '../redis/owner.js'
import type { LocksClient } from '../redis/store.js'

/** Bridges the time between two users. */
const LINGER_MS = 1_000

/**
 * A connection of the locks' own, so that nothing the user sends (BLPOP, a long pipeline, MULTI) delays a renewal.
 * It opens with its first command, and closes soon after its last user, or with the user's own client.
 */
export class SideConnection {
  readonly #client: LocksClient
  #copy: RedisClient | undefined
  #users = 0
  #closing: NodeJS.Timeout | undefined
  #forget = () => {}

  constructor(client: LocksClient) {
    this.#client = client
  }

  /** Has the user closed the client? */
  get isOver(): boolean {
    try {
      return isOver(ownerOf(this.#client))
    } catch {
      // A manager that was reset.
      return true
    }
  }

  /** Somebody will send commands; every call needs one of `leave`. */
  enter(): void {
    this.#users++
    clearTimeout(this.#closing)
  }

  leave(): void {
    if (--this.#users > 0 || !this.#copy) return
    clearTimeout(this.#closing)
    this.#closing = setTimeout(() => this.#close(), LINGER_MS).unref()
  }

  /** Run a script here, or, with `onMain`, over the user's connection. */
  async run<Reply>(
    script: Script<readonly Key[], readonly Value[], Reply>,
    keys: readonly Key[],
    args: readonly Value[],
    { timeoutMs, onMain = false }: { timeoutMs: number; onMain?: boolean },
  ): Promise<Reply> {
    const client = onMain ? this.#client : this.#opened()
    return client.with({ commandTimeout: timeoutMs }).run(script, keys, args)
  }

  /** How many replicas have what was written here before, after `timeoutMs` at most. */
  async replicas(wanted: number, timeoutMs: number): Promise<number> {
    return this.#opened().wait(wanted, timeoutMs)
  }

  #opened(): RedisClient {
    if (this.#copy) return this.#copy
    const main = ownerOf(this.#client)
    if (isOver(main)) throw new ConnectionClosedError(main.name)
    const copy = main.duplicate()
    // What happens here happens to the user's connection too, which reports it.
    copy.on('error', () => undefined)
    this.#copy = copy
    this.#forget = onEnd(main.ioredis, () => this.#close())
    return copy
  }

  #close(): void {
    clearTimeout(this.#closing)
    this.#forget()
    this.#copy?.disconnect({ timeoutMs: 100 }).catch(() => undefined)
    this.#copy = undefined
  }
}

import { escapedName } from '../redis/keys.js'
import type { LocksClient } from '../redis/store.js'
import { ATTEMPT, RESERVE, SET_COUNT, UNRESERVE } from '../scripts/rate-limit.js'

/** Allowed (1 or 0), what remains, ms until the limit is whole, ms until the same amount fits. */
export type Verdict = [allowed: number, remaining: number, wholeMs: number, retryAfterMs: number]

/** What an attempt asks. */
export interface Spending {
  algorithm: string
  limit: number
  windowMs: number
  cost: number
  /** False only looks. */
  spend: boolean
}

/** The limits of one client and prefix, a command at a time. Different ids of one limit may live on different nodes. */
export class LimitStore {
  readonly #client: LocksClient
  readonly #prefix: string

  constructor(client: LocksClient, prefix: string) {
    this.#client = client
    this.#prefix = prefix
  }

  key(name: string, id: string, algorithm: string): string {
    return `${this.#prefix}:limit:${algorithm}:${escapedName(name)}:{${escapedName(id)}}`
  }

  attempt(key: string, { algorithm, limit, windowMs, cost, spend }: Spending): Promise<Verdict> {
    return this.#client.run(ATTEMPT, [key], [algorithm, limit, windowMs, cost, spend ? 1 : 0])
  }

  /** Count one; resolves with the count before it. */
  reserve(key: string, ttlMs: number): Promise<number> {
    return this.#client.run(RESERVE, [key], [ttlMs])
  }

  async unreserve(key: string): Promise<void> {
    await this.#client.run(UNRESERVE, [key], [])
  }

  async setCount(key: string, count: number, ttlMs: number): Promise<void> {
    await this.#client.run(SET_COUNT, [key], [count, ttlMs])
  }

  async clear(key: string): Promise<void> {
    await this.#client.unlink(key)
  }
}

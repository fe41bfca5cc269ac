import { type LockStoreError, LockTimeoutError, storeError } from '../errors.js'
import type { LockKeys } from '../redis/keys.js'
import { settles } from '../settles.js'
import type { Lines } from './lines.js'
import type { Given, Waiter } from './waiter.js'

const STORE_RETRY_MS = 100

/** How long somebody waits. */
interface Patience {
  readonly waitMs: number
  readonly signal: AbortSignal | undefined
}

/** One waiter's wait for one lock: when to ask Redis, when to sleep, and when it is over. */
export class Wait {
  /** It was not free at once. */
  isContended = false
  readonly #lines: Lines
  readonly #name: string
  readonly #keys: LockKeys
  readonly #waiter: Waiter
  readonly #patience: Patience
  readonly #until: number
  #questions = 0

  constructor(lines: Lines, name: string, keys: LockKeys, waiter: Waiter, patience: Patience) {
    this.#lines = lines
    this.#name = name
    this.#keys = keys
    this.#waiter = waiter
    this.#patience = patience
    this.#until = performance.now() + patience.waitMs
  }

  /** @throws LockTimeoutError, LockStoreError, or the signal's reason */
  async over(): Promise<Given> {
    const waiter = this.#waiter
    const { waitMs, signal } = this.#patience
    let failure: unknown
    for (let asked = false; ; asked = true) {
      signal?.throwIfAborted()
      if (waiter.failure) throw this.#storeError(waiter.failure)
      const given = waiter.take()
      if (given) {
        this.isContended ||= this.#questions > 1
        return given
      }
      if (asked && this.#leftMs <= 0) {
        if (failure) throw this.#storeError(failure)
        throw new LockTimeoutError(this.#name, waitMs)
      }
      if (!this.#lines.isTurn(this.#keys, waiter)) {
        if (!this.#lines.isListening(this.#keys)) {
          this.#lines.listen(this.#keys).catch(() => undefined)
        }
        this.isContended = true
        await waiter.sleep(this.#leftMs)
      } else if (performance.now() < waiter.askAt) {
        this.isContended = true
        await waiter.sleep(Math.min(this.#leftMs, waiter.askAt - performance.now()))
      } else {
        this.#questions++
        failure = await this.#ask()
      }
    }
  }

  #storeError(cause: unknown): LockStoreError {
    return storeError(this.#name, cause, this.#lines.store.kind.name)
  }

  get #leftMs(): number {
    return this.#until - performance.now()
  }

  /** One question of the head, whose answer the waiter keeps. Resolves with a failure that may pass. */
  async #ask(): Promise<unknown> {
    const waiter = this.#waiter
    const asking = waiter.asking ?? this.#askOnce()
    waiter.asking = asking
    waiter.pending = asking
    if (!(await settles(asking, this.#leftMs, this.#patience.signal))) {
      return new Error(`no answer of Redis within ${this.#patience.waitMs} ms`)
    }
    waiter.asking = undefined
    try {
      await asking
      return undefined
    } catch (failure) {
      if (!this.#lines.store.passes(failure)) throw this.#storeError(failure)
      waiter.askAt = performance.now() + STORE_RETRY_MS
      return failure
    }
  }

  /** The uncontended path needs no subscription; a ticket is written only when its grant can be heard. */
  async #askOnce(): Promise<void> {
    const [waiter, lines, keys] = [this.#waiter, this.#lines, this.#keys]
    if (!lines.isListening(keys)) {
      const sentAt = performance.now()
      const reply = await lines.store.acquire(keys, waiter.id, waiter.ttlMs)
      if (reply !== 'queued' && 'token' in reply) {
        waiter.given = { token: reply.token, sentAt, leaseMs: waiter.ttlMs }
        return
      }
      lines.refused(keys)
      if (waiter.hasLeft || !lines.isTurn(keys, waiter)) return
      await lines.listen(keys)
    }
    if (waiter.hasLeft) return
    const sentAt = performance.now()
    const asked = lines.store.enqueue(keys, waiter)
    waiter.placing(asked, sentAt)
    try {
      waiter.placed(await asked, sentAt)
    } catch (error) {
      waiter.unplaced()
      throw error
    }
  }
}

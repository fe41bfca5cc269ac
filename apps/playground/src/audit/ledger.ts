import type { RedisClient, RedisManager } from '@gravito/plasma'
import { auditKeys } from './keys.js'
import { type Large, withLarge } from './totals.js'

interface Page {
  /** Who wrote it last. */
  worker: string
  largest: Large[]
}

const KEEP_SECONDS = 3_600

/**
 * The largest packages, as one document that is read, changed and written back: two at once would lose an entry,
 * so `enter` belongs under a lock.
 */
export class Ledger {
  readonly #redis: RedisClient | RedisManager
  readonly #key: string

  constructor(redis: RedisClient | RedisManager, id: string) {
    this.#redis = redis
    this.#key = auditKeys(id).largest
  }

  /** Is it large enough? What was read may be old, but the smallest of the largest only grows: a no is final. */
  async qualifies(package_: Large): Promise<boolean> {
    const { directory } = package_
    return withLarge(await this.largest(), package_).some(it => it.directory === directory)
  }

  /** Enter a package; true when another worker wrote last. */
  async enter(worker: string, package_: Large): Promise<boolean> {
    const page = await this.#read()
    const next: Page = { worker, largest: withLarge(page?.largest ?? [], package_) }
    await this.#redis.set(this.#key, JSON.stringify(next), { ex: KEEP_SECONDS })
    return page !== null && page.worker !== worker
  }

  async largest(): Promise<Large[]> {
    return (await this.#read())?.largest ?? []
  }

  async #read(): Promise<Page | null> {
    const text = await this.#redis.get(this.#key)
    return text === null ? null : (JSON.parse(text) as Page)
  }
}

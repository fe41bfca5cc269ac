import { defineScript } from '@gravito/plasma'

/** Delete a key that still holds what is expected. */
export const DELETE_IF = defineScript({
  keys: ['key'],
  args: ['expected'],
  lua: `if redis.call('GET', key) == expected then return redis.call('DEL', key) end return 0`,
  reply: (raw: number) => raw === 1,
})

/** Above so many locks, those that have expired are forgotten. */
const MANY = 1_000

interface OwnLock {
  /** What was written, the newest last. */
  readonly texts: Set<string>
  /** What the reading showed that comes before a release. */
  read: string | undefined
  until: number
}

/**
 * What this process wrote into the locks that it took, so that it gives back these and no others. The document's release
 * reads, compares and deletes; in between the lock may have passed on, within this process too, so that a deletion means
 * what was read before it, and without a reading the newest.
 */
export class OwnLocks {
  readonly #locks = new Map<string, OwnLock>()

  took(key: string, text: string, ttlMs: number | null): void {
    const now = performance.now()
    if (this.#locks.size > MANY) {
      for (const [name, { until }] of this.#locks) if (until < now) this.#locks.delete(name)
    }
    const until = now + (ttlMs ?? Number.POSITIVE_INFINITY)
    const lock = this.#locks.get(key) ?? { texts: new Set(), read: undefined, until }
    lock.texts.add(text)
    lock.until = until
    this.#locks.set(key, lock)
  }

  read(key: string, text: string): void {
    const lock = this.#locks.get(key)
    if (lock?.texts.has(text)) lock.read = text
  }

  /** What the lock must hold to be given back, each time once; `undefined` when it was never this process' own. */
  ticket(key: string): string | undefined {
    const lock = this.#locks.get(key)
    if (!lock) return undefined
    const ticket = lock.read ?? [...lock.texts].at(-1)
    lock.read = undefined
    if (ticket !== undefined) lock.texts.delete(ticket)
    if (lock.texts.size === 0) this.#locks.delete(key)
    return ticket
  }
}

import { LockTimeoutError } from '@gravito/redis-locks'
import { waitMsOf } from '../../locks/lock.js'
import type { CacheLock } from '../../store/stasis.js'

interface Held {
  readonly owner: object
  readonly endsAt: number
}

/** The locks of a process. */
export class MemoryLocks {
  readonly #held = new Map<string, Held>()
  readonly #waiting = new Map<string, Set<() => void>>()

  /** Milliseconds until the lock may be free, 0 when it was taken. */
  take(name: string, owner: object, ms: number): number {
    const now = Date.now()
    const held = this.#held.get(name)
    if (held && held.endsAt > now) return held.endsAt - now
    this.#held.set(name, { owner, endsAt: now + ms })
    return 0
  }

  giveBack(name: string, owner: object): void {
    if (this.#held.get(name)?.owner !== owner) return
    this.#held.delete(name)
    for (const wake of this.#waiting.get(name) ?? []) wake()
  }

  /** Resolves when the lock was given back, or after `ms`. */
  async change(name: string, ms: number): Promise<void> {
    const waiting = this.#waiting.get(name) ?? new Set()
    this.#waiting.set(name, waiting)
    await new Promise<void>(resolve => {
      const wake = () => {
        clearTimeout(timer)
        waiting.delete(wake)
        if (waiting.size === 0) this.#waiting.delete(name)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      waiting.add(wake)
    })
  }
}

/** A lock of a process, of Stasis' shape. */
export class MemoryLock implements CacheLock {
  #owner: object | undefined

  constructor(
    readonly locks: MemoryLocks,
    readonly name: string,
    readonly ms: number,
  ) {}

  async acquire(): Promise<boolean> {
    const owner = {}
    if (this.locks.take(this.name, owner, this.ms) > 0) return false
    this.#owner = owner
    return true
  }

  async release(): Promise<void> {
    const owner = this.#owner
    this.#owner = undefined
    if (owner) this.locks.giveBack(this.name, owner)
  }

  /** @throws LockTimeoutError when the lock is not free within `seconds` */
  async block<Result>(seconds: number, callback: () => Promise<Result> | Result): Promise<Result> {
    const waitMs = waitMsOf(seconds)
    const until = Date.now() + waitMs
    const owner = {}
    for (;;) {
      const busyMs = this.locks.take(this.name, owner, this.ms)
      if (busyMs === 0) break
      const leftMs = until - Date.now()
      if (leftMs <= 0) throw new LockTimeoutError(this.name, waitMs)
      await this.locks.change(this.name, Math.min(busyMs, leftMs))
    }
    try {
      return await callback()
    } finally {
      this.locks.giveBack(this.name, owner)
    }
  }
}

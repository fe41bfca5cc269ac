import type { LockKeys } from './names.js'
import type { LockStore } from './store.js'

interface Line {
  /** Everybody of this process who waits for the lock, in order of arrival. */
  readonly waiting: Waiter[]
  /** Resolves when Redis tells of every release. */
  listening: Promise<() => Promise<void>> | undefined
}

/** One place in a line. */
export class Waiter {
  #wake: (() => void) | undefined
  #woken = false

  /** Resolves when woken, also when that happened before the call, or after `ms`. */
  async sleep(ms: number): Promise<void> {
    if (!this.#woken) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
        if (Number.isFinite(ms)) timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1))
      })
      clearTimeout(timer)
    }
    this.#woken = false
  }

  wake(): void {
    this.#woken = true
    this.#wake?.()
  }
}

/** The waiters of this process, a line per lock: its head asks Redis, the others wait in memory. */
export class Waiters {
  readonly #store: LockStore
  readonly #lines = new Map<string, Line>()

  constructor(store: LockStore) {
    this.#store = store
  }

  /** Take the last place. */
  join(keys: LockKeys): Waiter {
    const line = this.#lines.get(keys.lock) ?? { waiting: [], listening: undefined }
    this.#lines.set(keys.lock, line)
    const waiter = new Waiter()
    line.waiting.push(waiter)
    return waiter
  }

  isHead(keys: LockKeys, waiter: Waiter): boolean {
    return this.#lines.get(keys.lock)?.waiting[0] === waiter
  }

  /** From now on a release wakes the head of the line. Resolves with true when that was not so before. */
  async listen(keys: LockKeys): Promise<boolean> {
    const line = this.#lines.get(keys.lock)
    if (!line) return false
    const already = line.listening !== undefined
    line.listening ??= this.#store.onRelease(keys, () => line.waiting[0]?.wake())
    try {
      await line.listening
    } catch (error) {
      line.listening = undefined
      throw error
    }
    return !already
  }

  /** Leave the line, from any place; the next head is woken. */
  leave(keys: LockKeys, waiter: Waiter): void {
    const line = this.#lines.get(keys.lock)
    if (!line) return
    line.waiting.splice(line.waiting.indexOf(waiter), 1)
    line.waiting[0]?.wake()
    if (line.waiting.length > 0) return
    this.#lines.delete(keys.lock)
    line.listening?.then(stop => stop()).catch(() => undefined)
  }
}

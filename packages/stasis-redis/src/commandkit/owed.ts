/** So many deletions are remembered one by one; with more, everything is removed. */
const MOST = 10_000

/** Deletions that Redis has not confirmed; they come before anything else. */
export class Owed {
  #keys = new Set<string>()
  #everything = false
  #settling: Promise<void> | undefined

  add(key: string): void {
    if (this.#everything) return
    this.#keys.add(key)
    if (this.#keys.size > MOST) this.all()
  }

  all(): void {
    this.#keys.clear()
    this.#everything = true
  }

  /** Delete what is owed; when that fails it stays owed. */
  async settle(
    remove: (keys: string[]) => Promise<unknown>,
    removeAll: () => Promise<unknown>,
  ): Promise<void> {
    while (this.#settling) await this.#settling
    if (!this.#everything && this.#keys.size === 0) return
    this.#settling = this.#settle(remove, removeAll).finally(() => {
      this.#settling = undefined
    })
    await this.#settling
  }

  async #settle(
    remove: (keys: string[]) => Promise<unknown>,
    removeAll: () => Promise<unknown>,
  ): Promise<void> {
    const keys = [...this.#keys]
    const everything = this.#everything
    this.#keys = new Set()
    this.#everything = false
    try {
      await (everything ? removeAll() : remove(keys))
    } catch (error) {
      if (everything) this.all()
      else for (const key of keys) this.add(key)
      throw error
    }
  }
}

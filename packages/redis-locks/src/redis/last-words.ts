import type { Key, RedisClient, Script, Value } from '@gravito/plasma'

const ANSWER_MS = 1_000
const CLOSE_MS = 100

/** What a closed client has still to tell Redis, over a connection that lasts as long as that takes. */
export class LastWords {
  #copy: RedisClient | undefined
  #underWay = 0

  async run<K extends readonly Key[], A extends readonly Value[], Reply>(
    owner: RedisClient,
    script: Script<K, A, Reply>,
    keys: K,
    args: A,
  ): Promise<Reply> {
    const copy = this.#copy ?? owner.duplicate()
    // The user has closed what could report it.
    if (!this.#copy) copy.on('error', () => undefined)
    this.#copy = copy
    this.#underWay++
    try {
      return await copy.with({ commandTimeout: ANSWER_MS }).run(script, keys, args)
    } finally {
      if (--this.#underWay === 0) {
        this.#copy = undefined
        copy.disconnect({ timeoutMs: CLOSE_MS }).catch(() => undefined)
      }
    }
  }
}

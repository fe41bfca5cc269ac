import type { Key, RedisClient, Script, Value } from '@gravito/plasma'

const ANSWER_MS = 1_000
const CLOSE_MS = 100

/** What a closed client has still to tell Redis, over a connection that lasts as long as that takes. */
class LastWords {
  readonly #owner: RedisClient
  #copy: RedisClient | undefined
  #underWay = 0

  constructor(owner: RedisClient) {
    this.#owner = owner
  }

  async run<K extends readonly Key[], A extends readonly Value[], Reply>(
    script: Script<K, A, Reply>,
    keys: K,
    args: A,
  ): Promise<Reply> {
    const copy = this.#copy ?? this.#owner.duplicate()
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

const all = new WeakMap<RedisClient, LastWords>()

/** Those of a client, whatever is made of it. */
export function lastWordsOf(owner: RedisClient): LastWords {
  const words = all.get(owner) ?? new LastWords(owner)
  all.set(owner, words)
  return words
}

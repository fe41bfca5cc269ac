import type { KeySpace } from './keys.js'
import { justWritten, readTags, type TaggedName } from './tagged-keys.js'

const MOST = 10_000
const LONGEST = 500

/** What keys mean to one store that looks the same ones up again and again. */
export class Names {
  readonly #keys: KeySpace
  #plain = new Map<string, TaggedName>()
  /** By name: to look up a key that was just put together is to read all of it. */
  #tagged = new WeakMap<readonly string[], Map<string, TaggedName>>()
  #size = 0

  constructor(keys: KeySpace) {
    this.#keys = keys
  }

  of(key: string): TaggedName {
    const written = justWritten(key)
    if (!written) return this.#in(this.#plain, key)
    return this.#in(this.#with(written.tags), written.name, written)
  }

  #in(names: Map<string, TaggedName>, id: string, meaning?: TaggedName): TaggedName {
    const known = names.get(id)
    if (known) return known
    const { name, tags } = meaning ?? readTags(id)
    const found = { name, tags, place: this.#keys.entry({ name, tags }) }
    if (id.length > LONGEST) return found
    if (++this.#size > MOST) this.#clear()
    else names.set(id, found)
    return found
  }

  #with(tags: readonly string[]): Map<string, TaggedName> {
    let names = this.#tagged.get(tags)
    if (!names) {
      names = new Map()
      this.#tagged.set(tags, names)
    }
    return names
  }

  #clear(): void {
    this.#plain = new Map()
    this.#tagged = new WeakMap()
    this.#size = 0
  }
}

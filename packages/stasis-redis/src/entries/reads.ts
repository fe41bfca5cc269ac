import type { Access } from '../availability/access.js'
import type { NearEntry } from '../near/memory.js'
import { copyPlain, freezePlain, isShareable, plainBytes } from '../near/sharing.js'
import type { Counts } from '../observability/stats.js'
import { graceOf, isGrace } from '../values/envelope.js'
import type { Values } from '../values/values.js'
import type { Entries } from './entries.js'
import type { TaggedName } from './tagged-keys.js'

/** Reads of values: from this process if it has them, or from Redis; a miss while that is away. */
export class Reads {
  readonly #entries: Entries
  readonly #access: Access
  readonly #values: Values
  readonly #counts: Counts
  readonly #frozen: boolean

  /** @param frozen may everybody get the same value of the near cache, frozen? */
  constructor(entries: Entries, access: Access, values: Values, counts: Counts, frozen: boolean) {
    this.#entries = entries
    this.#access = access
    this.#values = values
    this.#counts = counts
    this.#frozen = frozen
  }

  get<Value>(name: TaggedName): Promise<Value | null> {
    const near = this.#peek(name)
    return near ? Promise.resolve(this.#near<Value>(name, near)) : this.#fetch<Value>(name)
  }

  async #fetch<Value>(name: TaggedName): Promise<Value | null> {
    const text = await this.#access.read(name, () => this.#entries.read(name), null)
    return this.value<Value>(name, isTimed(text) ? await this.#inTime(name, text) : text)
  }

  /** By position. */
  async many<Value>(names: readonly TaggedName[]): Promise<(Value | null)[]> {
    const values: (Value | null)[] = []
    const asked: TaggedName[] = []
    const places: number[] = []
    for (const name of names) {
      const near = this.#peek(name)
      if (near) values.push(this.#near<Value>(name, near))
      else if (this.#access.waits(name)) values.push(this.value<Value>(name, null))
      else {
        places.push(values.length)
        asked.push(name)
        values.push(null)
      }
    }
    const [first] = asked
    if (!first) return values
    const texts = await this.#access.read(first, () => this.#entries.readAll(asked), [])
    if (texts.some(isTimed)) await this.#leaveInTime(asked, texts)
    for (let i = 0; i < asked.length; i++)
      values[places[i] as number] = this.value<Value>(asked[i] as TaggedName, texts[i] ?? null)
    return values
  }

  async has(name: TaggedName): Promise<boolean> {
    if (this.#peek(name)) return true
    return this.#access.read(name, () => this.#entries.exists(name), false)
  }

  /** The value of a text of Redis, counted. */
  value<Value>(name: TaggedName, text: string | null): Value | null {
    const value = text === null ? null : this.#values.read(name.name, text)
    return this.#counted<Value>(name, value, false)
  }

  /** The value of an entry in this process, counted when there is one; `null` when it has to be read. */
  near<Value>(name: TaggedName): Value | null {
    const near = this.#peek(name)
    const value = near ? this.share<Value>(name, near) : null
    if (value !== null) this.#counts.hit(name.name, true)
    return value
  }

  /** The value of an entry in this process, `null` when it cannot be read: a copy, unless nobody can change it. */
  share<Value>(name: TaggedName, near: NearEntry): Value | null {
    try {
      return (this.#shared(name, near) ?? null) as Value | null
    } catch {
      return null
    }
  }

  /** An entry of this process that is within its time. */
  #peek(name: TaggedName): NearEntry | undefined {
    const near = this.#entries.peek(name)
    if (!near) return undefined
    const graceMs = graceOf(near.text, near.skip)
    return graceMs > 0 && near.expires - performance.now() <= graceMs ? undefined : near
  }

  /** `null` instead of each in its grace. */
  async #leaveInTime(names: readonly TaggedName[], texts: (string | null)[]): Promise<void> {
    const inTime = texts.map((text, i) =>
      isTimed(text) ? this.#inTime(names[i] as TaggedName, text) : text,
    )
    for (const [i, text] of (await Promise.all(inTime)).entries()) texts[i] = text
  }

  /** `null` for an entry in its grace, which is there for when its factory fails. */
  async #inTime(name: TaggedName, text: string): Promise<string | null> {
    const leftMs = await this.#access.read(name, () => this.#entries.leftMs(name), 0)
    return isGrace(graceOf(text), leftMs) ? null : text
  }

  #near<Value>(name: TaggedName, near: NearEntry): Value | null {
    return this.#counted<Value>(name, this.#shared(name, near), true)
  }

  #shared(name: TaggedName, near: NearEntry): unknown {
    if (near.value !== undefined) return near.value
    if (near.model !== undefined) return copyPlain(near.model)
    const text = near.skip === 0 ? near.text : near.text.slice(near.skip)
    const value = this.#values.read(name.name, text)
    if (isShareable(value)) near.value = value
    else if (value !== undefined) this.#keep(name, near, value as object)
    return value
  }

  /** Keep what saves reading the text again: the value itself where it may be frozen, or one to copy. */
  #keep(name: TaggedName, near: NearEntry, value: object): void {
    if (!this.#frozen && !this.#values.isOwnFormat) return
    const bytes = plainBytes(value)
    if (Number.isNaN(bytes)) return
    if (this.#frozen) freezePlain(value)
    if (!this.#entries.grow(name, near, bytes)) return
    if (this.#frozen) near.value = value
    else near.model = copyPlain(value)
  }

  #counted<Value>({ name }: TaggedName, value: unknown, near: boolean): Value | null {
    if (value === null || value === undefined) {
      this.#counts.miss(name)
      return null
    }
    this.#counts.hit(name, near)
    return value as Value
  }
}

const isTimed = (text: string | null): text is string => text !== null && graceOf(text) > 0

import { createHash } from 'node:crypto'
import { remember } from './memo.js'
import type { TaggedName } from './tagged-keys.js'

const LONGEST_BYTES = 200
const KEPT_CHARACTERS = 64
/** Half a character: UTF-8 would turn all of them into the same replacement character. */
const HALF_CHARACTER = /\p{Surrogate}/gu
/** Redis would take `{}` for no hash tag, and an entry would not share the slot of its lease. */
const BRACE_AT_START = /^\}+/
const CLOSING_BRACE = 0x7d
const DIGEST_AT_END = /#[0-9a-f]{64}$/

/** How leases, entries and tokens start, behind the prefix. */
const OWN = /^(?:f?[vg]:\{|t:)/

/** Where a store keeps what; entries, tokens and locks can never meet, whatever a key is called. */
export class KeySpace {
  readonly #untagged: string
  readonly #tagged: string
  readonly #tokens = new Map<string, string>()
  readonly #lists = new WeakMap<readonly string[], string>()

  constructor(readonly prefix: string) {
    this.#untagged = `${prefix}v:{`
    this.#tagged = `${prefix}g:{`
  }

  entry({ name, tags, place }: TaggedName): string {
    if (place !== undefined) return place
    if (tags.length === 0) return `${this.#untagged}${shortened(name)}}`
    const list = this.#list(tags)
    const isShort = list.length + name.length <= KEPT_CHARACTERS && isSimple(name)
    return `${this.#tagged}${isShort ? list + name : shortened(list + name)}}`
  }

  /** Where it says who computes the entry: in the entry's slot of a Cluster. */
  lease(name: TaggedName): string {
    return `${this.prefix}f${this.entry(name).slice(this.prefix.length)}`
  }

  token(tag: string): string {
    let token = this.#tokens.get(tag)
    if (token === undefined) {
      token = `${this.prefix}t:${shortened(tag)}`
      remember(this.#tokens, tag, token)
    }
    return token
  }

  /** Tags in front of a name: letters, digits and signs of ASCII. */
  #list(tags: readonly string[]): string {
    let list = this.#lists.get(tags)
    if (list === undefined) {
      list = `${tags.map(tag => encodeURIComponent(shortened(tag))).join(',')}:`
      this.#lists.set(tags, list)
    }
    return list
  }

  /** In front of the tokens, and of entries without and with tags. */
  get tokens(): string {
    return `${this.prefix}t:`
  }

  get values(): string[] {
    return [`${this.prefix}v:`, `${this.prefix}g:`]
  }

  /** What a flush changes, so that no computation from before it is kept. */
  get generation(): string {
    return `${this.prefix}n`
  }

  get locks(): string {
    return `${this.prefix}l`
  }

  /** A glob over the leases. */
  get leases(): string {
    return `${escapeGlob(this.prefix)}f[vg]:{*`
  }

  /** A glob over the entries and tokens. */
  get flushed(): string {
    return `${escapeGlob(this.prefix)}[vgt]:*`
  }

  /** A glob over the leases, entries and tokens, and over what `isOwn` refuses. */
  get all(): string {
    return `${escapeGlob(this.prefix)}[vgtf]*`
  }

  /** Is it a lease, an entry or a token? */
  isOwn(key: string): boolean {
    return OWN.test(key.slice(this.prefix.length, this.prefix.length + 4))
  }

  /** A glob over the untagged entries whose names match. */
  entries(glob: string): string {
    return `${escapeGlob(this.prefix)}v:{${glob}}`
  }

  nameOf(entry: string): string {
    return entry.slice(this.prefix.length + 3, -1)
  }
}

/** A text that a glob matches literally. */
export const escapeGlob = (text: string): string => text.replace(/[\\*?[\]^]/g, '\\$&')

/** Most names need no closer look: too short for a digest, and of at most 200 bytes whatever they are made of. */
const isSimple = (name: string): boolean =>
  name.length <= KEPT_CHARACTERS && name.charCodeAt(0) !== CLOSING_BRACE && name.isWellFormed()

/**
 * A name of at most 200 bytes that UTF-8 can hold. Long ones keep their start for the reader and get a digest; so
 * does a name that ends like one, or it could meet a long name's short form, and one that starts with a brace.
 */
function shortened(name: string): string {
  if (isSimple(name)) return name
  const fits = Buffer.byteLength(name) <= LONGEST_BYTES
  const taggable = !name.startsWith('}')
  if (fits && taggable && name.isWellFormed() && !DIGEST_AT_END.test(name)) return name
  const digest = createHash('sha256').update(name, 'utf16le').digest('hex')
  return `${name.slice(0, KEPT_CHARACTERS).replace(HALF_CHARACTER, '').replace(BRACE_AT_START, '')}#${digest}`
}

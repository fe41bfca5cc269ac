import { createHash } from 'node:crypto'
import { InvalidArgumentError } from '@gravito/plasma'

/** Between the parts of a key that carries its tags. */
const MARK = '\u0000tags\u0000'
const LONGEST_BYTES = 200
/** Most names, which need no closer look. */
const SIMPLE = /^[\w:./ -]+$/
const KEPT_CHARACTERS = 64
/** No UTF-16 unit takes more bytes of UTF-8. */
const BYTES_PER_CHARACTER = 3
/** Half a character: UTF-8 would turn all of them into the same replacement character. */
const HALF_CHARACTER = /\p{Surrogate}/gu
/** Redis would take `{}` for no hash tag, and an entry would not share the slot of its lease. */
const BRACE_AT_START = /^\}+/
const DIGEST_AT_END = /#[0-9a-f]{64}$/

/** How leases, entries and tokens start, behind the prefix. */
const OWN = /^(?:f?[vg]:\{|t:)/

const NO_TAGS: readonly string[] = []

/** What a key of Stasis means: its name and the tags that `tagKey` put in. */
export interface TaggedName {
  readonly name: string
  readonly tags: readonly string[]
  /** Where one store keeps it, when that is known. */
  readonly place?: string
}

/** What tells an entry from any other of its store. */
export const idOf = ({ name, tags }: TaggedName): string => JSON.stringify([name, tags])

/** A key that carries its tags, sorted and each once, so that their order does not matter. */
export function writeTags(key: string, tags: readonly string[]): string {
  checkTags(tags)
  if (tags.length === 0) {
    checkName('key', key)
    return key
  }
  const { name, tags: inner } = readTags(key)
  return MARK + (inner.length === 0 ? listOf(tags) : sorted([...inner, ...tags])) + MARK + name
}

/** The opposite of `writeTags`; what a repository put in front stays in front of the name. */
export function readTags(key: string): TaggedName {
  checkName('key', key)
  const start = key.indexOf(MARK)
  const end = start < 0 ? -1 : key.indexOf(MARK, start + MARK.length)
  const tags = end < 0 ? undefined : tagsIn(key.slice(start + MARK.length, end))
  if (!tags) return { name: key, tags: NO_TAGS }
  return { name: key.slice(0, start) + key.slice(end + MARK.length), tags }
}

/** @throws InvalidArgumentError unless each is a text that is not empty */
export function checkTags(tags: readonly string[]): void {
  if (!Array.isArray(tags)) throw new InvalidArgumentError('tags', 'must be a list of texts')
  for (const tag of tags) checkName('tag', tag)
}

/** Where a store keeps what; entries, tokens and locks can never meet, whatever a key is called. */
export class KeySpace {
  readonly #tokens = new Map<string, string>()
  readonly #lists = new WeakMap<readonly string[], string>()

  constructor(readonly prefix: string) {}

  entry({ name, tags, place }: TaggedName): string {
    if (place !== undefined) return place
    if (tags.length === 0) return `${this.prefix}v:{${shortened(name)}}`
    return `${this.prefix}g:{${shortened(`${this.#list(tags)}:${name}`)}}`
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

  #list(tags: readonly string[]): string {
    let list = this.#lists.get(tags)
    if (list === undefined) {
      list = tags.map(tag => encodeURIComponent(shortened(tag))).join(',')
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

const MOST_NAMES = 10_000

/** What keys mean to one store that looks the same ones up again and again. */
export class Names {
  readonly #keys: KeySpace
  readonly #known = new Map<string, TaggedName>()

  constructor(keys: KeySpace) {
    this.#keys = keys
  }

  of(key: string): TaggedName {
    const known = this.#known.get(key)
    if (known) return known
    const { name, tags } = readTags(key)
    const found = { name, tags, place: this.#keys.entry({ name, tags }) }
    if (this.#known.size >= MOST_NAMES) this.#known.clear()
    if (key.length <= LONGEST_REMEMBERED) this.#known.set(key, found)
    return found
  }
}

/** A text that a glob matches literally. */
export const escapeGlob = (text: string): string => text.replace(/[\\*?[\]^]/g, '\\$&')

/**
 * A name of at most 200 bytes that UTF-8 can hold. Long ones keep their start for the reader and get a digest; so
 * does a name that ends like one, or it could meet a long name's short form, and one that starts with a brace.
 */
function shortened(name: string): string {
  if (name.length <= LONGEST_BYTES && SIMPLE.test(name)) return name
  const fits =
    name.length * BYTES_PER_CHARACTER <= LONGEST_BYTES || Buffer.byteLength(name) <= LONGEST_BYTES
  const taggable = !name.startsWith('}')
  if (fits && taggable && name.search(HALF_CHARACTER) < 0 && !DIGEST_AT_END.test(name)) return name
  const digest = createHash('sha256').update(name, 'utf16le').digest('hex')
  return `${name.slice(0, KEPT_CHARACTERS).replace(HALF_CHARACTER, '').replace(BRACE_AT_START, '')}#${digest}`
}

/** The tags of a marked key, `undefined` when a key only looks like one. */
function tagsIn(list: string): readonly string[] | undefined {
  const known = lists.get(list)
  if (known) return known
  try {
    const tags: unknown = JSON.parse(list)
    if (!Array.isArray(tags) || tags.length === 0 || !tags.every(isName)) return undefined
    remember(lists, list, tags)
    return tags
  } catch {
    return undefined
  }
}

/** The tags as text; many keys have the same. */
function listOf(tags: readonly string[]): string {
  const id = tags.join(SEPARATOR)
  const known = written.get(id)
  if (known !== undefined) return known
  const list = sorted(tags)
  if (!tags.some(tag => tag.includes(SEPARATOR))) remember(written, id, list)
  return list
}

const sorted = (tags: readonly string[]): string => JSON.stringify([...new Set(tags)].sort())

const SEPARATOR = '\u0000'
/** The same tags are asked for again and again. */
const written = new Map<string, string>()
const lists = new Map<string, readonly string[]>()
const REMEMBERED = 1_000
const LONGEST_REMEMBERED = 500

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (key.length > LONGEST_REMEMBERED) return
  if (map.size >= REMEMBERED) map.clear()
  map.set(key, value)
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''

function checkName(argument: string, value: unknown): void {
  if (!isName(value)) throw new InvalidArgumentError(argument, 'must be a text that is not empty')
}

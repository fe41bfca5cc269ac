import { createHash } from 'node:crypto'
import { InvalidArgumentError } from '@gravito/plasma'

/** Between the parts of a key that carries its tags. */
const MARK = '\u0000tags\u0000'
const LONGEST_BYTES = 200
const KEPT_CHARACTERS = 64

/** What a key of Stasis means: its name and the tags that `tagKey` put in. */
export interface TaggedName {
  readonly name: string
  readonly tags: readonly string[]
}

/** A key that carries its tags, sorted and each once, so that their order does not matter. */
export function writeTags(key: string, tags: readonly string[]): string {
  checkName('key', key)
  for (const tag of tags) checkName('tag', tag)
  return tags.length === 0 ? key : MARK + JSON.stringify([...new Set(tags)].sort()) + MARK + key
}

/** The opposite of `writeTags`; what a repository put in front stays in front of the name. */
export function readTags(key: string): TaggedName {
  checkName('key', key)
  const [before, tags, ...rest] = key.split(MARK)
  if (tags === undefined || rest.length === 0) return { name: key, tags: [] }
  return { name: before + rest.join(MARK), tags: JSON.parse(tags) as string[] }
}

/** Where a store keeps what; entries, tokens and locks can never meet, whatever a key is called. */
export class KeySpace {
  constructor(readonly prefix: string) {}

  entry({ name, tags }: TaggedName): string {
    if (tags.length === 0) return `${this.prefix}v:${shortened(name)}`
    const list = tags.map(tag => encodeURIComponent(Buffer.from(tag).toString())).join(',')
    return `${this.prefix}g:${shortened(`${list}:${name}`)}`
  }

  token(tag: string): string {
    return `${this.prefix}t:${shortened(tag)}`
  }

  get locks(): string {
    return `${this.prefix}l`
  }

  /** Globs over everything that `flush` removes: entries and tokens, no locks. */
  get flushed(): string[] {
    return ['v', 'g', 't'].map(kind => `${escapeGlob(this.prefix)}${kind}:*`)
  }

  /** A glob over the untagged entries whose names match. */
  entries(glob: string): string {
    return `${escapeGlob(this.prefix)}v:${glob}`
  }

  nameOf(entry: string): string {
    return entry.slice(this.prefix.length + 2)
  }
}

/** A text that a glob matches literally. */
const escapeGlob = (text: string): string => text.replace(/[\\*?[\]^]/g, '\\$&')

/** Long names keep their start for the reader and get a digest. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_BYTES) return name
  return `${name.slice(0, KEPT_CHARACTERS)}#${createHash('sha256').update(name).digest('hex')}`
}

function checkName(argument: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw new InvalidArgumentError(argument, 'must be a text that is not empty')
  }
}

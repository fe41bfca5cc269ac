import { InvalidArgumentError } from '@gravito/plasma'
import { remember } from './memo.js'

/** Between the parts of a key that carries its tags. */
const MARK = '\u0000tags\u0000'
const NO_TAGS: readonly string[] = []

/** What a key of Stasis means: its name and the tags that `tagKey` put in. */
export interface TaggedName {
  readonly name: string
  /** Sorted, each once; equal lists are mostly the same one. */
  readonly tags: readonly string[]
  /** Where one store keeps it, when that is known. */
  readonly place?: string
}

/** What tells an entry from any other of its store: mostly its name. */
export const idOf = ({ name, tags }: TaggedName): string =>
  tags.length === 0 && name.charCodeAt(0) !== 0 ? name : `\u0000${JSON.stringify([name, tags])}`

/** A key that carries its tags, sorted and each once, so that their order does not matter. */
export function writeTags(key: string, tags: readonly string[]): string {
  const list = listOf(tags)
  checkName('key', key)
  if (list === undefined) return key
  if (key.includes(MARK)) {
    const { name, tags: inner } = readTags(key)
    if (inner.length > 0) return writeTags(name, [...inner, ...tags])
  }
  const written = list.mark + key
  last = { key: written, meaning: { name: key, tags: list.tags } }
  return written
}

/** The opposite of `writeTags`; what a repository put in front stays in front of the name. */
export function readTags(key: string): TaggedName {
  const known = justWritten(key)
  if (known) return known
  checkName('key', key)
  const start = key.indexOf(MARK)
  const end = start < 0 ? -1 : key.indexOf(MARK, start + MARK.length)
  const tags = end < 0 ? undefined : tagsIn(key.slice(start + MARK.length, end))
  if (!tags) return { name: key, tags: NO_TAGS }
  return { name: key.slice(0, start) + key.slice(end + MARK.length), tags }
}

/** What the key means that `writeTags` made last; most are read at once. */
export const justWritten = (key: string): TaggedName | undefined =>
  last && last.key === key ? last.meaning : undefined

/** @throws InvalidArgumentError unless each is a text that is not empty */
export function checkTags(tags: readonly string[]): void {
  if (!Array.isArray(tags)) throw new InvalidArgumentError('tags', 'must be a list of texts')
  for (const tag of tags) checkName('tag', tag)
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

let last: { readonly key: string; readonly meaning: TaggedName } | undefined

/** Tags, and what a key that carries them starts with. */
interface TagList {
  readonly tags: readonly string[]
  readonly mark: string
}

/** What follows a tag. */
class Branch {
  readonly next = new Map<string, Branch>()
  list: TagList | undefined
}

/** Two for each of ten thousand lists: an entry often has a tag of its own and one that many have. */
const MOST = 20_000
const LONGEST = 500

/** The same tags are asked for again and again. They are found one by one, which makes no new text. */
let root = new Branch()
let branches = 0

/** `undefined` for no tags. */
function listOf(tags: readonly string[]): TagList | undefined {
  if (!Array.isArray(tags)) throw new InvalidArgumentError('tags', 'must be a list of texts')
  if (tags.length === 0) return undefined
  let branch: Branch | undefined = root
  for (const tag of tags) branch = branch?.next.get(tag)
  return branch?.list ?? newList(tags)
}

function newList(tags: readonly string[]): TagList {
  checkTags(tags)
  const own = [...new Set(tags)].sort()
  const text = JSON.stringify(own)
  const list = { tags: lists.get(text) ?? own, mark: MARK + text + MARK }
  if (list.tags === own) remember(lists, text, own)
  if (Math.max(text.length, tags.length) <= LONGEST) branchOf(tags).list = list
  return list
}

function branchOf(tags: readonly string[]): Branch {
  if (branches > MOST) {
    root = new Branch()
    branches = 0
  }
  return tags.reduce((branch, tag) => {
    const known = branch.next.get(tag)
    if (known) return known
    const grown = new Branch()
    branch.next.set(tag, grown)
    branches++
    return grown
  }, root)
}

const lists = new Map<string, readonly string[]>()

const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''

function checkName(argument: string, value: unknown): void {
  if (!isName(value)) throw new InvalidArgumentError(argument, 'must be a text that is not empty')
}

import {
  type Argument,
  encodeOptions,
  isOptions,
  type Key,
  type Value,
  wholeNumber,
} from './arguments.js'
import { type Mode, type Returns, Sender } from './sender.js'

export type SortOptions = {
  /** Sort by other keys: `weight_*`, or `nosort`. */
  by?: string
  limit?: { offset: number; count: number }
  /** Answer with other keys' values: `name_*`, `#` for the element itself. */
  get?: string | readonly string[]
  order?: 'asc' | 'desc'
  /** Sort as text instead of as numbers. */
  alpha?: boolean
}

export abstract class Sorting<M extends Mode> extends Sender<M> {
  /** The elements of the list, set or sorted set at `key`, sorted. */
  sort(key: Key, options?: SortOptions): Returns<M, (string | null)[]>
  /** In the positional form of ioredis, with `STORE` the number of elements. */
  sort(
    key: Key,
    ...positional: (string | number)[]
  ): Returns<M, (string | null)[]> | Returns<M, number>
  sort(key: Key, ...rest: unknown[]): Returns<M, never> {
    const [options = {}] = rest
    const { args, keys } = isOptions(options) ? sortArguments(key, options) : positional(key, rest)
    return this.send('sort', args, keys)
  }

  /** Like `sort`, which a replica may serve as well, because it cannot store. */
  sortRo(key: Key, options: SortOptions = {}) {
    const { args, keys } = sortArguments(key, options)
    return this.send<(string | null)[]>('sort_ro', args, keys)
  }

  /** Store the sorted elements at `destination`; resolves with how many. */
  sortStore(key: Key, destination: Key, options: SortOptions = {}) {
    const { args, keys } = sortArguments(key, options)
    return this.send<number>('sort', [...args, 'STORE', destination], [...keys, args.length + 1])
  }
}

/** SORT names other keys in BY and GET, unless they say `nosort`, `#` or no star. */
function sortArguments(key: Key, { by, limit, get = [], order, alpha, ...unknown }: SortOptions) {
  const args: Argument[] = [key, ...encodeOptions(unknown, {})]
  const keys = [0]
  const other = (token: string, name: string) => {
    if (name.includes('*')) keys.push(args.length + 1)
    args.push(token, name)
  }
  if (by !== undefined) other('BY', by)
  if (limit)
    args.push(
      'LIMIT',
      wholeNumber('limit.offset', limit.offset),
      wholeNumber('limit.count', limit.count),
    )
  for (const name of [get].flat()) other('GET', name)
  if (order) args.push(order.toUpperCase())
  if (alpha) args.push('ALPHA')
  return { args, keys }
}

/** How many words belong to each word of SORT. */
const WORDS: Readonly<Record<string, number>> = { BY: 1, GET: 1, STORE: 1, LIMIT: 2 }

function positional(key: Key, words: readonly unknown[]) {
  const args = [key, ...(words as Value[])]
  const keys = [0]
  for (let i = 1; i < args.length; i++) {
    const word = String(args[i]).toUpperCase()
    const other = String(args[i + 1])
    if (word === 'STORE' || ((word === 'BY' || word === 'GET') && other.includes('*')))
      keys.push(i + 1)
    i += WORDS[word] ?? 0
  }
  return { args, keys }
}

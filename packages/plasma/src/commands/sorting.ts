import { type Argument, encodeOptions, type Key, wholeNumber } from './arguments.js'
import { type Mode, Sender } from './sender.js'

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
  sort(key: Key, options: SortOptions = {}) {
    const { args, keys } = sortArguments(key, options)
    return this.send<(string | null)[]>('sort', args, keys)
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

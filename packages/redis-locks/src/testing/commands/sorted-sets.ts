import { arg, float, integer, scoreText, slice } from './arguments.js'
import { CommandError, type Keyspace, type SortedSet } from './data.js'
import type { Command, Reply } from './index.js'

type Scored = readonly [member: string, score: number]

const add: Command = (keys, [key = '', ...rest]) => {
  const set = keys.sortedSet(key)
  const flags = new Set<string>()
  while (/^(NX|XX|GT|LT|CH)$/i.test(rest[0] ?? '')) flags.add((rest.shift() ?? '').toUpperCase())
  let [added, changed] = [0, 0]
  for (let at = 0; at < rest.length; at += 2) {
    const [score, member] = [float(arg(rest, at)), arg(rest, at + 1)]
    const old = set.score(member)
    if (old === undefined ? flags.has('XX') : flags.has('NX')) continue
    if (old !== undefined && flags.has('GT') && score <= old) continue
    if (old !== undefined && flags.has('LT') && score >= old) continue
    if (old === undefined) added++
    else if (old !== score) changed++
    set.set(member, score)
  }
  keys.keep(key, set)
  return flags.has('CH') ? added + changed : added
}

/** Is the score within a bound like `5`, `(5` or `-inf`? */
function bound(text: string, isLower: boolean): (score: number) => boolean {
  const isOpen = text.startsWith('(')
  const limit = float(isOpen ? text.slice(1) : text)
  return score => (isLower ? score > limit : score < limit) || (!isOpen && score === limit)
}

function between(set: SortedSet, min: string, max: string): Scored[] {
  const [above, below] = [bound(min, true), bound(max, false)]
  return set.sorted.filter(([, score]) => above(score) && below(score))
}

function shown(found: readonly Scored[], options: readonly string[]): Reply[] {
  const limitAt = options.indexOf('LIMIT')
  const offset = limitAt < 0 ? 0 : integer(arg(options, limitAt + 1))
  const count = limitAt < 0 ? -1 : integer(arg(options, limitAt + 2))
  const part = found.slice(offset, count < 0 ? undefined : offset + count)
  return options.includes('WITHSCORES')
    ? part.flatMap(([member, score]) => [member, scoreText(score)])
    : part.map(([member]) => member)
}

const range: Command = (keys, [key = '', first = '', last = '', ...rest]) => {
  const options = rest.map(it => it.toUpperCase())
  const set = keys.sortedSet(key)
  if (options.includes('BYLEX')) throw new CommandError('ERR the memory server has no BYLEX')
  const isReversed = options.includes('REV')
  if (options.includes('BYSCORE')) {
    const [min, max] = isReversed ? [last, first] : [first, last]
    const found = between(set, min, max)
    return shown(isReversed ? found.toReversed() : found, options)
  }
  const all = isReversed ? set.sorted.toReversed() : set.sorted
  return shown(slice(all, first, last), options)
}

function remove(keys: Keyspace, key: string, found: readonly Scored[]): number {
  const set = keys.sortedSet(key)
  for (const [member] of [...found]) set.delete(member)
  keys.keep(key, set)
  return found.length
}

const pop =
  (isMin: boolean): Command =>
  (keys, [key = '', count = '1']) => {
    const { sorted } = keys.sortedSet(key)
    const found = (isMin ? sorted : sorted.toReversed()).slice(0, integer(count))
    remove(keys, key, found)
    return shown(found, ['WITHSCORES'])
  }

const rank =
  (isReversed: boolean): Command =>
  (keys, [key = '', member = '']) => {
    const { sorted } = keys.sortedSet(key)
    const at = sorted.findIndex(([it]) => it === member)
    return at < 0 ? null : isReversed ? sorted.length - 1 - at : at
  }

const upper = (options: readonly string[]) => options.map(it => it.toUpperCase())

export const SORTED_SETS: Record<string, Command> = {
  ZADD: add,
  ZINCRBY: (keys, [key = '', amount = '', member = '']) => {
    const set = keys.sortedSet(key)
    const score = (set.score(member) ?? 0) + float(amount)
    set.set(member, score)
    keys.keep(key, set)
    return scoreText(score)
  },
  ZREM: (keys, [key = '', ...members]) => {
    const set = keys.sortedSet(key)
    return remove(
      keys,
      key,
      set.sorted.filter(([member]) => members.includes(member)),
    )
  },
  ZCARD: (keys, args) => keys.sortedSet(arg(args, 0)).size,
  ZSCORE: (keys, args) => {
    const score = keys.sortedSet(arg(args, 0)).score(arg(args, 1))
    return score === undefined ? null : scoreText(score)
  },
  ZMSCORE: (keys, [key = '', ...members]) =>
    members.map(member => {
      const score = keys.sortedSet(key).score(member)
      return score === undefined ? null : scoreText(score)
    }),
  ZRANGE: range,
  ZREVRANGE: (keys, args) => range(keys, [...args, 'REV']),
  ZRANGEBYSCORE: (keys, [key = '', min = '', max = '', ...options]) =>
    shown(between(keys.sortedSet(key), min, max), upper(options)),
  ZREVRANGEBYSCORE: (keys, [key = '', max = '', min = '', ...options]) =>
    shown(between(keys.sortedSet(key), min, max).toReversed(), upper(options)),
  ZCOUNT: (keys, [key = '', min = '', max = '']) => between(keys.sortedSet(key), min, max).length,
  ZREMRANGEBYSCORE: (keys, [key = '', min = '', max = '']) =>
    remove(keys, key, between(keys.sortedSet(key), min, max)),
  ZREMRANGEBYRANK: (keys, [key = '', first = '', last = '']) =>
    remove(keys, key, slice(keys.sortedSet(key).sorted, first, last)),
  ZPOPMIN: pop(true),
  ZPOPMAX: pop(false),
  ZRANK: rank(false),
  ZREVRANK: rank(true),
}

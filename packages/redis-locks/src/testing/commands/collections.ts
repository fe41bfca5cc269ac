import { arg, integer, slice } from './arguments.js'
import type { Keyspace } from './data.js'
import type { Command } from './index.js'

const put: Command = (keys, [key = '', ...fields]) => {
  const hash = keys.hash(key)
  let added = 0
  for (let at = 0; at < fields.length; at += 2) {
    if (!hash.has(arg(fields, at))) added++
    hash.set(arg(fields, at), arg(fields, at + 1))
  }
  keys.keep(key, hash)
  return added
}

function removed(keys: Keyspace, key: string, names: readonly string[]): number {
  const hash = keys.hash(key)
  const count = names.filter(name => hash.delete(name)).length
  keys.keep(key, hash)
  return count
}

const push =
  (isLeft: boolean): Command =>
  (keys, [key = '', ...items]) => {
    const list = keys.list(key)
    if (isLeft) list.unshift(...items.toReversed())
    else list.push(...items)
    keys.keep(key, list)
    return list.length
  }

const pop =
  (isLeft: boolean): Command =>
  (keys, [key = '']) => {
    const list = keys.list(key)
    const item = isLeft ? list.shift() : list.pop()
    keys.keep(key, list)
    return item ?? null
  }

/** Hashes, sets and lists. */
export const COLLECTIONS: Record<string, Command> = {
  HSET: put,
  HGET: (keys, args) => keys.hash(arg(args, 0)).get(arg(args, 1)) ?? null,
  HMGET: (keys, [key = '', ...names]) => names.map(name => keys.hash(key).get(name) ?? null),
  HGETALL: (keys, args) => [...keys.hash(arg(args, 0))].flat(),
  HKEYS: (keys, args) => [...keys.hash(arg(args, 0)).keys()],
  HVALS: (keys, args) => [...keys.hash(arg(args, 0)).values()],
  HLEN: (keys, args) => keys.hash(arg(args, 0)).size,
  HEXISTS: (keys, args) => (keys.hash(arg(args, 0)).has(arg(args, 1)) ? 1 : 0),
  HDEL: (keys, [key = '', ...names]) => removed(keys, key, names),
  HSETNX: (keys, args) => (keys.hash(arg(args, 0)).has(arg(args, 1)) ? 0 : put(keys, args)),
  HINCRBY: (keys, [key = '', name = '', amount = '']) => {
    const sum = integer(keys.hash(key).get(name) ?? '0') + integer(amount)
    put(keys, [key, name, String(sum)])
    return sum
  },
  SADD: (keys, [key = '', ...items]) => {
    const members = keys.members(key)
    const before = members.size
    for (const item of items) members.add(item)
    keys.keep(key, members)
    return members.size - before
  },
  SREM: (keys, [key = '', ...items]) => {
    const members = keys.members(key)
    const count = items.filter(item => members.delete(item)).length
    keys.keep(key, members)
    return count
  },
  SMEMBERS: (keys, args) => [...keys.members(arg(args, 0))],
  SCARD: (keys, args) => keys.members(arg(args, 0)).size,
  SISMEMBER: (keys, args) => (keys.members(arg(args, 0)).has(arg(args, 1)) ? 1 : 0),
  LPUSH: push(true),
  RPUSH: push(false),
  LPOP: pop(true),
  RPOP: pop(false),
  LLEN: (keys, args) => keys.list(arg(args, 0)).length,
  LRANGE: (keys, args) => slice(keys.list(arg(args, 0)), arg(args, 1), arg(args, 2)),
  LINDEX: (keys, args) => keys.list(arg(args, 0)).at(integer(arg(args, 1))) ?? null,
}

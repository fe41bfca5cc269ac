import { arg, integer, OK } from './arguments.js'
import { CommandError, type Keyspace, SortedSet } from './data.js'
import type { Command } from './index.js'

const TIMES: Record<string, (now: number, amount: number) => number> = {
  EX: (now, seconds) => now + seconds * 1_000,
  PX: (now, ms) => now + ms,
  EXAT: (_, seconds) => seconds * 1_000,
  PXAT: (_, ms) => ms,
}

const set: Command = (keys, [key = '', value = '', ...options]) => {
  const old = keys.get(key)
  let expiresAt: number | undefined
  let isWanted = true
  let givesOld = false
  for (let at = 0; at < options.length; at++) {
    const option = arg(options, at).toUpperCase()
    const time = TIMES[option]
    if (time) {
      const amount = integer(arg(options, ++at))
      if (amount <= 0) throw new CommandError("ERR invalid expire time in 'set' command")
      expiresAt = time(keys.now(), amount)
    } else if (option === 'NX') isWanted &&= old === undefined
    else if (option === 'XX') isWanted &&= old !== undefined
    else if (option === 'KEEPTTL') expiresAt = keys.expiresAt(key)
    else if (option === 'GET') givesOld = true
    else throw new CommandError('ERR syntax error')
  }
  const before = givesOld ? (keys.text(key) ?? null) : OK
  if (isWanted) keys.set(key, value, expiresAt)
  return isWanted || givesOld ? before : null
}

const expire =
  (unit: number, isAbsolute: boolean): Command =>
  (keys, [key = '', amount = '', condition = '']) => {
    if (keys.get(key) === undefined) return 0
    const at = (isAbsolute ? 0 : keys.now()) + integer(amount) * unit
    const current = keys.expiresAt(key) ?? Number.POSITIVE_INFINITY
    const refused = {
      NX: current !== Number.POSITIVE_INFINITY,
      XX: current === Number.POSITIVE_INFINITY,
      GT: at <= current,
      LT: at >= current,
    }[condition.toUpperCase()]
    if (refused) return 0
    if (at <= keys.now()) keys.delete(key)
    else keys.expire(key, at)
    return 1
  }

const ttl =
  (unit: number): Command =>
  (keys, [key = '']) => {
    if (keys.get(key) === undefined) return -2
    const at = keys.expiresAt(key)
    return at === undefined ? -1 : Math.round((at - keys.now()) / unit)
  }

const removal: Command = (keys, names) => names.filter(name => keys.delete(name)).length

function add(keys: Keyspace, key: string, amount: number): number {
  const sum = integer(keys.text(key) ?? '0') + amount
  keys.set(key, String(sum), keys.expiresAt(key))
  return sum
}

export const KEYS: Record<string, Command> = {
  GET: (keys, args) => keys.text(arg(args, 0)) ?? null,
  MGET: (keys, names) => names.map(name => keys.text(name) ?? null),
  SET: set,
  DEL: removal,
  UNLINK: removal,
  EXISTS: (keys, names) => names.filter(name => keys.get(name) !== undefined).length,
  PTTL: ttl(1),
  TTL: ttl(1_000),
  PEXPIRE: expire(1, false),
  EXPIRE: expire(1_000, false),
  PEXPIREAT: expire(1, true),
  EXPIREAT: expire(1_000, true),
  PEXPIRETIME: (keys, args) =>
    keys.get(arg(args, 0)) === undefined ? -2 : Math.round(keys.expiresAt(arg(args, 0)) ?? -1),
  PERSIST: (keys, args) => {
    const had = keys.expiresAt(arg(args, 0)) !== undefined
    keys.expire(arg(args, 0), undefined)
    return had ? 1 : 0
  },
  INCR: (keys, args) => add(keys, arg(args, 0), 1),
  DECR: (keys, args) => add(keys, arg(args, 0), -1),
  INCRBY: (keys, args) => add(keys, arg(args, 0), integer(arg(args, 1))),
  DECRBY: (keys, args) => add(keys, arg(args, 0), -integer(arg(args, 1))),
  TIME: keys => {
    const micros = Math.floor(keys.now() * 1_000)
    return [String(Math.floor(micros / 1e6)), String(micros % 1e6)]
  },
  TYPE: (keys, args) => {
    const value = keys.get(arg(args, 0))
    if (value === undefined) return { ok: 'none' }
    if (typeof value === 'string') return { ok: 'string' }
    if (value instanceof Map) return { ok: 'hash' }
    if (value instanceof SortedSet) return { ok: 'zset' }
    return { ok: Array.isArray(value) ? 'list' : 'set' }
  },
}

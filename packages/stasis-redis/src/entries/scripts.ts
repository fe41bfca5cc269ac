import { defineScript } from '@gravito/plasma'

/**
 * Write a tagged entry unless a valid one is there. KEYS: the entry. ARGV: the header that a valid one starts with,
 * the payload, ms (0: for ever).
 */
export const ADD = defineScript({
  keys: ['entry'],
  args: ['header', 'payload', 'ttlMs'],
  lua: `
    local current = redis.call('GETRANGE', entry, 0, #header - 1)
    if current == header then return 0 end
    if ttlMs == '0' then redis.call('SET', entry, header .. payload)
    else redis.call('SET', entry, header .. payload, 'PX', ttlMs) end
    return 1`,
  reply: (raw: number) => raw === 1,
})

/**
 * Add to the whole number of a tagged entry and keep its expiry. KEYS: the entry. ARGV: the header that a valid one
 * starts with, the amount, 1 to count from 0 where there is no valid one. Answers with nil when it did not count.
 */
export const INCREMENT = defineScript({
  keys: ['entry'],
  args: ['header', 'amount', 'start'],
  lua: `
    local current = redis.call('GET', entry)
    local valid = current and string.sub(current, 1, #header) == header
    if not valid and start == '0' then return false end
    local number = valid and string.sub(current, #header + 1) or '0'
    if not string.match(number, '^-?%d+$') then return redis.error_reply('ERR value is not an integer') end
    local sum = tonumber(number) + tonumber(amount)
    if math.abs(sum) > 9007199254740991 then
      return redis.error_reply('ERR increment or decrement would overflow')
    end
    local text = string.format('%.0f', sum)
    if valid then redis.call('SET', entry, header .. text, 'KEEPTTL') else redis.call('SET', entry, header .. text) end
    return text`,
  reply: (raw: string | null) => (raw === null ? null : Number(raw)),
})

/**
 * One step of removing every lease, entry and token of a store on one server, which knows what `KeySpace.isOwn` does.
 * ARGV: the cursor, the glob over the names on the wire, how many buckets to look at, bytes of the prefix on the wire.
 * Answers with the next cursor, '0' at the end.
 */
export const SWEEP = defineScript({
  keys: [],
  args: ['cursor', 'glob', 'buckets', 'prefixBytes'],
  lua: `
    local step = redis.call('SCAN', cursor, 'MATCH', glob, 'COUNT', buckets)
    local own, start = {}, prefixBytes + 1
    for _, key in ipairs(step[2]) do
      local rest = string.sub(key, start, start + 3)
      if string.find(rest, '^f?[vg]:{') or string.find(rest, '^t:') then own[#own + 1] = key end
    end
    for i = 1, #own, 500 do redis.call('UNLINK', unpack(own, i, math.min(i + 499, #own))) end
    return step[1]`,
  reply: (raw: string) => raw,
})

/** Whoever computes the entry loses the right to keep it. */
const DROP = `
    redis.call('UNLINK', lease)`

/** Remove an entry; what is computed for it is not kept. KEYS: the entry, its lease. */
export const REMOVE = defineScript({
  keys: ['entry', 'lease'],
  args: [],
  lua: `${DROP}
    return redis.call('UNLINK', entry)`,
  reply: (raw: number) => raw === 1,
})

/** Remove an entry and answer with its text; what is computed for it is not kept. KEYS: the entry, its lease. */
export const TAKE = defineScript({
  keys: ['entry', 'lease'],
  args: [],
  lua: `${DROP}
    return redis.call('GETDEL', entry)`,
  reply: (raw: string | null) => raw,
})

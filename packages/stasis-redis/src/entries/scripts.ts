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

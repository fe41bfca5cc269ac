import { defineScript } from '@gravito/plasma'

/**
 * The token of a tag, made if there is none, alive at least as long as the entry that will carry it. KEYS: the
 * token. ARGV: a fresh token, the entry's ms (0: for ever).
 */
export const TOKEN = defineScript({
  keys: ['token'],
  args: ['fresh', 'ttlMs'],
  lua: `
    local current = redis.call('GET', token)
    local ms = tonumber(ttlMs)
    if not current then
      if ms == 0 then redis.call('SET', token, fresh) else redis.call('SET', token, fresh, 'PX', ms) end
      return fresh
    end
    local left = redis.call('PTTL', token)
    if left >= 0 and ms == 0 then redis.call('PERSIST', token)
    elseif left >= 0 and left < ms then redis.call('PEXPIRE', token, ms) end
    return current`,
  reply: (raw: string) => raw,
})

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

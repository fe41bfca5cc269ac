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

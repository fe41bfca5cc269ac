import { defineScript } from '@gravito/plasma'

/**
 * Take a free lock. KEYS: the lock, the high-water mark of tokens. ARGV: the ticket that asks, the lease in ms.
 * Answers with the fencing token as text, or with minus the holder's remaining ms. The same ticket gets the same
 * token again, because a command whose reply was lost is sent twice. The token is a hybrid logical clock, the
 * larger of the server's microseconds and the last token + 1, so that it rises even when Redis lost its data.
 */
export const ACQUIRE = defineScript({
  keys: ['lock', 'fence'],
  args: ['ticket', 'ttlMs'],
  lua: `
    local held = redis.call('GET', lock)
    if held then
      if string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return -redis.call('PTTL', lock) end
      redis.call('PEXPIRE', lock, ttlMs)
      return string.sub(held, #ticket + 2)
    end
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local last = tonumber(redis.call('GET', fence) or 0)
    local token = string.format('%.0f', now > last and now or last + 1)
    redis.call('SET', fence, token, 'PX', 86400000)
    redis.call('SET', lock, ticket .. '|' .. token, 'PX', ttlMs)
    return token`,
  reply: (raw: string | number) => raw,
})

/** Give a lock back and wake who waits. KEYS: the lock, its channel. ARGV: the owner's ticket, PUBLISH or SPUBLISH. */
export const RELEASE = defineScript({
  keys: ['lock', 'channel'],
  args: ['ticket', 'publish'],
  lua: `
    local held = redis.call('GET', lock)
    if not held or string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return 0 end
    redis.call('DEL', lock)
    redis.call(publish, channel, ticket)
    return 1`,
  reply: (raw: number) => raw === 1,
})

/** Make a lease last `ttlMs` from now; a vanished lock stays vanished. KEYS: the lock. ARGV: ticket, ms. */
export const EXTEND = defineScript({
  keys: ['lock'],
  args: ['ticket', 'ttlMs'],
  lua: `
    local held = redis.call('GET', lock)
    if not held or string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return 0 end
    return redis.call('PEXPIRE', lock, ttlMs)`,
  reply: (raw: number) => raw === 1,
})

/** Take a lock away from whoever holds it and wake who waits. KEYS: the lock, its channel. ARGV: PUBLISH or SPUBLISH. */
export const FORCE_RELEASE = defineScript({
  keys: ['lock', 'channel'],
  args: ['publish'],
  lua: `
    local removed = redis.call('DEL', lock)
    if removed == 1 then redis.call(publish, channel, '') end
    return removed`,
  reply: (raw: number) => raw === 1,
})

/** Who holds a lock. KEYS: the lock. Answers with its value and remaining ms. */
export const INSPECT = defineScript({
  keys: ['lock'],
  args: [],
  lua: `return { redis.call('GET', lock), redis.call('PTTL', lock) }`,
  reply: ([held, ttlMs]: [string | null, number]) => {
    if (!held) return null
    const at = held.lastIndexOf('|')
    return { ticket: held.slice(0, at), token: Number(held.slice(at + 1)), ttlMs }
  },
})

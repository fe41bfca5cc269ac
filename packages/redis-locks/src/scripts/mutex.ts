import { defineScript } from '@gravito/plasma'
import { CLOCK, OWNED_BY, QUEUE, TELL_HOLDER } from './fragments.js'

export const KEYS = ['lock', 'fence', 'queue', 'waiters', 'channel'] as const

/** Where a ticket stands after a script: granted with a token, or queued. */
export interface Place {
  token: number | undefined
  /** The server's clock in microseconds. */
  nowUs: number
  /** Remaining milliseconds of the present holder, negative when it has none. */
  ttlMs: number
}

/** The reply of a script that says where a ticket stands. */
export const place = ([token, nowUs, ttlMs]: [string | null, string, number]): Place => ({
  token: token === null ? undefined : Number(token),
  nowUs: Number(nowUs),
  ttlMs,
})

/**
 * The uncontended path (I1, I2, I10): take a lock that is free and for which nobody queues. Answers with the token as
 * text, with minus the holder's remaining ms, or with 1 when it is free but others queue. The same ticket gets the
 * same token again, because a command whose reply was lost may be sent twice.
 */
export const ACQUIRE = defineScript({
  keys: ['lock', 'fence', 'queue'],
  args: ['ticket', 'ttlMs'],
  lua: `
    local held = redis.call('GET', lock)
    if held then
      if string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return -redis.call('PTTL', lock) end
      redis.call('PEXPIRE', lock, ttlMs)
      return string.sub(held, #ticket + 2)
    end
    if redis.call('EXISTS', queue) == 1 then return 1 end
    ${CLOCK}
    local token = mint()
    own(ticket, token, ttlMs)
    return token`,
  reply: (raw: string | number) => raw,
})

/**
 * Join the queue, or ask again from the same place (I7, I10). A free lock goes to the first live ticket, which may be
 * this one. With `wait` 0 the ticket does not queue, and gets the lock only when all who queue are dead.
 */
export const ENQUEUE = defineScript({
  keys: KEYS,
  args: ['ticket', 'ttlMs', 'arrival', 'ticketMs', 'wait', 'publish'],
  lua: `
    ${CLOCK}
    ${OWNED_BY}
    ${QUEUE}
    ${TELL_HOLDER}
    local held = redis.call('GET', lock)
    local token = ownedBy(held, ticket)
    if token then
      redis.call('PEXPIRE', lock, ttlMs)
    else
      if wait == '1' then
        line(ticket, ttlMs, arrival, ticketMs)
        if held then tellHolder(held, ticket) end
      end
      if not held and not handOver(ticket) then own(ticket, mint(), ttlMs) end
      token = ownedBy(redis.call('GET', lock), ticket)
    end
    return { token or false, string.format('%.0f', now), redis.call('PTTL', lock) }`,
  reply: place,
})

/** Give a lock back (I5): it goes to the first live ticket in the same step (I8, I12). Answers 1 when it was ours. */
export const RELEASE = defineScript({
  keys: KEYS,
  args: ['ticket', 'publish'],
  lua: `
    local held = redis.call('GET', lock)
    if not held or string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return 0 end
    if redis.call('EXISTS', queue) == 0 then return redis.call('DEL', lock) end
    ${CLOCK}
    ${QUEUE}
    if not handOver('') then redis.call('DEL', lock) end
    return 1`,
  reply: (raw: number) => raw === 1,
})

/** Leave the queue, and give the lock back when it was granted meanwhile (I9): nothing of the ticket stays. */
export const CANCEL = defineScript({
  keys: KEYS,
  args: ['ticket', 'publish'],
  lua: `
    ${CLOCK}
    ${OWNED_BY}
    ${QUEUE}
    local queued = redis.call('ZREM', queue, ticket)
    redis.call('HDEL', waiters, ticket)
    if not ownedBy(redis.call('GET', lock), ticket) then return queued end
    if not handOver('') then redis.call('DEL', lock) end
    return 1`,
  reply: (raw: number) => raw === 1,
})

/** Make a lease last `ttlMs` from now; a vanished lock stays vanished (I5). */
export const EXTEND = defineScript({
  keys: ['lock'],
  args: ['ticket', 'ttlMs'],
  lua: `
    local held = redis.call('GET', lock)
    if not held or string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return 0 end
    return redis.call('PEXPIRE', lock, ttlMs)`,
  reply: (raw: number) => raw === 1,
})

/** Take a lock away from whoever holds it; the first live ticket gets it. */
export const FORCE_RELEASE = defineScript({
  keys: KEYS,
  args: ['publish'],
  lua: `
    ${CLOCK}
    ${QUEUE}
    local removed = redis.call('DEL', lock)
    if removed == 1 then handOver('') end
    return removed`,
  reply: (raw: number) => raw === 1,
})

/** Who holds a lock. Answers with its value and remaining ms. */
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

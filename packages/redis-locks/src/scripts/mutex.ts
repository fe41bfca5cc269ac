import { defineScript } from '@gravito/plasma'
import { CLOCK, HAND_OVER, OWN, OWNED_BY, QUEUE, TELL_HOLDER } from './fragments.js'
import { RELEASE_AND_RESERVE } from './handover.js'
import { KEYS, type Kind, place, taken } from './kind.js'
import { RENEW } from './renew.js'

/**
 * The uncontended path (I1, I2, I10): take a lock that is free and for which nobody queues. Answers with the token as
 * text, with minus the holder's remaining ms, or with 1 when it is free but others queue. The same ticket gets the
 * same token again, because a command whose reply was lost may be sent twice. CLOCK, MARK and OWN in fewer calls.
 */
const ACQUIRE = defineScript({
  keys: ['lock', 'fence', 'queue'],
  args: ['ticket', 'ttlMs'],
  lua: `
    if redis.call('EXISTS', lock, queue) > 0 then
      local held = redis.call('GET', lock)
      if not held then return 1 end
      if string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return -redis.call('PTTL', lock) end
      redis.call('PEXPIRE', lock, ttlMs)
      return string.sub(held, #ticket + 2)
    end
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local token = string.format('%.0f', now)
    local last = redis.call('SET', fence, token, 'EXAT', time[1] + 2, 'GET')
    if last and tonumber(last) >= now then
      token = string.format('%.0f', last + 1)
      redis.call('SET', fence, token, 'EXAT', math.floor(token / 1000000) + 2)
    end
    redis.call('SET', lock, ticket .. '|' .. token, 'PX', ttlMs)
    return token`,
  reply: taken,
})

/**
 * Join the queue, or ask again from the same place (I7, I10). A free lock goes to the first live ticket, which may be
 * this one. With `wait` 0 the ticket does not queue, and gets the lock only when all who queue are dead.
 */
const ENQUEUE = defineScript({
  keys: KEYS,
  args: ['ticket', 'ttlMs', 'arrival', 'ticketMs', 'wait', 'publish'],
  lua: `
    ${CLOCK}
    ${OWNED_BY}
    ${OWN}
    ${QUEUE}
    ${HAND_OVER}
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
const RELEASE = defineScript({
  keys: KEYS,
  args: ['ticket', 'publish'],
  lua: `
    local held = redis.call('GET', lock)
    if not held or string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return 0 end
    if redis.call('EXISTS', queue) == 0 then return redis.call('DEL', lock) end
    ${CLOCK}
    ${OWN}
    ${QUEUE}
    ${HAND_OVER}
    if not handOver('') then redis.call('DEL', lock) end
    return 1`,
  reply: (raw: number) => raw === 1,
})

/** Leave the queue, and give the lock back when it was granted meanwhile (I9): nothing of the ticket stays. */
const CANCEL = defineScript({
  keys: KEYS,
  args: ['ticket', 'publish'],
  lua: `
    ${CLOCK}
    ${OWNED_BY}
    ${OWN}
    ${QUEUE}
    ${HAND_OVER}
    local queued = redis.call('ZREM', queue, ticket)
    redis.call('HDEL', waiters, ticket)
    if not ownedBy(redis.call('GET', lock), ticket) then return queued end
    if not handOver('') then redis.call('DEL', lock) end
    return 1`,
  reply: (raw: number) => raw === 1,
})

/** Make a lease last `ttlMs` from now; a vanished lock stays vanished (I5). */
const EXTEND = defineScript({
  keys: ['lock'],
  args: ['ticket', 'ttlMs'],
  lua: `
    local held = redis.call('GET', lock)
    if not held or string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return 0 end
    return redis.call('PEXPIRE', lock, ttlMs)`,
  reply: (raw: number) => raw === 1,
})

/** Take a lock away from whoever holds it; the first live ticket gets it. */
const FORCE_RELEASE = defineScript({
  keys: KEYS,
  args: ['publish'],
  lua: `
    ${CLOCK}
    ${OWN}
    ${QUEUE}
    ${HAND_OVER}
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

/** One holder at a time. Only the head of a process' line queues, and the release of its holder queues it. */
export const MUTEX: Kind = {
  name: 'mutex',
  suffix: '',
  queues: 'head',
  scripts: {
    ACQUIRE,
    ENQUEUE,
    RELEASE,
    RELEASE_AND_ENQUEUE: RELEASE_AND_RESERVE,
    CANCEL,
    EXTEND,
    RENEW,
    FORCE_RELEASE,
  },
}

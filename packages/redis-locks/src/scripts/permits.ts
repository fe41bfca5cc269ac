import { defineScript } from '@gravito/plasma'
import { CLOCK, MINT, QUEUE } from './fragments.js'
import { KEYS, type Kind, place, placeAfterRelease, RELEASING, taken } from './kind.js'
import type { RenewScript } from './renew.js'

/**
 * A hash per lock: ticket -> `token|end of its lease in microseconds`, `#used`, `#soonest` (no lease ends
 * earlier), and `#limit` when `setPermits` said so. A ticket ends in `*weight/permits`. `load(...)` reads it, drops what
 * has ended, and gives the values of two tickets; `save()` writes it back or removes it (I6, I11). Needs CLOCK and `lock`.
 */
export const PERMITS = `
    ${MINT}
    local NEVER, LIMIT_MS = 9007199254740991, 604800000
    local used, soonest, limit, leaseMs, dropped, granted = 0, NEVER, false, 1, nil, {}
    local function weight(ticket) return tonumber(string.match(ticket, '%*(%d+)/')) end
    local function save()
      if used == 0 then soonest = NEVER end
      if used == 0 and not limit then return redis.call('DEL', lock) end
      redis.call('HSET', lock, '#used', used, '#soonest', string.format('%.0f', soonest))
      local last = limit and math.max(LIMIT_MS, leaseMs) or leaseMs
      if redis.call('PTTL', lock) < last then redis.call('PEXPIRE', lock, last) end
    end
    local function load(...)
      local state = redis.call('HMGET', lock, '#used', '#soonest', '#limit', ...)
      used, soonest, limit = tonumber(state[1] or 0), tonumber(state[2] or NEVER), tonumber(state[3])
      if soonest > now then return state[4], state[5] end
      soonest = NEVER
      local fields = redis.call('HGETALL', lock)
      for i = 1, #fields, 2 do
        local ends = tonumber(string.match(fields[i + 1], '|(%d+)$'))
        if ends and ends <= now then
          redis.call('HDEL', lock, fields[i])
          used, dropped = used - weight(fields[i]), fields[i]
        elseif ends then
          soonest = math.min(soonest, ends)
        end
      end
      save()
      return state[4], state[5]
    end
    local function permits(ticket) return limit or tonumber(string.match(ticket, '/(%d+)$')) end
    local function fits(ticket) return used + weight(ticket) <= permits(ticket) end
    local function tokenIn(value)
      if not value then return false end
      local token, ends = string.match(value, '^(%d+)|(%d+)$')
      return tonumber(ends) > now and token
    end
    local function held(ticket) return tokenIn(redis.call('HGET', lock, ticket)) end
    local function lease(ticket, token, ttlMs)
      local ends = now + ttlMs * 1000
      soonest = math.min(soonest, ends)
      leaseMs = math.max(leaseMs, tonumber(ttlMs))
      redis.call('HSET', lock, ticket, token .. '|' .. string.format('%.0f', ends))
    end
    local function own(ticket, token, ttlMs)
      lease(ticket, token, ttlMs)
      used, granted[ticket] = used + weight(ticket), token
    end
    local function drop(ticket)
      redis.call('HDEL', lock, ticket)
      used, dropped = used - weight(ticket), ticket
    end
    local function untilSoonest()
      return soonest == NEVER and -1 or math.ceil((soonest - now) / 1000)
    end`

/** `handOver(self)` serves the queue in order as far as the permits go; a heavy ticket is not overtaken (I7). */
export const IN_ORDER = `
    local function handOver(self)
      while true do
        local head = redis.call('ZRANGE', queue, 0, 0)[1]
        if not head or not fits(head) and isAlive(head) then return end
        offer(head, self)
      end
    end`

/** What ACQUIRE mostly finds: no lease has ended, the ticket has none, its permits are free and nobody queues. */
const TAKE_AT_ONCE = `
    ${MINT}
    local state = redis.call('HMGET', lock, '#used', '#soonest', '#limit', ticket)
    local soonest = tonumber(state[2] or 9007199254740991)
    if soonest > now and not state[3] and not state[4] then
      local weight, permits = string.match(ticket, '%*(%d+)/(%d+)$')
      local used = (state[1] or 0) + weight
      if used <= tonumber(permits) and redis.call('EXISTS', queue) == 0 then
        local token, ends = mint(), now + ttlMs * 1000
        local value = token .. '|' .. string.format('%.0f', ends)
        soonest = string.format('%.0f', math.min(soonest, ends))
        redis.call('HSET', lock, ticket, value, '#used', used, '#soonest', soonest)
        if not state[1] or redis.call('PTTL', lock) < tonumber(ttlMs) then
          redis.call('PEXPIRE', lock, ttlMs)
        end
        return token
      end
    end`

/** What RELEASE mostly finds: no lease has ended, and nobody queues. */
const GIVE_BACK_AT_ONCE = `
    local state = redis.call('HMGET', lock, '#used', '#soonest', '#limit', ticket)
    if not state[4] then return 0 end
    if tonumber(state[2]) > now and not state[3] and redis.call('EXISTS', queue) == 0 then
      local used = state[1] - string.match(ticket, '%*(%d+)/')
      if used == 0 then
        redis.call('DEL', lock)
      else
        redis.call('HDEL', lock, ticket)
        redis.call('HSET', lock, '#used', used)
      end
      return 1
    end`

/** The scripts of a lock of permits, which go to the queue as `handOver` says. */
export function permitScripts(handOver: string): Kind['scripts'] {
  /** The queue can be served once the state of the lock is loaded. */
  const QUEUED = `${PERMITS}
    ${QUEUE}
    ${handOver}`
  const LOADED = `${CLOCK}
    ${QUEUED}
    load()`
  const ACQUIRE = defineScript({
    keys: ['lock', 'fence', 'queue'],
    args: ['ticket', 'ttlMs'],
    lua: `
    ${CLOCK}
    ${TAKE_AT_ONCE}
    ${PERMITS}
    load()
    local reply = held(ticket)
    if reply then
      lease(ticket, reply, ttlMs)
    elseif not fits(ticket) then
      reply = -untilSoonest()
    elseif redis.call('EXISTS', queue) == 1 then
      reply = 1
    else
      reply = mint()
      own(ticket, reply, ttlMs)
    end
    save()
    return reply`,
    reply: taken,
  })

  const ENQUEUE = defineScript({
    keys: KEYS,
    args: ['ticket', 'ttlMs', 'arrival', 'ticketMs', 'wait', 'publish'],
    lua: `
    ${LOADED}
    local token = held(ticket)
    if token then
      lease(ticket, token, ttlMs)
    else
      if wait == '1' then line(ticket, ttlMs, arrival, ticketMs) end
      handOver(ticket)
      if wait == '0' and fits(ticket) and redis.call('EXISTS', queue) == 0 then
        own(ticket, mint(), ttlMs)
      end
      token = held(ticket)
    end
    save()
    return { token, string.format('%.0f', now), untilSoonest() }`,
    reply: place,
  })

  const RELEASE = defineScript({
    keys: KEYS,
    args: ['ticket', 'publish'],
    lua: `
    ${CLOCK}
    ${GIVE_BACK_AT_ONCE}
    ${QUEUED}
    if not tokenIn(load(ticket)) then return 0 end
    drop(ticket)
    handOver('')
    save()
    return 1`,
    reply: (raw: number) => raw === 1,
  })

  const RELEASE_AND_ENQUEUE = defineScript({
    keys: KEYS,
    args: RELEASING,
    lua: `
    ${CLOCK}
    ${QUEUED}
    local mine, token = load(ticket, following)
    mine, token = tokenIn(mine), tokenIn(token)
    if mine then drop(ticket) end
    if not token then line(following, ttlMs, arrival, ticketMs) end
    handOver(following)
    token = token or granted[following] or false
    save()
    return { mine and 1 or 0, 0, token, string.format('%.0f', now), untilSoonest() }`,
    reply: placeAfterRelease,
  })

  const CANCEL = defineScript({
    keys: KEYS,
    args: ['ticket', 'publish'],
    lua: `
    ${LOADED}
    local gone = redis.call('ZREM', queue, ticket)
    redis.call('HDEL', waiters, ticket)
    if held(ticket) then
      drop(ticket)
      gone = 1
    end
    handOver('')
    save()
    return gone`,
    reply: (raw: number) => raw === 1,
  })

  const EXTEND = defineScript({
    keys: ['lock'],
    args: ['ticket', 'ttlMs'],
    lua: `
    ${CLOCK}
    ${PERMITS}
    load()
    local token = held(ticket)
    if not token then return 0 end
    lease(ticket, token, ttlMs)
    save()
    return 1`,
    reply: (raw: number) => raw === 1,
  })

  const RENEW: RenewScript = defineScript({
    lua: `
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local ours = {}
    for i, lock in ipairs(KEYS) do
      local ticket, ttlMs = ARGV[2 * i - 1], tonumber(ARGV[2 * i])
      local held = redis.pcall('HGET', lock, ticket)
      local token, ends = string.match(type(held) == 'string' and held or '', '^(%d+)|(%d+)$')
      ours[i] = token and tonumber(ends) > now and 1 or 0
      if ours[i] == 1 then
        ends = math.max(tonumber(ends), now + ttlMs * 1000)
        redis.call('HSET', lock, ticket, token .. '|' .. string.format('%.0f', ends))
        if redis.call('PTTL', lock) < ttlMs then redis.call('PEXPIRE', lock, ttlMs) end
      end
    end
    return ours`,
    reply: (ours: number[]) => ours.map(it => it === 1),
  })

  const FORCE_RELEASE = defineScript({
    keys: KEYS,
    args: ['publish'],
    lua: `
    ${LOADED}
    local had = used > 0 and 1 or 0
    redis.call('DEL', lock)
    used = 0
    if limit then redis.call('HSET', lock, '#limit', limit) end
    handOver('')
    save()
    return had`,
    reply: (raw: number) => raw === 1,
  })
  return {
    ACQUIRE,
    ENQUEUE,
    RELEASE,
    RELEASE_AND_ENQUEUE,
    CANCEL,
    EXTEND,
    RENEW,
    FORCE_RELEASE,
  }
}

import { defineScript } from '@gravito/plasma'
import { CLOCK, QUEUE } from './fragments.js'
import { KEYS, type Kind } from './kind.js'
import { IN_ORDER, PERMITS, permitScripts } from './permits.js'

/** Up to so many permits at a time. Releases queue the next ticket of their process. */
export const SEMAPHORE: Kind = {
  name: 'semaphore',
  suffix: ':sem',
  queues: 'some',
  scripts: permitScripts(IN_ORDER),
}

/**
 * Set the limit that overrides every process' own (`set`), change it by an amount (`add`), or forget it (`forget`). What
 * becomes free goes to the queue. `otherwise` is the caller's own limit. A command that is sent twice counts once.
 * Answers with the limit that counts now.
 */
export const SET_LIMIT = defineScript({
  keys: KEYS,
  args: ['id', 'how', 'amount', 'otherwise', 'publish'],
  lua: `
    ${CLOCK}
    ${PERMITS}
    ${QUEUE}
    ${IN_ORDER}
    load()
    if redis.call('HGET', lock, '#change') == id then return limit end
    if how == 'set' then limit = tonumber(amount) end
    if how == 'add' then limit = math.max(0, (limit or tonumber(otherwise)) + amount) end
    if how == 'forget' then
      limit = false
      redis.call('HDEL', lock, '#limit', '#change')
    else
      redis.call('HSET', lock, '#limit', limit, '#change', id)
    end
    handOver('')
    save()
    return limit or tonumber(otherwise)`,
  reply: (raw: number) => raw,
})

/** Answers with the explicit limit, the permits in use, the tickets that queue, and ticket, token, ms of each holder. */
export const PERMIT_INFO = defineScript({
  keys: ['lock', 'queue'],
  args: [],
  lua: `
    ${CLOCK}
    local state = redis.call('HGETALL', lock)
    local limit, used, holders = false, 0, {}
    for i = 1, #state, 2 do
      local token, ends = string.match(state[i + 1], '^(%d+)|(%d+)$')
      if state[i] == '#limit' then limit = tonumber(state[i + 1]) end
      if ends and tonumber(ends) > now then
        used = used + tonumber(string.match(state[i], '%*(%d+)/'))
        holders[#holders + 1] = { state[i], token, math.ceil((ends - now) / 1000) }
      end
    end
    return { limit, used, redis.call('ZCARD', queue), holders }`,
  reply: (
    raw: [
      limit: number | null,
      used: number,
      waiting: number,
      holders: [ticket: string, token: string, ttlMs: number][],
    ],
  ) => raw,
})

import { defineScript } from '@gravito/plasma'
import { CLOCK, HAND_OVER, OWN, OWNED_BY, QUEUE, SINCE } from './fragments.js'
import { KEYS, placeAfterRelease, RELEASING } from './kind.js'

/**
 * A process that hands a lock over to its own waiters without a command takes their tokens from a reserve: the fence
 * already stands behind it, so that a process that dies leaves no token to be given twice (I2). `settle` gives back what
 * was not used. Needs MARK, `reserved` (the end of the reserve, 0 without one) and `last` (the last token used).
 */
const SETTLE = `
    if reserved ~= '0' then
      local marked = tonumber(redis.call('GET', fence) or 0)
      if marked == tonumber(reserved) or marked < tonumber(last) then mark(last) end
    end`

/** RELEASE of a process that has a reserve. */
export const RELEASE_RESERVED = defineScript({
  keys: KEYS,
  args: ['ticket', 'publish', 'reserved', 'last'],
  lua: `
    ${CLOCK}
    ${OWN}
    ${QUEUE}
    ${HAND_OVER}
    ${SETTLE}
    local held = redis.call('GET', lock)
    if not held or string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return 0 end
    if not handOver('') then redis.call('DEL', lock) end
    return 1`,
  reply: (raw: number) => raw === 1,
})

/**
 * RELEASE and ENQUEUE of the process' next waiter in one step, so that a handoff costs one command (I12). One that was
 * never queued (`isNew`) and came before all who queue gets the lock at once. Reserves `spare` tokens when that waiter is
 * granted and nobody else waits.
 */
export const RELEASE_AND_RESERVE = defineScript({
  keys: KEYS,
  args: RELEASING,
  lua: `
    ${CLOCK}
    ${OWNED_BY}
    ${OWN}
    ${SINCE}
    ${SETTLE}
    local held = redis.call('GET', lock)
    local mine, token = ownedBy(held, ticket), ownedBy(held, following)
    local leftMs, isAlone = 0, nil
    if not token then
      local isFree = mine or not held
      local first = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
      local isFirst = not first[1] or since(arrival) < tonumber(first[2])
      if isFree and isFirst and isNew == '1' then
        token = mint()
        own(following, token, ttlMs)
        isAlone = not first[1]
      else
        ${QUEUE}
        ${HAND_OVER}
        line(following, ttlMs, arrival, ticketMs)
        if isFree then
          local holder
          holder, token, leftMs = handOver(following)
          if holder ~= following then token = false end
        else
          leftMs = redis.call('PTTL', lock)
        end
      end
    end
    if isAlone == nil then isAlone = token and redis.call('EXISTS', queue) == 0 end
    if isAlone then
      local marked = math.max(tonumber(redis.call('GET', fence) or 0), token + spare)
      mark(string.format('%.0f', marked))
    end
    return { mine and 1 or 0, isAlone and 1 or 0, token or false, string.format('%.0f', now), leftMs }`,
  reply: placeAfterRelease,
})

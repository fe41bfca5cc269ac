import { defineScript } from '@gravito/plasma'

/**
 * Spend `amount` of a limit, or nothing when that is too much: exact under concurrency, by the server's clock. With
 * `spend` 0 it only looks. Answers with allowed (1 or 0), what remains, ms until the limit is whole again, and ms until
 * the amount fits.
 */
export const ATTEMPT = defineScript({
  keys: ['key'],
  args: ['algorithm', 'max', 'window', 'amount', 'spend'],
  lua: `
    local limit, windowMs, cost = tonumber(max), tonumber(window), tonumber(amount)
    local spending = spend == '1'
    local taken = spending and cost or 0
    if algorithm == 'fixed-window' then
      local used = tonumber(redis.call('GET', key) or 0)
      local left = redis.call('PTTL', key)
      if used > 0 and left < 0 then
        left = windowMs
        redis.call('PEXPIRE', key, windowMs)
      end
      if used + cost > limit then return { 0, math.max(0, limit - used), left, left } end
      if spending then
        redis.call('INCRBY', key, cost)
        if left < 0 then
          left = windowMs
          redis.call('PEXPIRE', key, windowMs)
        end
      end
      return { 1, limit - used - taken, math.max(0, left), 0 }
    end
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local windowUs = windowMs * 1000
    if algorithm == 'sliding-window' then
      redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - windowUs))
      local used = redis.call('ZCARD', key)
      local function freeIn(index)
        local score = redis.call('ZRANGE', key, index, index, 'WITHSCORES')[2]
        return score and math.ceil((score + windowUs - now) / 1000) or 0
      end
      if used + cost > limit then
        return { 0, math.max(0, limit - used), freeIn(-1), freeIn(used + cost - limit - 1) }
      end
      if spending then
        local at = string.format('%.0f', now)
        for i = 1, cost do redis.call('ZADD', key, at, at .. ':' .. used + i) end
        redis.call('PEXPIRE', key, windowMs)
      end
      return { 1, limit - used - taken, freeIn(-1), 0 }
    end
    local interval = windowUs / limit
    -- What is kept is whole microseconds: so much may be lost by rounding while a limit is spent.
    local slack = math.min(limit, interval) / 2
    local function remaining(at)
      return math.max(0, math.floor((windowUs + slack - (at - now)) / interval))
    end
    local wholeAt = math.max(tonumber(redis.call('GET', key) or now), now)
    local after = wholeAt + interval * cost
    local fitsAt = after - windowUs - slack
    if fitsAt > now then
      return { 0, remaining(wholeAt), math.ceil((wholeAt - now) / 1000), math.ceil((fitsAt - now) / 1000) }
    end
    if not spending then after = wholeAt end
    local wholeMs = math.ceil((after - now) / 1000)
    if spending then redis.call('SET', key, string.format('%.0f', after), 'PX', wholeMs) end
    return { 1, remaining(after), wholeMs, 0 }`,
  reply: (raw: [number, number, number, number]) => raw,
})

/** Count one and answer with the count before it; the first one sets the expiry. */
export const RESERVE = defineScript({
  keys: ['key'],
  args: ['ttlMs'],
  lua: `
    local count = redis.call('INCR', key)
    if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ttlMs) end
    return count - 1`,
  reply: (raw: number) => raw,
})

/** Take back one that was counted, if the count still exists. */
export const UNRESERVE = defineScript({
  keys: ['key'],
  args: [],
  lua: `
    if tonumber(redis.call('GET', key) or 0) > 0 then redis.call('DECR', key) end`,
})

/** Set a count; an expiry that runs goes on. */
export const SET_COUNT = defineScript({
  keys: ['key'],
  args: ['count', 'ttlMs'],
  lua: `
    local left = redis.call('PTTL', key)
    redis.call('SET', key, count, 'PX', left > 0 and left or ttlMs)`,
})

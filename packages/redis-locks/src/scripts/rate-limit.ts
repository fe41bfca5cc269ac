import { defineScript } from '@gravito/plasma'

/**
 * Spend `cost` of a limit, or nothing when that is too much: exact under concurrency, by the server's clock. Answers with
 * allowed (1 or 0), what remains, ms until the limit is whole again, and ms until `cost` fits.
 */
export const ATTEMPT = defineScript({
  keys: ['key'],
  args: ['algorithm', 'max', 'window', 'amount'],
  lua: `
    local limit, windowMs, cost = tonumber(max), tonumber(window), tonumber(amount)
    if algorithm == 'fixed-window' then
      local used = tonumber(redis.call('GET', key) or 0)
      local left = redis.call('PTTL', key)
      if used + cost > limit then return { 0, math.max(0, limit - used), left, left } end
      redis.call('INCRBY', key, cost)
      if left < 0 then
        left = windowMs
        redis.call('PEXPIRE', key, windowMs)
      end
      return { 1, limit - used - cost, left, 0 }
    end
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local windowUs = windowMs * 1000
    if algorithm == 'sliding-window' then
      redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - windowUs))
      local used = redis.call('ZCARD', key)
      local function freeIn(index)
        local score = redis.call('ZRANGE', key, index, index, 'WITHSCORES')[2]
        return math.ceil((score + windowUs - now) / 1000)
      end
      if used + cost > limit then
        return { 0, math.max(0, limit - used), freeIn(-1), freeIn(used + cost - limit - 1) }
      end
      local at = string.format('%.0f', now)
      for i = 1, cost do redis.call('ZADD', key, at, at .. ':' .. used + i) end
      redis.call('PEXPIRE', key, windowMs)
      return { 1, limit - used - cost, windowMs, 0 }
    end
    local interval = windowUs / limit
    local wholeAt = math.max(tonumber(redis.call('GET', key) or now), now)
    local after = wholeAt + interval * cost
    if after - windowUs > now then
      local remaining = math.max(0, math.floor((windowUs - (wholeAt - now)) / interval))
      return { 0, remaining, math.ceil((wholeAt - now) / 1000), math.ceil((after - windowUs - now) / 1000) }
    end
    local wholeMs = math.ceil((after - now) / 1000)
    redis.call('SET', key, string.format('%.0f', after), 'PX', wholeMs)
    return { 1, math.floor((windowUs - (after - now)) / interval), wholeMs, 0 }`,
  reply: (raw: [number, number, number, number]) => raw,
})

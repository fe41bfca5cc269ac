/** Lua that several scripts share. */

/** The server's clock: its seconds and the rest as `time`, its microseconds as `now`. */
export const CLOCK = `
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]`

/**
 * `mark(token)`: no token so far is larger. The mark goes a second or two after the server's clock has passed it, because
 * from then on the clock alone gives larger ones; a clock that is set back finds it there for as long as it is behind.
 * Needs `fence`.
 */
export const MARK = `
    local function mark(token)
      redis.call('SET', fence, token, 'EXAT', math.floor(token / 1000000) + 2)
    end`

/** `mint()`: the next token, marked: a hybrid logical clock (I2). Needs CLOCK and `fence`. */
export const MINT = `
    ${MARK}
    local function mint()
      local token = string.format('%.0f', now)
      local last = redis.call('SET', fence, token, 'EXAT', time[1] + 2, 'GET')
      if last and tonumber(last) >= now then
        token = string.format('%.0f', last + 1)
        mark(token)
      end
      return token
    end`

/** `own(ticket, token, ttlMs)` makes the ticket the one holder. Needs CLOCK, `fence` and `lock`. */
export const OWN = `
    ${MINT}
    local function own(ticket, token, ttlMs)
      redis.call('SET', lock, ticket .. '|' .. token, 'PX', ttlMs)
    end`

/** `ownedBy(value, ticket)`: the token if the lock's value is of that ticket (I5, I10). */
export const OWNED_BY = `
    local function ownedBy(value, ticket)
      if value and string.sub(value, 1, #ticket + 1) == ticket .. '|' then
        return string.sub(value, #ticket + 2)
      end
    end`

/** `since(arrival)`: the server's microseconds of an arrival, which is an age when it is below 0. Needs CLOCK. */
export const SINCE = `
    local function since(arrival)
      local score = tonumber(arrival)
      return math.min(score < 0 and now + score or score, now)
    end`

/**
 * `line(ticket, ttlMs, arrival, ticketMs)` writes a ticket; see `since` for its arrival. `isAlive(head)` says whether
 * its process may still wait. `offer(head, self)` takes the ticket out of the queue and makes it a holder if its process
 * is alive (I7, I8): one past its heartbeat, or whose channel nobody hears, is dropped. `self` is the asking ticket, which
 * learns by the reply and gets its whole lease; others learn by a message and start with at most 3 s, so that a stopped
 * waiter costs no more. Gives the token and the ms of the lease. Needs CLOCK, `mint`, `own`, `queue`, `waiters`, `channel`
 * and `publish`.
 */
export const QUEUE = `
    ${SINCE}
    local function line(ticket, ttlMs, arrival, ticketMs)
      redis.call('ZADD', queue, 'NX', string.format('%.0f', since(arrival)), ticket)
      local deadline = string.format('%.0f', now + ticketMs * 1000)
      redis.call('HSET', waiters, ticket, deadline .. ':' .. ttlMs .. ':' .. channel)
      redis.call('PEXPIRE', queue, ticketMs + 1000)
      redis.call('PEXPIRE', waiters, ticketMs + 1000)
    end
    local function isAlive(head)
      local deadline = string.match(redis.call('HGET', waiters, head) or '', '^(%d+):')
      return deadline and tonumber(deadline) > now
    end
    local function offer(head, self)
      local record = redis.call('HGET', waiters, head) or ''
      redis.call('ZREM', queue, head)
      redis.call('HDEL', waiters, head)
      local deadline, ttlMs, hears = string.match(record, '^(%d+):(%d+):(.+)$')
      if not deadline or tonumber(deadline) <= now then return false end
      local token = mint()
      if head == self then
        own(head, token, ttlMs)
        return token, tonumber(ttlMs)
      end
      local lease = tonumber(ttlMs) < 3000 and ttlMs or '3000'
      local grant = head .. '|' .. token .. '|' .. string.format('%.0f', now) .. '|' .. lease
      if redis.call(publish, hears, grant) == 0 then return false end
      own(head, token, lease)
      return token, tonumber(lease)
    end`

/**
 * `handOver(self)` gives the one free lock to the first ticket that is alive: that one, its token and the ms of its lease.
 * Needs QUEUE.
 */
export const HAND_OVER = `
    local function handOver(self)
      while true do
        local head = redis.call('ZRANGE', queue, 0, 0)[1]
        if not head then return false end
        local token, leaseMs = offer(head, self)
        if token then return head, token, leaseMs end
      end
    end`

/** `tellHolder(held, ticket)`: the first in the queue tells the holder's process that another one waits. Needs QUEUE. */
export const TELL_HOLDER = `
    local function tellHolder(held, ticket)
      local holder, client = string.match(held, '^(([^:]+):[^|]*)|')
      if not holder or redis.call('ZRANGE', queue, 0, 0)[1] ~= ticket then return end
      redis.call(publish, (string.gsub(channel, '[^:]+$', client)), '!' .. holder)
    end`

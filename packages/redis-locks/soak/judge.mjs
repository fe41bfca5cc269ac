// A store that checks fencing tokens, on a Redis that has no faults: the judge of what the locks allowed.
import { defineScript, RedisClient } from '@gravito/plasma'

/** Enter a section. 1; 0 when a larger token was here; -1 when the token was given to somebody else before. */
const OPEN = defineScript({
  keys: ['state', 'tokens'],
  args: ['token', 'owner'],
  lua: `
    local known = redis.call('HMGET', state, 'token', 'owner')
    local mark = tonumber(known[1] or 0)
    if tonumber(token) < mark then
      redis.call('HINCRBY', state, 'stale', 1)
      return 0
    end
    if tonumber(token) == mark and known[2] ~= owner then
      redis.call('HINCRBY', state, 'twins', 1)
      return -1
    end
    redis.call('HSET', state, 'token', token, 'owner', owner)
    redis.call('HINCRBY', state, 'sections', 1)
    redis.call('RPUSH', tokens, token)
    return 1`,
})

/** Write what was computed from what was read; refused unless the token is the largest that was here. */
const WRITE = defineScript({
  keys: ['state'],
  args: ['token', 'value'],
  lua: `
    if redis.call('HGET', state, 'token') ~= token then
      redis.call('HINCRBY', state, 'stale', 1)
      return 0
    end
    redis.call('HSET', state, 'value', value)
    redis.call('HINCRBY', state, 'writes', 1)
    return 1`,
})

export function openJudge(url) {
  const redis = new RedisClient({ url, maxRetries: 100 })
  const state = name => `judge:{${name}}`
  return {
    open: (name, token, owner) =>
      redis.run(OPEN, [state(name), `${state(name)}:tokens`], [token, owner]),
    read: async name => Number((await redis.hget(state(name), 'value')) ?? 0),
    write: (name, token, value) => redis.run(WRITE, [state(name)], [token, value]),
    sections: async name => Number((await redis.hget(state(name), 'sections')) ?? 0),
    /** What it saw of one lock. */
    async verdict(name) {
      const fields = await redis.hgetall(state(name))
      const count = field => Number(fields[field] ?? 0)
      const tokens = (await redis.lrange(`${state(name)}:tokens`, 0, -1)).map(Number)
      return {
        sections: count('sections'),
        writes: count('writes'),
        /** Refused, because a larger token was there: what fencing is for. */
        stale: count('stale'),
        /** Two grants with one token. */
        twins: count('twins'),
        outOfOrder: tokens.filter((token, i) => token <= (tokens[i - 1] ?? 0)).length,
        lostUpdates: count('writes') - count('value'),
      }
    },
    close: () => redis.disconnect(),
  }
}

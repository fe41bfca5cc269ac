import { defineScript } from '@gravito/plasma'

/*
 * A lease is the right to compute an entry, in a key beside the entry and in its slot. Its value is one of
 * `l<id><header>` (somebody computes) and `n<id><header>` (somebody computed `null`, which is remembered). The header
 * holds the tokens that the tags had: a lease with other tokens is void.
 */

/** Bytes in front of the header. */
export const LEASE_ID_BYTES = 12

/** What an entry held when a lease on it was granted, and the generation of its store. */
export type Seen = string

/** The text of the entry as `current`, and what tells it from any other as `now`. */
const LOOK = `
    local current = redis.call('GET', entry)
    local now = (current and redis.sha1hex(current) or '') .. ':' .. (redis.call('GET', generation) or '')`

/**
 * Ask for the lease of an entry. KEYS: the entry, its lease, the generation that a flush changes (in a Cluster, where
 * that is elsewhere, the lease again). ARGV: an id, the header, ms. Answers with what was seen, the entry's text and
 * PTTL when granted, or with the milliseconds left to the holder, or with 'null'.
 */
export const ACQUIRE = defineScript({
  keys: ['entry', 'lease', 'generation'],
  args: ['id', 'header', 'leaseMs'],
  lua: `
    local holder = redis.call('GET', lease)
    if holder and string.sub(holder, ${LEASE_ID_BYTES + 2}) == header then
      if string.sub(holder, 1, 1) == 'n' then return { 'null' } end
      return { 'busy', redis.call('PTTL', lease) }
    end
    redis.call('SET', lease, 'l' .. id .. header, 'PX', leaseMs)
    ${LOOK}
    if not current then return { 'granted', now } end
    return { 'granted', now, current, redis.call('PTTL', entry) }`,
  reply: (raw: [string, (string | number)?, string?, number?]) => raw,
})

const IF_HELD = `
    if redis.call('GET', lease) ~= 'l' .. id .. header then return 0 end`

const SET_DOWN = `
    redis.call('DEL', lease)
    redis.call(publish, lease, '')`

/**
 * Write what was computed and give the lease back, unless it was lost or the entry has changed since it was granted.
 * KEYS: as for `ACQUIRE`. ARGV: the id and header of the lease, what `ACQUIRE` saw, the text, ms
 * (0: for ever), PUBLISH or SPUBLISH.
 */
export const KEEP = defineScript({
  keys: ['entry', 'lease', 'generation'],
  args: ['id', 'header', 'seen', 'text', 'ttlMs', 'publish'],
  lua: `${IF_HELD}
    ${LOOK}
    local unchanged = now == seen
    if unchanged and ttlMs == '0' then redis.call('SET', entry, text)
    elseif unchanged then redis.call('SET', entry, text, 'PX', ttlMs) end
    ${SET_DOWN}
    return unchanged and 1 or 0`,
  reply: (raw: number) => raw === 1,
})

/** Give a lease back with nothing kept. KEYS: the lease. ARGV: its id and header, PUBLISH or SPUBLISH. */
export const RELEASE = defineScript({
  keys: ['lease'],
  args: ['id', 'header', 'publish'],
  lua: `${IF_HELD}
    ${SET_DOWN}
    return 1`,
  reply: (raw: number) => raw === 1,
})

/** Remember that `null` was computed. KEYS: the lease. ARGV: its id and header, ms, PUBLISH or SPUBLISH. */
export const KEEP_NULL = defineScript({
  keys: ['lease'],
  args: ['id', 'header', 'ttlMs', 'publish'],
  lua: `${IF_HELD}
    redis.call('SET', lease, 'n' .. id .. header, 'PX', ttlMs)
    redis.call(publish, lease, '')
    return 1`,
  reply: (raw: number) => raw === 1,
})

/** Let a lease last longer. KEYS: the lease. ARGV: its id and header, ms. */
export const RENEW = defineScript({
  keys: ['lease'],
  args: ['id', 'header', 'leaseMs'],
  lua: `${IF_HELD}
    return redis.call('PEXPIRE', lease, leaseMs)`,
  reply: (raw: number) => raw === 1,
})

import { defineScript } from '@gravito/plasma'
import { MARK } from './fragments.js'
import type { Kind } from './kind.js'
import { MUTEX } from './mutex.js'

/** A mutex of which every node has its own. */
export const QUORUM: Kind = { ...MUTEX, suffix: ':quorum' }

/**
 * The token of a quorum is the largest of its nodes': the others take it over, so that any later majority has a node
 * that gives a larger one (I2). Answers 1 when the lock is the ticket's.
 */
export const RAISE = defineScript({
  keys: ['lock', 'fence'],
  args: ['ticket', 'token'],
  lua: `
    ${MARK}
    local held = redis.call('GET', lock)
    if not held or string.sub(held, 1, #ticket + 1) ~= ticket .. '|' then return 0 end
    if tonumber(string.sub(held, #ticket + 2)) < tonumber(token) then
      redis.call('SET', lock, ticket .. '|' .. token, 'KEEPTTL')
    end
    if tonumber(redis.call('GET', fence) or 0) < tonumber(token) then
      mark(token)
    end
    return 1`,
  reply: (raw: number) => raw === 1,
})

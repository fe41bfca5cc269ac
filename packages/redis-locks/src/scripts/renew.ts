import { defineScript, type Key, type Script, type Value } from '@gravito/plasma'

/**
 * Renews many leases of one kind at once. KEYS: one of each lease; ARGV: ticket and milliseconds of each. Answers per
 * lease whether it is still the ticket's. All keys belong to one node; in a Cluster they share their slot.
 */
export type RenewScript = Script<readonly Key[], readonly Value[], boolean[]>

/** A lock that is gone or another's stays so (I5), and a longer lease is not cut short. Always a write, for WAIT. */
export const RENEW: RenewScript = defineScript({
  lua: `
    local ours = {}
    for i, lock in ipairs(KEYS) do
      local ticket, ttlMs = ARGV[2 * i - 1] .. '|', tonumber(ARGV[2 * i])
      local held = redis.pcall('GET', lock)
      if type(held) == 'string' and string.sub(held, 1, #ticket) == ticket then
        if redis.call('PTTL', lock) <= ttlMs then redis.call('PEXPIRE', lock, ttlMs) end
        ours[i] = 1
      else
        ours[i] = 0
      end
    end
    return ours`,
  reply: (ours: number[]) => ours.map(it => it === 1),
})

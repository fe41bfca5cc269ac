import { defineScript } from '@gravito/plasma'
import type { Job } from '../member.js'
import { pause } from '../pause.js'
import { LOCK_TTL_MS } from '../protocol.js'

const HOLD_MS = 700
const REST_MS = 150
const WAIT_MS = 60_000

/** A resource that refuses a token smaller than the largest it has seen. Replies with true when it took the write. */
const WRITE = defineScript({
  keys: ['resource'],
  args: ['token', 'member'],
  lua: `
    local last = tonumber(redis.call('HGET', resource, 'token') or '0')
    redis.call('EXPIRE', resource, 3600)
    if tonumber(token) < last then
      redis.call('HINCRBY', resource, 'refused', 1)
      return 0
    end
    redis.call('HSET', resource, 'token', token, 'member', member)
    redis.call('HINCRBY', resource, 'writes', 1)
    return 1`,
  reply: (taken: number) => taken === 1,
})

/**
 * Queue for the lock, hold it, write, again and again. On purpose the last write of a section comes without a look at
 * the lease: a process that was frozen meanwhile writes too late, and the resource refuses it by its token.
 */
export async function useLock({ member, names, redis, locks, signal, say }: Job): Promise<void> {
  const mutex = locks.mutex(names.mutex, { ttlMs: LOCK_TTL_MS, waitMs: WAIT_MS })
  while (!signal.aborted) {
    say({ kind: 'lock', event: 'waiting', at: Date.now() })
    const lease = await mutex.acquire({ signal })
    const { token } = lease
    const heldAt = Date.now()
    say({ kind: 'lock', event: 'held', at: heldAt, token })
    const write = () => redis.run(WRITE, [names.resource], [token, member])
    let taken = true
    try {
      await write()
      await pause(HOLD_MS, signal)
      taken = await write()
    } finally {
      const outcome = taken ? (lease.isHeld() ? 'released' : 'lost') : 'refused'
      say({ kind: 'lock', event: 'over', at: Date.now(), heldAt, token, outcome })
      await lease.release()
    }
    await pause(REST_MS, signal)
  }
}

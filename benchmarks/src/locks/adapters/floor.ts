import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { LEASE_MS, type LocksSubject } from './adapter.js'

const COMPARE_AND_DELETE =
  "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

interface WithScript extends Redis {
  compareAndDelete(key: string, value: string): Promise<number>
}

/** What the least lock costs: SET NX PX, and a script that compares and deletes. It cannot wait. */
export const floor: LocksSubject = {
  hasPermits: false,
  commands: ['set', 'evalsha', 'eval'],
  async open(url) {
    const redis = new Redis(url) as WithScript
    redis.defineCommand('compareAndDelete', { numberOfKeys: 1, lua: COMPARE_AND_DELETE })
    return {
      async mutex(name) {
        const owner = randomUUID()
        if ((await redis.set(name, owner, 'PX', LEASE_MS, 'NX')) !== 'OK') {
          throw new Error('the floor cannot wait')
        }
        return () => redis.compareAndDelete(name, owner)
      },
      close: () => redis.quit(),
    }
  },
}

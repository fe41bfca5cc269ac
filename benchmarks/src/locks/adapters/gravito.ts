import { RedisClient } from '@gravito/plasma'
import { createLocks } from '@gravito/redis-locks'
import type { LocksSubject } from './adapter.js'

const FOR_EVER = { waitMs: Number.POSITIVE_INFINITY }

export const gravito: LocksSubject = {
  hasPermits: true,
  commands: ['evalsha', 'eval', 'subscribe', 'unsubscribe'],
  async open(url) {
    const redis = new RedisClient({ url })
    await redis.connect()
    const locks = createLocks(redis)
    return {
      async mutex(name) {
        const lease = await locks.mutex(name).acquire(FOR_EVER)
        return () => lease.release()
      },
      async permit(name, permits) {
        const lease = await locks.semaphore(name, { permits }).acquire(FOR_EVER)
        return () => lease.release()
      },
      close: () => redis.disconnect(),
    }
  },
}

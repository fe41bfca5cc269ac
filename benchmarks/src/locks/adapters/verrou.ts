import { Verrou } from '@verrou/core'
import { redisStore } from '@verrou/core/drivers/redis'
import { Redis } from 'ioredis'
import { LEASE_MS, type LocksSubject } from './adapter.js'

export const verrou: LocksSubject = {
  hasPermits: false,
  commands: ['set', 'eval', 'evalsha'],
  async open(url) {
    const redis = new Redis(url)
    const driver = redisStore({ connection: redis as never })
    const locks = new Verrou({ default: 'redis', stores: { redis: { driver } } })
    return {
      async mutex(name) {
        const lock = locks.createLock(name, LEASE_MS)
        if (!(await lock.acquire())) throw new Error('verrou gave up waiting')
        return () => lock.release()
      },
      close: () => redis.quit(),
    }
  },
}

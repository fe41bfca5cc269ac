import { Redis } from 'ioredis'
import { Mutex, Semaphore } from 'redis-semaphore'
import { LEASE_MS, type LocksSubject, type Release } from './adapter.js'

const OPTIONS = { lockTimeout: LEASE_MS, acquireTimeout: Number.POSITIVE_INFINITY }

export const redisSemaphore: LocksSubject = {
  hasPermits: true,
  commands: ['set', 'evalsha', 'eval'],
  async open(url) {
    const redis = new Redis(url)
    const taken = async (lock: Mutex | Semaphore): Promise<Release> => {
      await lock.acquire()
      return () => lock.release()
    }
    return {
      mutex: name => taken(new Mutex(redis, name, OPTIONS)),
      permit: (name, permits) => taken(new Semaphore(redis, name, permits, OPTIONS)),
      close: () => redis.quit(),
    }
  },
}

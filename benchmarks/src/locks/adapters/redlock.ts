/// <reference path="./redlock.d.ts" />
import { Redis } from 'ioredis'
import Redlock from 'redlock'
import { LEASE_MS, type LocksSubject } from './adapter.js'

export const redlock: LocksSubject = {
  hasPermits: false,
  commands: ['evalsha', 'eval'],
  async open(url) {
    const redis = new Redis(url)
    const locks = new Redlock([redis], { retryCount: -1 })
    return {
      async mutex(name) {
        const lock = await locks.lock(name, LEASE_MS)
        return () => lock.unlock()
      },
      close: () => redis.quit(),
    }
  },
}

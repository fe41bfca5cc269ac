declare module 'redlock' {
  import type { Redis } from 'ioredis'

  export interface RedlockLock {
    unlock(): Promise<unknown>
  }
  export default class Redlock {
    constructor(clients: readonly Redis[], options?: { retryCount?: number })
    lock(resource: string, ttlMs: number): Promise<RedlockLock>
  }
}

import { RedisClient } from '@gravito/plasma'
import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { inject, onTestFinished } from 'vitest'
import { createLocks, type Locks, type LocksOptions } from '../src/index.js'

export interface Client {
  readonly redis: RedisClient
  readonly locks: Locks
}

/** Clients that share nothing but Redis and a key prefix, as processes do. */
export function clients(
  amount: number,
  options: LocksOptions = {},
  url = inject('redisUrl'),
): [Client, Client, ...Client[]] {
  const keyPrefix = uniquePrefix('locks')
  return Array.from({ length: amount }, () => {
    const redis = new RedisClient({ url, keyPrefix, retryDelay: 20 })
    onTestFinished(() => redis.disconnect())
    return { redis, locks: createLocks(redis, options) }
  }) as [Client, Client, ...Client[]]
}

export const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  )

/** Resolves when so many tickets queue. */
export const queued = (redis: RedisClient, lock: string, amount: number) =>
  waitUntil(
    `${amount} queue for ${lock}`,
    async () => (await redis.zcard(`${lock}:q`)) === amount,
    {
      timeoutMs: 15_000,
    },
  )

/** Nothing is left but the token mark. */
export const nothingLeft = async (redis: RedisClient) => {
  await waitUntil('it is free', async () =>
    (await redis.keys('*')).every(key => key === 'lock:fence'),
  )
}

export const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

import { RedisClient } from '@gravito/plasma'
import {
  type RedisServer,
  type ServerOptions,
  startProxy,
  startRedis,
  waitUntil,
} from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { expect, onTestFinished } from 'vitest'
import { createLocks, type LocksOptions } from '../../src/index.js'

export const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

export async function ownServer(options: ServerOptions = {}) {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  const admin = new IoRedis(server.url)
  admin.on('error', () => undefined)
  onTestFinished(() => {
    admin.disconnect()
  })
  return { server, admin }
}

export function client(to: { url: string }, options: LocksOptions = {}) {
  const redis = new RedisClient({ url: to.url, retryDelay: 20, maxRetries: 5 })
  redis.on('error', () => undefined)
  onTestFinished(() => redis.disconnect())
  return { redis, locks: createLocks(redis, { waitMs: 20_000, ...options }) }
}

export const behindProxy = async (server: RedisServer, options: LocksOptions = {}) => {
  const proxy = await startProxy(server.port)
  onTestFinished(() => proxy.stop())
  return { proxy, ...client({ url: `redis://127.0.0.1:${proxy.port}` }, options) }
}

/** The error of a promise, and how long it took. */
export const failure = async (promise: Promise<unknown>) => {
  const started = performance.now()
  const error = await promise.then(
    () => undefined,
    (it: unknown) => it,
  )
  return { error, ms: performance.now() - started }
}

export const queued = (redis: IoRedis, amount: number, lock = 'lock:{a}') =>
  waitUntil(`${amount} queue`, async () => (await redis.zcard(`${lock}:q`)) === amount, {
    timeoutMs: 20_000,
  })

export const rising = (tokens: readonly number[]) => {
  expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
}

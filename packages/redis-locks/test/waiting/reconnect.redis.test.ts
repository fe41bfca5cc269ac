import { createManager, RedisClient } from '@gravito/plasma'
import { startProxy, startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, type Locks } from '../../src/index.js'
import { clients, queued } from '../setup.js'

/** Well below the 5 s after which a waiter asks again by itself. */
const SOON_MS = 3_000

test('a grant that nobody heard, because the subscriber was cut off, is asked for at once when it is back', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const [one, two] = clients(2, { waitMs: 20_000, ttlMs: 20_000 }, server.url)
  const admin = new Redis(server.url)
  onTestFinished(() => {
    admin.disconnect()
  })
  const kinds = [
    ['lock:{a}', one.locks.mutex('a'), two.locks.mutex('a')],
    [
      'lock:{a}:sem',
      one.locks.semaphore('a', { permits: 1 }),
      two.locks.semaphore('a', { permits: 1 }),
    ],
    ['lock:{a}:rw', one.locks.readWrite('a').write(), two.locks.readWrite('a').write()],
  ] as const
  for (const [key, mine, other] of kinds) {
    const lease = await mine.acquire()
    const waiting = other.acquire()
    await queued(one.redis, key, 1)
    const started = performance.now()
    // In one step: nobody hears, and the lock is handed to nobody.
    const cut = admin.client('KILL', 'TYPE', 'PUBSUB')
    const released = lease.release()
    await Promise.all([cut, released])
    await (await waiting).release()
    expect(performance.now() - started).toBeLessThan(SOON_MS)
  }
}, 60_000)

test('no listener stays when nobody waits any more', async () => {
  const [one, two] = clients(2)
  const lease = await one.locks.mutex('a').acquire()
  const waiting = two.locks.mutex('a').acquire()
  await queued(one.redis, 'lock:{a}', 1)
  let heard = 0
  const on = two.redis.on.bind(two.redis)
  const off = two.redis.off.bind(two.redis)
  two.redis.on = (event, listener) => {
    heard++
    return on(event, listener)
  }
  two.redis.off = (event, listener) => {
    heard--
    return off(event, listener)
  }
  await lease.release()
  await (await waiting).release()
  await waitUntil('the listeners of `ready` and `close` are gone', () => heard === -2)
})

test('a release that failed while Redis was away is made up for, long before the lease ends', async () => {
  const proxy = await startProxy(Number(new URL(inject('redisUrl')).port))
  onTestFinished(() => proxy.stop())
  const keyPrefix = uniquePrefix('late')
  const [one, two] = [`redis://127.0.0.1:${proxy.port}`, inject('redisUrl')].map(url => {
    const redis = new RedisClient({ url, keyPrefix, retryDelay: 20, commandTimeout: 500 })
    onTestFinished(() => redis.disconnect())
    return createLocks(redis, { waitMs: 30_000, ttlMs: 600_000 })
  }) as [Locks, Locks]
  const mutex = await one.mutex('a').acquire()
  const permit = await one.semaphore('a', { permits: 1 }).acquire()
  proxy.refuse()
  const results = await Promise.allSettled([mutex.release(), permit.release()])
  expect(results).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  proxy.accept()
  await (await two.mutex('a').acquire()).release()
  await (await two.semaphore('a', { permits: 1 }).acquire()).release()
}, 60_000)

test('who waits while its manager is reset is told, and nothing is thrown beside its promise', async () => {
  const unhandled: unknown[] = []
  const listener = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', listener)
  const connection = { url: inject('redisUrl'), keyPrefix: uniquePrefix('locks') }
  const other = new RedisClient(connection)
  onTestFinished(() => other.disconnect())
  const redis = createManager({ connections: { main: connection } })
  const lease = await createLocks(other).mutex('a').acquire()
  const waiting = createLocks(redis)
    .mutex('a')
    .acquire({ waitMs: 10_000 })
    .catch(error => error)
  await queued(other, 'lock:{a}', 1)
  await redis.reset()
  expect(await waiting).toMatchObject({ code: 'LOCK_STORE' })
  await new Promise(resolve => setTimeout(resolve, 50))
  process.off('unhandledRejection', listener)
  expect(unhandled).toEqual([])
  await lease.release()
})

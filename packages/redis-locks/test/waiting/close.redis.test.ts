import { createManager, RedisClient, type RedisManager } from '@gravito/plasma'
import { startProxy, startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, type Locks, type LocksSource, quorum } from '../../src/index.js'
import { clients, pause, queued } from '../setup.js'

/** Well below the 5 s after which a waiter asks again by itself, and the 15 s after which its ticket is dead. */
const SOON_MS = 3_000
const CLOSED = { code: 'LOCK_STORE', cause: { code: 'CONNECTION_CLOSED' } }

const kinds = {
  mutex: ['lock:{a}', (locks: Locks) => locks.mutex('a')],
  semaphore: ['lock:{a}:sem', (locks: Locks) => locks.semaphore('a', { permits: 1 })],
  'read-write': ['lock:{a}:rw', (locks: Locks) => locks.readWrite('a').write()],
} as const

const ended = (waiting: Promise<unknown>) => {
  const started = performance.now()
  return waiting.then(
    () => undefined,
    (error: unknown) => ({ error, ms: performance.now() - started }),
  )
}

/** Hold the lock elsewhere, wait for it on `source`, and close that. */
async function closedWhileWaiting(
  source: LocksSource,
  keyPrefix: string,
  close: () => unknown,
  [key, of]: (typeof kinds)[keyof typeof kinds] = kinds.mutex,
) {
  const other = new RedisClient({ url: inject('redisUrl'), keyPrefix })
  onTestFinished(() => other.disconnect())
  const lease = await of(createLocks(other, { ttlMs: 30_000 })).acquire()
  const waiting = of(createLocks(source)).acquire({ waitMs: 60_000 })
  waiting.catch(() => undefined)
  await queued(other, key, 1)
  const end = ended(waiting)
  await close()
  const result = await end
  expect(result?.ms).toBeLessThan(SOON_MS)
  await waitUntil('its place is given up', async () => (await other.zcard(`${key}:q`)) === 0, {
    timeoutMs: SOON_MS,
  })
  await lease.release()
  return result?.error
}

const connection = () => ({ url: inject('redisUrl'), keyPrefix: uniquePrefix('closed') })

describe('who waits is told at once, and its place in the queue is given up, when', () => {
  test.each(Object.keys(kinds) as (keyof typeof kinds)[])(
    'its client is closed: %s',
    async kind => {
      const options = connection()
      const redis = new RedisClient(options)
      const close = () => redis.disconnect()
      const error = await closedWhileWaiting(redis, options.keyPrefix, close, kinds[kind])
      expect(error).toMatchObject(CLOSED)
    },
  )

  test.each<[string, (manager: RedisManager) => unknown]>([
    ['closed', manager => manager.disconnect()],
    ['reset', manager => manager.reset()],
  ])('its manager is %s', async (_, close) => {
    const options = connection()
    const manager = createManager({ connections: { main: options } })
    const error = await closedWhileWaiting(manager, options.keyPrefix, () => close(manager))
    expect(error).toMatchObject(CLOSED)
  })

  test('the ioredis instance that it was made of is closed by its owner', async () => {
    const { url, keyPrefix } = connection()
    const own = new IoRedis(url, { keyPrefix })
    const error = await closedWhileWaiting(own, keyPrefix, () => own.quit())
    expect(error).toMatchObject(CLOSED)
  })

  test('the client over an ioredis instance is closed, and the instance is not', async () => {
    const { url, keyPrefix } = connection()
    const own = new IoRedis(url, { keyPrefix })
    onTestFinished(() => own.disconnect())
    const redis = RedisClient.from(own)
    const error = await closedWhileWaiting(redis, keyPrefix, () => redis.disconnect())
    expect(error).toMatchObject(CLOSED)
  })
})

test('all who wait in one process for its own lock are told, and what others hold is left alone', async () => {
  const [one, two] = clients(2, { waitMs: 60_000, ttlMs: 30_000 })
  const lease = await one.locks.mutex('a').acquire()
  const waiting = Array.from({ length: 50 }, () => ended(one.locks.mutex('a').acquire()))
  const others = two.locks.mutex('a').acquire()
  others.catch(() => undefined)
  await queued(two.redis, 'lock:{a}', 1)
  await one.redis.disconnect()
  for (const it of await Promise.all(waiting)) {
    expect(it?.error).toMatchObject(CLOSED)
    expect(it?.ms).toBeLessThan(SOON_MS)
  }
  expect((await two.locks.mutex('a').inspect())?.token).toBe(lease.token)
  await two.locks.mutex('a').forceRelease()
  await (await others).release()
})

test('what has still to be said takes no connection each, however many locks were made of the client', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const [one, two] = clients(2, { waitMs: 60_000 }, server.url)
  const connections = async () =>
    Number(/total_connections_received:(\d+)/.exec(await two.redis.call('INFO', 'stats'))?.[1])
  const lease = await two.locks.mutex('a').acquire()
  const waits = Array.from({ length: 20 }, () =>
    ended(createLocks(one.redis).mutex('a').acquire({ waitMs: 60_000 })),
  )
  await queued(two.redis, 'lock:{a}', 20)
  const before = await connections()
  await one.redis.disconnect()
  await Promise.all(waits)
  await queued(two.redis, 'lock:{a}', 0)
  expect((await connections()) - before).toBeLessThan(5)
  await lease.release()
})

test('several locks: those that were taken already are given back at once', async () => {
  const [one, two] = clients(2, { waitMs: 60_000, ttlMs: 30_000 })
  const lease = await two.locks.mutex('b').acquire()
  const waiting = ended(one.locks.multi(['a', 'b']).acquire())
  await queued(two.redis, 'lock:{b}', 1)
  const behind = two.locks.mutex('a').acquire()
  await queued(two.redis, 'lock:{a}', 1)
  const started = performance.now()
  await one.redis.disconnect()
  expect((await waiting)?.error).toMatchObject(CLOSED)
  await (await behind).release()
  expect(performance.now() - started).toBeLessThan(SOON_MS)
  await lease.release()
})

test('who waits for a quorum is told when a majority of its clients is closed', async () => {
  const keyPrefixes = [1, 2, 3].map(() => uniquePrefix('closed'))
  const nodes = () =>
    keyPrefixes.map(keyPrefix => {
      const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix })
      onTestFinished(() => redis.disconnect())
      return redis
    })
  const [mine, others] = [nodes(), nodes()]
  const lease = await quorum(others).mutex('a').acquire()
  const waiting = ended(quorum(mine).mutex('a').acquire({ waitMs: Number.POSITIVE_INFINITY }))
  await pause(300)
  await Promise.all(mine.slice(1).map(it => it.disconnect()))
  expect(await waiting).toMatchObject({ error: { code: 'LOCK_QUORUM' } })
  expect(await lease.release()).toBe(true)
})

test('a light request behind a heavy one of a closed client goes on at once', async () => {
  const [one, two, three] = clients(3, { waitMs: 60_000, ttlMs: 30_000 })
  const semaphore = (locks: Locks) => locks.semaphore('a', { permits: 2 })
  const lease = await semaphore(two.locks).acquire()
  const heavy = ended(semaphore(one.locks).acquire({ weight: 2 }))
  await queued(two.redis, 'lock:{a}:sem', 1)
  const light = semaphore(three?.locks as Locks).acquire()
  await queued(two.redis, 'lock:{a}:sem', 2)
  const started = performance.now()
  await one.redis.disconnect()
  await (await light).release()
  expect(performance.now() - started).toBeLessThan(SOON_MS)
  expect((await heavy)?.error).toMatchObject(CLOSED)
  await lease.release()
})

test('it is told as well when the client is closed while Redis cannot be reached', async () => {
  const proxy = await startProxy(Number(new URL(inject('redisUrl')).port))
  onTestFinished(() => proxy.stop())
  const keyPrefix = uniquePrefix('closed')
  const redis = new RedisClient({ url: `redis://127.0.0.1:${proxy.port}`, keyPrefix })
  redis.on('error', () => undefined)
  const locks = createLocks(redis, { waitMs: 60_000, ttlMs: 60_000 })
  await locks.mutex('a').acquire()
  const waiting = ended(locks.mutex('a').acquire())
  await pause(200)
  proxy.refuse()
  await waitUntil('it is cut off', () => redis.status === 'reconnecting')
  await redis.disconnect({ timeoutMs: 200 })
  const it = await waiting
  expect(it?.error).toMatchObject(CLOSED)
  expect(it?.ms).toBeLessThan(SOON_MS)
})

test('a client that is opened again hears its grants', async () => {
  const [one, two] = clients(2, { waitMs: 60_000, ttlMs: 30_000 })
  const kept = await one.locks.mutex('kept').acquire()
  ended(one.locks.mutex('kept').acquire())
  const lease = await two.locks.mutex('a').acquire()
  const before = ended(one.locks.mutex('a').acquire())
  await queued(two.redis, 'lock:{a}', 1)
  await one.redis.disconnect()
  expect((await before)?.error).toMatchObject(CLOSED)
  await one.redis.connect()
  for (const held of [lease, kept]) {
    const { name } = held
    const waiting = (held === lease ? one : two).locks.mutex(name).acquire()
    await queued(two.redis, `lock:{${name}}`, 1)
    const started = performance.now()
    await held.release()
    await (await waiting).release()
    expect(performance.now() - started).toBeLessThan(SOON_MS)
  }
})

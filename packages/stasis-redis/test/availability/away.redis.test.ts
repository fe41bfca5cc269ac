import { RedisClient } from '@gravito/plasma'
import { type RedisServer, startRedis, waitUntil } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { pause } from '../setup.js'

/** A store on a server of the test's own, which keeps what it has over a restart. */
async function ownStore(args = ['--appendonly', 'yes', '--appendfsync', 'always']) {
  const server = await startRedis({ args })
  const redis = new RedisClient({ port: server.port, retryDelay: 20 })
  const told: { error: Error & { code: string }; key: string }[] = []
  const onError = (error: unknown, key: string) =>
    told.push({ error: error as Error & { code: string }, key })
  const store = new RedisStore({ client: redis, onError })
  redis.on('error', () => undefined)
  onTestFinished(async () => {
    await store.close()
    await redis.disconnect({ timeoutMs: 100 })
    await server.stop()
  })
  return { server, redis, told, store }
}

const WAYS = ['kill', 'pause'] as const

async function back(server: RedisServer, how: (typeof WAYS)[number]): Promise<void> {
  if (how === 'pause') server.resume()
  else await server.restart()
}

const AWAY = {
  code: expect.stringMatching(/^(CACHE_AWAY|CONNECTION_FAILED|REPLY_LOST|LOCK_STORE)$/),
}

describe.each(WAYS)('Redis is gone (%s)', how => {
  test('each operation keeps to its policy, and the first reads after it are right', async () => {
    const { server, redis, store, told } = await ownStore()
    const tagged = store.tagKey('tagged', ['a'])
    for (const key of ['kept', 'forgotten', 'written', tagged]) await store.put(key, 'old', 600)
    const lock = store.lock('job')
    expect(await lock.acquire()).toBe(true)
    await server[how]()

    expect(await store.get('kept')).toBeNull()
    expect(told[0]).toMatchObject({ error: AWAY, key: 'kept' })
    expect(await store.many(['kept', tagged])).toEqual({ kept: null, [tagged]: null })
    expect(await store.has('kept')).toBe(false)
    expect(await store.remember('kept', 60, () => 'made')).toBe('made')
    expect(await store.flexible('kept', [1, 2], () => 'made')).toBe('made')
    await store.put('written', 'new', 60)
    await store.putMany({ one: 1, two: 2 }, 60)
    for (const operation of [
      () => store.add('added', 1, 60),
      () => store.forget('forgotten'),
      () => store.increment('counter'),
      () => store.decrement('counter'),
      () => store.pull('kept'),
      () => store.touch('kept', 1),
      () => store.ttl('kept'),
      () => store.keys(),
      () => store.flushTags(['a']),
      () => store.lock('job').acquire(),
      () => store.lock('job').block(1, () => 'ran'),
      () => lock.release(),
    ]) {
      await expect(operation(), String(operation)).rejects.toMatchObject(AWAY)
    }
    // Nobody waits any more.
    expect(await store.get('kept')).toBeNull()
    expect(told.at(-1)?.error.message).toContain('did not answer lately')
    expect(store.stats()).toMatchObject({ dropped: 3, errors: told.length })

    await back(server, how)
    await waitUntil('it is back', async () => (await store.get('kept')) === 'old')
    expect(await store.many(['forgotten', 'written', tagged, 'added', 'counter'])).toEqual({
      forgotten: null,
      written: null,
      [tagged]: null,
      added: null,
      counter: null,
    })
    expect(await redis.exists('cache:v:{forgotten}')).toBe(0)
    await store.put('kept', 'new', 60)
    expect(await store.get('kept')).toBe('new')
  }, 40_000)

  test('a flush is made up for', async () => {
    const { server, store } = await ownStore()
    await store.put('k', 'old', 600)
    await server[how]()
    await expect(store.flush()).rejects.toMatchObject(AWAY)
    await back(server, how)
    await waitUntil('it is back', async () => {
      await store.put('new', 1, 60)
      return (await store.get('new')) === 1
    })
    expect(await store.get('k')).toBeNull()
  }, 40_000)
})

test('more forgotten entries than it remembers become a flush', async () => {
  const { server, store } = await ownStore()
  await store.put('k', 'old', 600)
  await server.kill()
  const forgets = Array.from({ length: 10_001 }, (_, i) => store.forget(`k${i}`))
  const results = await Promise.allSettled(forgets)
  expect(results.every(({ status }) => status === 'rejected')).toBe(true)
  await server.restart()
  await waitUntil('it is back', async () => {
    await store.put('new', 1, 60)
    return (await store.get('new')) === 1
  })
  expect(await store.get('k')).toBeNull()
}, 40_000)

test('what was refused while the connection was lost is not done later', async () => {
  const { server, store, redis } = await ownStore()
  await store.put('n', 1, 600)
  await server.kill()
  await waitUntil('the loss is noticed', () => redis.status !== 'ready')
  await expect(store.increment('n')).rejects.toMatchObject(AWAY)
  await expect(store.add('added', 1, 60)).rejects.toMatchObject(AWAY)
  await server.restart()
  await waitUntil('it is back', async () => (await store.get('n')) === 1)
  await pause(500)
  expect(await store.many(['n', 'added'])).toEqual({ n: 1, added: null })
}, 40_000)

test('Redis is away from the start', async () => {
  const server = await startRedis()
  await server.kill()
  const redis = new RedisClient({ port: server.port, retryDelay: 20 })
  const store = new RedisStore({ client: redis })
  onTestFinished(async () => {
    await store.close()
    await redis.disconnect({ timeoutMs: 100 })
    await server.stop()
  })
  expect(await store.get('k')).toBeNull()
  await store.put('k', 1, 60)
  await expect(store.forget('k')).rejects.toMatchObject(AWAY)
  await server.restart()
  await waitUntil('it is back', async () => {
    await store.put('k', 1, 60)
    return (await store.get('k')) === 1
  })
}, 40_000)

test('a server that is full: writes are given up, and no old value is served', async () => {
  const { store, redis, told } = await ownStore()
  const tagged = store.tagKey('t', ['a'])
  await store.put('k', 'old', 600)
  await store.put(tagged, 'old', 600)
  await redis.call('config', 'set', 'maxmemory', '1')
  expect(await store.get('k')).toBe('old')
  await store.put('k', 'new', 60)
  await store.put(tagged, 'new', 60)
  expect(await store.many(['k', tagged])).toEqual({ k: null, [tagged]: null })
  expect(await store.remember('r', 60, () => 'made')).toBe('made')
  await expect(store.add('x', 1, 60)).rejects.toMatchObject({ code: 'OOM' })
  await expect(store.increment('n')).rejects.toMatchObject({ code: 'OOM' })
  expect(new Set(told.map(({ error }) => error.code))).toEqual(new Set(['OOM']))
  await waitUntil('the old value is removed', async () => (await redis.exists('cache:v:{k}')) === 0)
  await redis.call('config', 'set', 'maxmemory', '0')
  await store.put('k', 'new', 60)
  await waitUntil('it is served', async () => (await store.get('k')) === 'new')
  expect(store.stats().dropped).toBe(2)
})

test('a read-only replica: reads go on, but for what was to be forgotten', async () => {
  const { store, server, redis, told } = await ownStore()
  const tagged = store.tagKey('t', ['a'])
  const master = await startRedis()
  const admin = new Redis(server.port)
  onTestFinished(async () => {
    admin.disconnect()
    await master.stop()
  })
  await store.put('k', 'old', 600)
  await store.put('kept', 'old', 600)
  await store.put(tagged, 'old', 600)
  await admin.replicaof('127.0.0.1', 1)
  await expect(store.forget('k')).rejects.toMatchObject({ code: 'READONLY' })
  await expect(store.flushTags(['a'])).rejects.toMatchObject({ code: 'READONLY' })
  // The client looks once whether there is another master behind the name.
  await pause(300)
  await waitUntil('reads go on', async () => (await store.get('kept')) === 'old')
  expect(await store.many(['k', 'kept', tagged])).toEqual({ k: null, kept: 'old', [tagged]: null })
  expect(await store.remember('k', 60, () => 'made')).toBe('made')
  await expect(store.increment('n')).rejects.toMatchObject({ code: 'READONLY' })
  await store.put('dropped', 1, 60)
  expect(told.some(({ key }) => key === 'dropped')).toBe(true)
  await admin.replicaof('NO', 'ONE')
  await waitUntil('it is removed', async () => (await redis.exists('cache:v:{k}')) === 0)
  await waitUntil('it can be written again', async () => {
    await store.put('k', 'new', 60)
    return (await store.get('k')) === 'new'
  })
})

test('a factory that fails while Redis is away fails', async () => {
  const { server, store } = await ownStore()
  await server.kill()
  const fail = () => {
    throw new Error('no data')
  }
  await expect(store.remember('k', 60, fail)).rejects.toThrow('no data')
})

test('a client that was closed is not taken for a Redis that is away', async () => {
  const { store, redis } = await ownStore()
  await store.put('k', 1, 60)
  await redis.disconnect()
  for (const operation of [() => store.get('k'), () => store.put('k', 1, 60)])
    await expect(operation()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  await redis.connect()
  expect(await store.get('k')).toBe(1)
})

test('who waits behind 30,000 others is not given up: Redis answers', async () => {
  const { store, redis } = await ownStore([])
  const big = 'x'.repeat(500)
  const values = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`k${i}`, big]))
  await store.putMany(values, 60)
  expect(store.stats()).toMatchObject({ sets: 30_000, dropped: 0, errors: 0 })
  expect(await redis.dbsize()).toBe(30_000)
}, 60_000)

import { RedisClient } from '@gravito/plasma'
import { startRedis, startTlsRedis, waitUntil } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { pause, setup } from '../setup.js'
import { isLive, nearAt, nearOwn, placeOf } from './setup.js'

describe('the feed', () => {
  /** A foreign write that the store must see. */
  async function seesWrites(store: RedisStore, foreign: Redis, key: string): Promise<void> {
    await foreign.set(placeOf(key), '"first"', 'PX', 60_000)
    await waitUntil('the value is kept', async () => {
      const { nearHits } = store.stats()
      return (await store.get(key)) === 'first' && store.stats().nearHits > nearHits
    })
    await foreign.set(placeOf(key), '"second"')
    await waitUntil('the write is seen', async () => (await store.get(key)) === 'second')
  }

  test('that is killed takes everything with it and comes back, 20 times, 0 stale', async () => {
    const { foreign, store } = await nearOwn()
    await isLive(store)
    let stale = 0
    for (let i = 0; i < 20; i++) {
      await store.put('k', `old ${i}`, 60)
      await store.get('k')
      await store.get('k')
      const killing = foreign.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      const writing = foreign.set(placeOf('k'), `"new ${i}"`)
      await Promise.all([killing, writing])
      await waitUntil('the loss is noticed', () => store.stats().near?.live === false)
      if ((await store.get('k')) !== `new ${i}`) stale++
      await isLive(store)
      if ((await store.get('k')) !== `new ${i}`) stale++
    }
    expect(stale).toBe(0)
    await seesWrites(store, foreign, 'k')
  }, 60_000)

  test('survives a restart of Redis', async () => {
    const { server, foreign, store } = await nearOwn()
    await isLive(store)
    await store.put('k', 'v', 60)
    await store.get('k')
    await server.kill()
    await server.restart()
    await waitUntil('Redis answers', async () => (await foreign.ping()) === 'PONG')
    await waitUntil('the value is gone', async () => (await store.get('k')) === null)
    await isLive(store)
    await seesWrites(store, foreign, 'k')
  }, 60_000)

  test('that is mute is given up, although its socket is open', async () => {
    const { server, foreign, store } = await nearOwn()
    await isLive(store)
    server.pause()
    await waitUntil('it is given up', () => store.stats().near?.live === false)
    server.resume()
    await isLive(store)
    await seesWrites(store, foreign, 'k')
  }, 60_000)

  test('follows a connection that is lost alone', async () => {
    const { foreign, redis, store } = await nearOwn()
    await isLive(store)
    await foreign.client('KILL', 'ID', String(await redis.client('ID')))
    await waitUntil('the loss is noticed', () => store.stats().near?.live === false)
    await isLive(store)
    await seesWrites(store, foreign, 'k')
  })

  test('that the user may not open is reported once; everything is read from Redis', async () => {
    const server = await startRedis()
    const foreign = new Redis(server.port)
    await foreign.call(
      'ACL',
      'SETUSER',
      'app',
      'on',
      '>pw',
      '~*',
      '&*',
      '+@all',
      '-client|tracking',
    )
    const redis = new RedisClient({ port: server.port, username: 'app', password: 'pw' })
    const told: unknown[] = []
    const store = new RedisStore({ client: redis, near: true, onError: it => told.push(it) })
    onTestFinished(async () => {
      await store.close()
      await redis.disconnect()
      foreign.disconnect()
      await server.stop()
    })
    await store.put('k', 'v', 60)
    expect(await store.get('k')).toBe('v')
    await waitUntil('it is reported', () => told.length > 0)
    await pause(600)
    expect(told).toMatchObject([{ code: 'CACHE_NEAR_FEED' }])
    expect(await store.get('k')).toBe('v')
    expect(store.stats().near).toMatchObject({ live: false, entries: 0 })
  })

  test('ends with close() and with its client, and there is one for each store', async () => {
    const { foreign, redis, store } = await nearOwn()
    const feeds = async () =>
      String(await foreign.call('CLIENT', 'LIST', 'TYPE', 'pubsub'))
        .split('\n')
        .filter(line => line.includes('name=near-cache')).length
    await isLive(store)
    expect(await feeds()).toBe(1)
    await store.put('k', 'v', 60)
    await store.close()
    expect(await store.get('k')).toBe('v')
    expect(store.stats().near).toEqual({ live: false, entries: 0, bytes: 0 })
    await waitUntil('it is gone', async () => (await feeds()) === 0)

    const next = new RedisStore({ client: redis, near: true })
    await isLive(next)
    await redis.disconnect()
    await waitUntil('it is gone too', async () => (await feeds()) === 0)
    await redis.connect()
    await isLive(next)
    expect(await next.get('k')).toBe('v')
    await next.close()
  })

  test('works on any ioredis instance and through the options of another server', async () => {
    const { server } = await nearOwn()
    const own = new Redis(server.port, { keyPrefix: 'app:', db: 3 })
    const { foreign } = nearAt(server)
    await foreign.select(3)
    const store = new RedisStore({ client: own, near: true })
    onTestFinished(async () => {
      await store.close()
      own.disconnect()
    })
    await isLive(store)
    await seesWrites(store, foreign, 'k*?[')
  })
})

describe('how the client connects', () => {
  test('with a password that is asked for', async () => {
    const server = await startRedis({ args: ['--requirepass', 'pw'] })
    const redis = new RedisClient({ port: server.port, password: async () => 'pw' })
    const store = new RedisStore({ client: redis, near: true })
    onTestFinished(async () => {
      await store.close()
      await redis.disconnect()
      await server.stop()
    })
    await isLive(store)
  })

  test('over TLS', async () => {
    const server = await startTlsRedis()
    const redis = new RedisClient({
      host: 'localhost',
      port: server.port,
      tls: { ca: server.ca },
    })
    const store = new RedisStore({ client: redis, near: true })
    onTestFinished(async () => {
      await store.close()
      await redis.disconnect()
      await server.stop()
    })
    await isLive(store)
    await store.put('k', 1, 60)
    await waitUntil('it is kept', async () => {
      const { nearHits } = store.stats()
      return (await store.get('k')) === 1 && store.stats().nearHits > nearHits
    })
  })
})

test('a process ends although its near cache is open', async () => {
  const { keyPrefix } = setup()
  const { execFile } = await import('node:child_process')
  const { promisify } = await import('node:util')
  const file = new URL('../fixtures/near.mjs', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [file, inject('redisUrl'), keyPrefix],
    { timeout: 15_000 },
  )
  expect(stdout).toBe('live\n')
})

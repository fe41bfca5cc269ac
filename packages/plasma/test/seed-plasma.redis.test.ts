import { randomUUID } from 'node:crypto'
import { startRedis, startTlsRedis, waitUntil } from '@gravito/redis-testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Redis } from '../src/index.js'

/** The examples of the document that asked for this package, word for word but for addresses. */
let main: Awaited<ReturnType<typeof startRedis>>
let second: Awaited<ReturnType<typeof startRedis>>
beforeAll(async () => {
  main = await startRedis()
  second = await startRedis()
})
afterAll(async () => {
  await main.stop()
  await second.stop()
})
afterEach(() => Redis.reset())

test('basic setup (facade)', async () => {
  Redis.configure({
    default: 'main',
    connections: {
      main: { host: '127.0.0.1', port: main.port },
    },
  })

  await Redis.connect()

  await Redis.set('user:1', JSON.stringify({ id: 1, name: 'Nova' }), { ex: 3600 })
  const payload = await Redis.get('user:1')
  expect(JSON.parse(payload ?? '')).toEqual({ id: 1, name: 'Nova' })
  expect(await Redis.ttl('user:1')).toBeGreaterThan(3_500)

  await Redis.disconnect()
  await Redis.connect()
  await Redis.flushdb()
})

test('multiple connections', async () => {
  Redis.configure({
    default: 'cache',
    connections: {
      cache: { host: '127.0.0.1', port: main.port, db: 0 },
      analytics: { host: '127.0.0.1', port: second.port, db: 1 },
    },
  })

  const cache = Redis.connection('cache')
  const analytics = Redis.connection('analytics')

  await cache.set('cache:ping', 'ok')
  await analytics.incr('metrics:pageviews')
  expect(await cache.exists('metrics:pageviews')).toBe(0)
  expect(await analytics.get('metrics:pageviews')).toBe('1')
  expect(await analytics.client('INFO')).toContain(' db=1 ')
})

describe('on the default connection', () => {
  const config = () => ({ connections: { default: { host: '127.0.0.1', port: main.port } } })
  beforeEach(async () => {
    Redis.configure(config())
    await Redis.flushdb()
  })

  test('common operations', async () => {
    const redis = Redis.connection()

    await redis.set('status', 'ok', { ex: 60 })
    const status = await redis.get('status')
    expect(status).toBe('ok')

    await redis.hset('user:1', { name: 'Nova', role: 'admin' })
    const user = await redis.hgetall('user:1')
    expect(user).toEqual({ name: 'Nova', role: 'admin' })

    await redis.lpush('jobs', 'job:1', 'job:2')
    const jobs = await redis.lrange('jobs', 0, -1)
    expect(jobs).toEqual(['job:2', 'job:1'])

    await redis.sadd('tags', 'gravito', 'plasma')
    const tags = await redis.smembers('tags')
    expect(tags.sort()).toEqual(['gravito', 'plasma'])

    await redis.zadd('leaderboard', { score: 120, member: 'user:1' })
    const top = await redis.zrevrange('leaderboard', 0, 10)
    expect(top).toEqual(['user:1'])

    await redis.expire('status', 120)
    const ttl = await redis.ttl('status')
    expect(ttl).toBeGreaterThan(100)
  })

  test('pipeline', async () => {
    const redis = Redis.connection()
    const pipeline = redis.pipeline()
    pipeline.set('a', '1').incr('counter').hset('user:1', 'name', 'Nova')
    const results = await pipeline.exec()
    expect(results).toEqual([
      [null, 'OK'],
      [null, 1],
      [null, 1],
    ])
  })

  test('the simple lock', async () => {
    const redis = Redis.connection()
    const lockKey = 'lock:billing:sync'
    const lockTtl = 10_000
    const lockToken = randomUUID()

    const acquired = await redis.set(lockKey, lockToken, { nx: true, px: lockTtl })
    expect(acquired).toBe('OK')
    expect(await redis.set(lockKey, 'another', { nx: true, px: lockTtl })).toBeNull()

    const current = await redis.get(lockKey)
    if (current === lockToken) {
      await redis.del(lockKey)
    }
    expect(await redis.exists(lockKey)).toBe(0)
  })

  test('pub/sub', async () => {
    const redis = Redis.connection()
    const events: string[] = []
    await redis.subscribe('events', message => {
      events.push(message)
    })

    await redis.publish('events', 'workflow:done')
    await waitUntil('the event arrives', () => events[0] === 'workflow:done')
  })
})

test('full configuration, with TLS', async () => {
  const secure = await startTlsRedis()
  try {
    Redis.configure({
      default: 'primary',
      connections: {
        primary: {
          host: 'localhost',
          port: secure.port,
          password: undefined,
          db: 0,
          keyPrefix: 'gravito:',
          connectTimeout: 10_000,
          commandTimeout: 5_000,
          maxRetries: 3,
          retryDelay: 500,
          tls: {
            rejectUnauthorized: false,
          },
        },
        cache: {
          host: '127.0.0.1',
          port: second.port,
          db: 1,
        },
      },
    })
    await Redis.connect()
    expect(await Redis.set('a', '1')).toBe('OK')
    expect(await Redis.ioredis.get('gravito:a')).toBe('1')
    expect(await Redis.connection('cache').ping()).toBe('PONG')
    await Redis.disconnect()
  } finally {
    await secure.stop()
  }
})

test('environment-based setup', async () => {
  const redisHost = process.env.NODE_ENV === 'production' ? 'redis.prod' : '127.0.0.1'
  Redis.configure({
    default: 'default',
    connections: {
      default: {
        host: redisHost,
        port: main.port,
        password: process.env.REDIS_PASSWORD,
      },
    },
  })
  expect(await Redis.ping()).toBe('PONG')
})

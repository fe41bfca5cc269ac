import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { createAdapter } from '@socket.io/redis-adapter'
import { Queue, QueueEvents, Worker } from 'bullmq'
import { RedisStore } from 'connect-redis'
import fastify from 'fastify'
import type { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { expect, inject, onTestFinished, test } from 'vitest'
import { clientOf } from '../servers.js'

/** A client without a key prefix, for libraries that make keys of their own. */
const client = (options: object = {}) => clientOf({ url: inject('redisUrl'), ...options })
const raw = (redis: ReturnType<typeof client>) => redis.ioredis as Redis

test('BullMQ: a queue, a worker and a delayed job over redis.ioredis', async () => {
  const redis = client({ options: { maxRetriesPerRequest: null } })
  const options = { connection: raw(redis), prefix: uniquePrefix('bull').slice(0, -1) }
  const queue = new Queue('mail', options)
  const events = new QueueEvents('mail', options)
  const worker = new Worker('mail', async job => job.data.to.toUpperCase(), options)
  onTestFinished(async () => {
    await worker.close()
    await events.close()
    await queue.obliterate({ force: true })
    await queue.close()
  })
  await events.waitUntilReady()
  const job = await queue.add('welcome', { to: 'ada' })
  const delayed = await queue.add('later', { to: 'alan' }, { delay: 100 })
  expect(await job.waitUntilFinished(events)).toBe('ADA')
  expect(await delayed.waitUntilFinished(events)).toBe('ALAN')
})

test('connect-redis 8: sessions', async () => {
  const redis = client()
  const prefix = uniquePrefix('session')
  const store = new RedisStore({ client: raw(redis), prefix, ttl: 60 })
  const session = { cookie: { originalMaxAge: 60_000 }, user: 'ada' } as never
  await store.set('id', session)
  expect(await redis.ttl(`${prefix}id`)).toBeGreaterThan(50)
  expect(await store.get('id')).toMatchObject({ user: 'ada' })
  expect(await store.ids()).toEqual(['id'])
  await store.touch('id', session)
  await store.destroy('id')
  expect(await redis.exists(`${prefix}id`)).toBe(0)
})

test('rate-limiter-flexible', async () => {
  const redis = client()
  const limiter = new RateLimiterRedis({
    storeClient: raw(redis),
    keyPrefix: uniquePrefix('limit'),
    points: 2,
    duration: 10,
  })
  expect(await limiter.consume('ada')).toMatchObject({ remainingPoints: 1 })
  await limiter.consume('ada')
  await expect(limiter.consume('ada')).rejects.toMatchObject({ remainingPoints: 0 })
  await limiter.delete('ada')
})

test('@fastify/rate-limit', async () => {
  const redis = client()
  const app = fastify()
  onTestFinished(() => app.close())
  await app.register(rateLimit, {
    max: 2,
    timeWindow: 10_000,
    redis: raw(redis),
    nameSpace: uniquePrefix('fastify'),
  })
  app.get('/', () => 'ok')
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await app.inject('/')).statusCode)
  expect(statuses).toEqual([200, 200, 429])
})

test('the socket.io adapter: a message crosses from one server to the other', async () => {
  const key = uniquePrefix('socket')
  const open = async () => {
    const redis = client()
    const http = createServer()
    const server = new Server(http, {
      adapter: createAdapter(raw(redis), raw(client()), { key }),
    })
    await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => server.close())
    return { server, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
  }
  const [first, second] = [await open(), await open()]
  const socket = io(second.url, { transports: ['websocket'] })
  onTestFinished(() => void socket.close())
  const heard: string[] = []
  socket.on('news', message => heard.push(message))
  await waitUntil('connected', () => socket.connected)
  await waitUntil('crossed', () => {
    first.server.emit('news', 'hello')
    return heard.includes('hello')
  })
})

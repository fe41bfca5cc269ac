import { tracingChannel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { RedisClient } from '../../src/index.js'
import { clientOf, testClient } from '../servers.js'

const closing = <
  Instance extends { disconnect(): void; on(event: 'error', it: () => void): unknown },
>(
  instance: Instance,
): Instance => {
  instance.on('error', () => undefined)
  onTestFinished(() => instance.disconnect())
  return instance
}

const attempts = (instance: Redis, count: number) =>
  new Promise<void>(resolve => {
    let closed = 0
    instance.on('close', () => {
      if (++closed === count) resolve()
    })
  })

/** A server that ends with the test. */
async function started(options?: Parameters<typeof startRedis>[0]) {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

const RETRIES = { retryDelay: 5, maxRetries: 2 }

/** A server that does not run yet, and a client whose instance a library holds; `many` failed attempts to connect. */
async function late() {
  const server = await started()
  await server.kill()
  const options = { maxRetriesPerRequest: null }
  const redis = clientOf({ port: server.port, ...RETRIES, options })
  redis.on('error', () => undefined)
  const instance = redis.ioredis as Redis
  return { server, redis, instance, many: attempts(instance, 6) }
}

describe('the instance comes back as any other, whoever uses it', () => {
  test('a server that is late: commands of a library wait for it, those of the client fail within maxRetries', async () => {
    const { server, redis, instance, many } = await late()
    const pending = instance.set('a', '1')
    await expect(redis.get('a')).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
    await expect(redis.connect()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
    await many
    await server.restart()
    expect(await pending).toBe('OK')
    expect(await redis.get('a')).toBe('1')
  })

  test('the client began first: a command of a library keeps it trying', async () => {
    const { server, redis, instance, many } = await late()
    const failed = expect(redis.get('a')).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
    const pending = instance.set('a', '1')
    await failed
    await many
    await server.restart()
    expect(await pending).toBe('OK')
  })

  test('copies outlive more attempts than maxRetries, though the client was never opened, or is closed', async () => {
    const server = await started()
    const redis = clientOf({ port: server.port, ...RETRIES })
    const copy = closing((redis.ioredis as Redis).duplicate({ maxRetriesPerRequest: null }))
    await copy.set('a', '1')
    await redis.get('a')
    await redis.disconnect()
    const many = attempts(copy, 6)
    await server.kill()
    await many
    await server.restart()
    expect(await copy.set('a', '2')).toBe('OK')
  })

  test('attempts of a copy do not count for the client', async () => {
    const server = await started()
    const redis = clientOf({ port: server.port, ...RETRIES })
    redis.on('error', () => undefined)
    const instance = redis.ioredis as Redis
    await redis.ping()
    const copy = closing(instance.duplicate({ port: 1 }))
    const once = attempts(copy, 1)
    copy.connect().catch(() => undefined)
    await once
    copy.disconnect()
    let closed = 0
    let failedAfter = 0
    const lost = new Promise(resolve => {
      instance.on('close', () => {
        if (++closed > 1) return
        redis
          .get('a')
          .catch(() => {
            failedAfter = closed
          })
          .then(resolve)
      })
    })
    await server.kill()
    await lost
    expect(failedAfter).toBe(3)
  })
})

test('a library that closes the instance closes it for itself: the client opens it again', async () => {
  const redis = testClient()
  const instance = redis.ioredis as Redis
  await redis.set('a', '1')
  expect(await instance.quit()).toBe('OK')
  await expect(instance.ping()).rejects.toThrow('Connection is closed.')
  expect(await redis.get('a')).toBe('1')
  const pending = redis.get('a')
  instance.disconnect()
  expect(await Promise.all([pending, redis.get('a'), redis.incr('a')])).toEqual(['1', '1', 2])
  expect(redis.ioredis).toBe(instance)
})

test('a copy opens at once, unless it is told to wait, and so does one of a client with a password source', async () => {
  for (const options of [{}, { password: async () => '' }]) {
    const instance = testClient(options).ioredis as Redis
    const eager = closing(instance.duplicate())
    await once(eager, 'ready')
    expect(closing(instance.duplicate({ lazyConnect: true })).status).toBe('wait')
    expect(instance.status).toBe('wait')
  }
  const told = testClient({ options: { lazyConnect: true } }).ioredis as Redis
  expect(closing(told.duplicate()).status).toBe('wait')
})

test('copies ask the password source too, before every connection', async () => {
  const server = await started({ args: ['--requirepass', 'first'] })
  let password = 'first'
  const redis = clientOf({ port: server.port, password: async () => password })
  const instance = redis.ioredis as Redis
  const early = closing(instance.duplicate())
  expect(await early.ping()).toBe('PONG')
  expect(await redis.ping()).toBe('PONG')
  await redis.call('CONFIG', 'SET', 'requirepass', 'second')
  password = 'second'
  const late = closing(instance.duplicate({ lazyConnect: false }))
  expect(await late.ping()).toBe('PONG')
  const ready = once(early, 'ready')
  early.disconnect(true)
  await ready
  expect(await early.ping()).toBe('PONG')
  const own = closing(instance.duplicate({ password: 'second' }))
  expect(await own.ping()).toBe('PONG')
})

test('the message of a failure names where a given instance connects to', async () => {
  const instance = closing(new Redis({ port: 1, host: '127.0.0.2', retryStrategy: () => null }))
  const failed = RedisClient.from(instance).get('a')
  await expect(failed).rejects.toMatchObject({ address: '127.0.0.2:1' })
})

describe('replies have one shape, whatever the instance makes of its own', () => {
  const url = inject('redisUrl')
  const shapes: [string, () => RedisClient][] = [
    ['given, replyMapping', () => given(new Redis(url, { replyMapping: 'resp3' }))],
    ['given, stringNumbers', () => given(new Redis(url, { stringNumbers: true }))],
    ['given, both', () => given(new Redis(url, { stringNumbers: true, replyMapping: 'resp3' }))],
    ['given, ioredis 5, stringNumbers', () => given(new Redis5(url, { stringNumbers: true }))],
    ['own, replyMapping', () => clientOf({ url, options: { protocol: 3, replyMapping: 'resp3' } })],
    ['own, stringNumbers', () => clientOf({ url, options: { stringNumbers: true } })],
    ['own, RESP2', () => clientOf({ url, options: { protocol: 2 } })],
  ]
  const given = (instance: Parameters<typeof RedisClient.from>[0]) => {
    closing(instance as Redis)
    return RedisClient.from(instance)
  }

  test.each(shapes)('%s', async (_, make) => {
    const redis = make()
    const k = uniquePrefix('shapes')
    await redis.hset(`${k}h`, { '1': '2' })
    expect(await redis.hgetall(`${k}h`)).toEqual({ '1': '2' })
    expect(await redis.buffers.hgetall(`${k}h`)).toEqual({ '1': Buffer.from('2') })
    expect(await redis.call('HGETALL', `${k}h`)).toEqual({ '1': '2' })
    expect(await redis.zadd(`${k}z`, [{ member: 'a', score: 1.5 }])).toBe(1)
    expect(await redis.call('ZSCORE', `${k}z`, 'a')).toBe('1.5')
    expect(await redis.zrange(`${k}z`, 0, -1, 'WITHSCORES')).toEqual(['a', '1.5'])
    expect(await redis.zrange(`${k}z`, 0, -1, { withScores: true })).toEqual([
      { member: 'a', score: 1.5 },
    ])
    expect(await redis.set(`${k}n`, '12')).toBe('OK')
    expect(await redis.get(`${k}n`)).toBe('12')
    expect(await redis.incr(`${k}n`)).toBe(13)
    expect(await redis.eval(`return {1, '2', {3}, false}`, 0)).toEqual([1, '2', [3], null])
    expect(await redis.pipeline().incr(`${k}n`).get(`${k}n`).hgetall(`${k}h`).exec()).toEqual([
      [null, 14],
      [null, '14'],
      [null, { '1': '2' }],
    ])
    expect(
      await redis.multi(c => [
        c.incr(`${k}n`),
        c.get(`${k}n`),
        c.hgetall(`${k}h`),
        c.zscore(`${k}z`, 'a'),
      ]),
    ).toEqual([15, '15', { '1': '2' }, 1.5])
    await redis.unlink(`${k}h`, `${k}z`, `${k}n`)
    await redis.disconnect()
  })
})

test('who traces ioredis sees the end of every command, of those in a batch too', async () => {
  const redis = testClient()
  await redis.set('a', 'text')
  const seen: string[] = []
  const handlers = {
    start: () => undefined,
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: (context: { command?: string; error?: Error }) =>
      seen.push(`${context.command}${context.error ? '!' : ''}`),
    error: () => undefined,
  }
  const channel = tracingChannel<string, { command?: string; error?: Error }>('ioredis:command')
  channel.subscribe(handlers as never)
  onTestFinished(() => channel.unsubscribe(handlers as never))
  await redis.pipeline().get('a').incr('a').exec()
  await waitUntil('seen', () => seen.length === 2)
  expect(seen).toEqual(['get', 'incr!'])
  expect(await redis.get('a')).toBe('text')
})

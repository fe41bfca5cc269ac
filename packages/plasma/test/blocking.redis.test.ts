import { startRedis, waitUntil } from '@gravito/redis-testing'
import { expect, onTestFinished, test } from 'vitest'
import { ConnectionClosedError, InvalidArgumentError, RedisClient } from '../src/index.js'
import { clientOf, isBlocked, testClient } from './servers.js'

const blpop = (redis: RedisClient, key: string, seconds = 0, signal?: AbortSignal) =>
  redis.with(signal ? { signal } : {}).send<[string, string] | null>('blpop', [key, seconds], [0])

test('a command that waits holds up no other', async () => {
  const redis = testClient()
  const waiting = [blpop(redis, 'a'), blpop(redis, 'b')]
  expect(await redis.ping()).toBe('PONG')
  await redis.rpush('b', '2')
  await redis.rpush('a', '1')
  const [[, first], [, second]] = (await Promise.all(waiting)) as [
    [string, string],
    [string, string],
  ]
  expect([first, second]).toEqual(['1', '2'])
})

test('its time is its own: commandTimeout does not end it', async () => {
  const redis = testClient({ commandTimeout: 100 })
  expect(await blpop(redis, 'none', 0.4)).toBeNull()
})

test('its connection is used again', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const redis = clientOf({ port: server.port })
  for (let i = 0; i < 5; i++) {
    await redis.rpush('l', i)
    await blpop(redis, 'l')
  }
  const clients = await redis.client<string>('LIST')
  expect(clients.trim().split('\n')).toHaveLength(2)
})

test('aborted it ends at once, and what arrives later stays where it is', async () => {
  const redis = testClient()
  const controller = new AbortController()
  const waiting = blpop(redis, 'l', 0, controller.signal).catch(error => error)
  await new Promise(resolve => setTimeout(resolve, 50))
  controller.abort(new Error('enough'))
  expect(await waiting).toEqual(new Error('enough'))
  await redis.rpush('l', 'kept')
  expect(await redis.lrange('l', 0, -1)).toEqual(['kept'])
})

test('what arrived before the abort is not lost', async () => {
  const redis = testClient()
  let popped = 0
  for (let i = 0; i < 100; i++) {
    const controller = new AbortController()
    const waiting = blpop(redis, 'l', 0, controller.signal)
    const push = redis.rpush('l', i)
    setImmediate(() => controller.abort())
    await waiting.then(
      () => popped++,
      () => undefined,
    )
    await push
  }
  expect(popped + (await redis.llen('l'))).toBe(100)
})

test('a server that restarts: the wait goes on', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const redis = clientOf({ port: server.port, maxRetries: 1_000 })
  const waiting = blpop(redis, 'l')
  await waitUntil('blocked', () => isBlocked(redis))
  await server.kill()
  await server.restart()
  await waitUntil('blocked again', () => isBlocked(redis))
  await redis.rpush('l', 'v')
  expect(await waiting).toEqual(['l', 'v'])
})

test('disconnect ends the wait', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const redis = new RedisClient({ port: server.port })
  const waiting = blpop(redis, 'l').catch(error => error)
  await waitUntil('blocked', () => isBlocked(redis))
  const started = performance.now()
  await redis.disconnect()
  expect(performance.now() - started).toBeLessThan(1_500)
  const ended = await waiting
  expect(ended === null || ended instanceof ConnectionClosedError).toBe(true)
})

test('disconnect keeps its time, also when the server answers no more', async () => {
  const server = await startRedis()
  onTestFinished(async () => {
    server.resume()
    await server.stop()
  })
  const redis = new RedisClient({ port: server.port })
  const waiting = [blpop(redis, 'a'), blpop(redis, 'b')].map(it => it.catch(error => error))
  await waitUntil('blocked', () => isBlocked(redis))
  server.pause()
  const started = performance.now()
  await redis.disconnect({ timeoutMs: 150 })
  expect(performance.now() - started).toBeLessThan(700)
  for (const ended of await Promise.all(waiting))
    expect(ended).toBeInstanceOf(ConnectionClosedError)
})

test('in a pipeline it is refused, in MULTI it does not wait', async () => {
  const redis = testClient()
  expect(() => redis.pipeline().send('blpop', ['l', 1], [0])).toThrow(InvalidArgumentError)
  expect(await redis.multi().send('blpop', ['l', 1], [0]).exec()).toEqual([[null, null]])
})

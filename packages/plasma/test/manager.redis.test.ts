import { startRedis, uniquePrefix } from '@gravito/redis-testing'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import {
  ConnectionFailedError,
  ConnectionNotFoundError,
  createManager,
  NotConfiguredError,
  Redis,
  RedisConfigError,
  RedisManager,
} from '../src/index.js'

let other: Awaited<ReturnType<typeof startRedis>>
beforeAll(async () => {
  other = await startRedis()
})
afterAll(() => other.stop())

function manager() {
  const made = createManager({
    default: 'main',
    connections: {
      main: { url: inject('redisUrl'), keyPrefix: uniquePrefix('manager') },
      analytics: { port: other.port },
    },
  })
  onTestFinished(() => made.disconnect())
  return made
}

describe('a manager', () => {
  test('sends its own commands to the default connection', async () => {
    const redis = manager()
    await redis.set('a', '1')
    expect(await redis.connection('main').get('a')).toBe('1')
    expect(await redis.connection().get('a')).toBe('1')
    expect(await redis.connection('analytics').get('a')).toBeNull()
    expect(await redis.pipeline().get('a').exec()).toEqual([[null, '1']])
    expect(await redis.multi(c => [c.incr('a')])).toEqual([2])
    await redis.unlink('a')
  })

  test('gives the same client for the same name, opened on first use', async () => {
    const redis = manager()
    expect(redis.connection('main')).toBe(redis.connection())
    expect(redis.connections()).toEqual(['main', 'analytics'])
    expect(redis.connection('analytics').status).toBe('idle')
    expect(await redis.connection('analytics').incr('visits')).toBe(1)
  })

  test('connects and disconnects all connections or one', async () => {
    const redis = manager()
    await redis.connect('main')
    expect(redis.connection('analytics').status).toBe('idle')
    await redis.connect()
    expect(redis.connection('analytics').status).toBe('ready')
    await redis.disconnect('main')
    expect(redis.connection('main').status).toBe('closed')
    await redis.disconnect()
    await redis.disconnect()
    expect(redis.connection('analytics').status).toBe('closed')
    await redis.connect()
    expect(await redis.ping()).toBe('PONG')
  })

  test('connect fails with the connection that failed', async () => {
    const redis = createManager({
      default: 'a',
      connections: { a: { port: other.port }, b: { port: 1, maxRetries: 0 } },
    })
    onTestFinished(() => redis.disconnect())
    const error = await redis.connect().catch(it => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(error.connection).toBe('b')
    expect(await redis.ping()).toBe('PONG')
  })

  test('says what is wrong before it is configured, and for unknown names', async () => {
    const redis = createManager()
    await expect(redis.get('a')).rejects.toBeInstanceOf(NotConfiguredError)
    await expect(redis.connect()).rejects.toBeInstanceOf(NotConfiguredError)
    await expect(redis.subscribe('a', () => 1)).rejects.toBeInstanceOf(NotConfiguredError)
    expect(() => redis.connection()).toThrow(/Redis\.configure/)
    await redis.disconnect()
    expect(() => manager().connection('nope')).toThrow(ConnectionNotFoundError)
    expect(() => manager().connection('nope')).toThrow(/main, analytics/)
    expect(() => manager().connection('constructor')).toThrow(ConnectionNotFoundError)
  })

  test('configured again, it leaves the old server and keeps what did not change', async () => {
    const redis = manager()
    const main = redis.connection('main')
    const analytics = redis.connection('analytics')
    await redis.connect()
    const changed = { url: inject('redisUrl'), keyPrefix: uniquePrefix('changed') }
    redis.configure({
      default: 'main',
      connections: { main: changed, analytics: { port: other.port } },
    })
    expect(redis.connection('analytics')).toBe(analytics)
    expect(redis.connection('main')).not.toBe(main)
    expect(redis.keyPrefix).toBe(changed.keyPrefix)
    await main.disconnect()
    expect(main.status).toBe('closed')
    expect(analytics.status).toBe('ready')
  })

  test('a mistake in a second configuration changes nothing', async () => {
    const redis = manager()
    const main = redis.connection('main')
    expect(() => redis.configure({ connections: { main: { port: 'x' } } })).toThrow(
      RedisConfigError,
    )
    expect(redis.connection('main')).toBe(main)
    expect(await redis.ping()).toBe('PONG')
  })

  test('hears the events of all its connections', async () => {
    const redis = manager()
    const ready: string[] = []
    redis.on('ready', ({ connection }) => ready.push(connection))
    await redis.connect()
    expect(ready.sort()).toEqual(['analytics', 'main'])
  })
})

test('the facade is one manager, shared by every copy of the package', () => {
  expect(Redis).toBeInstanceOf(RedisManager)
  expect((globalThis as Record<symbol, unknown>)[Symbol.for('@gravito/plasma.Redis')]).toBe(Redis)
})

import { createRequire } from 'node:module'
import { createManager, Redis, RedisClient } from '@gravito/plasma'
import { startCluster, startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { type ClientSource, type ProviderOptions, RedisCacheProvider } from '../../src/index.js'
import { pause } from '../setup.js'

const DEADLINE = { deadlineMs: 10_000 }

function setup(source?: ClientSource, options: ProviderOptions = {}) {
  const errors: unknown[] = []
  const { prefix = uniquePrefix('commandkit') } = options
  const onError = (error: unknown) => void errors.push(error)
  const provider = new RedisCacheProvider(source ?? inject('redisUrl'), {
    onError,
    ...DEADLINE,
    ...options,
    prefix,
  })
  onTestFinished(async () => {
    await provider.clear()
    await provider.disconnect()
  })
  return { provider, prefix, errors }
}

describe('the contract', () => {
  test('a value comes back with the time at which it expires, or without one', async () => {
    const { provider, errors } = setup()
    expect(await provider.get('none')).toBeUndefined()
    await provider.set('a', { name: 'Nova', since: new Date(5) })
    expect(await provider.get('a')).toEqual({ value: { name: 'Nova', since: new Date(5) } })
    await provider.set('b', [1, 2n, new Map([['x', undefined]])], 60_000)
    const { value, ttl = 0 } = (await provider.get('b')) ?? {}
    expect(value).toEqual([1, 2n, new Map([['x', undefined]])])
    expect(Math.abs(ttl - Date.now() - 60_000)).toBeLessThan(10_000)
    await provider.set('null', null)
    expect(await provider.get('null')).toEqual({ value: null })
    expect(errors).toEqual([])
  })

  test('a TTL is milliseconds; 0 or less is no entry; NaN is refused', async () => {
    const { provider } = setup()
    await provider.set('a', 1, 50)
    await provider.set('b', 1, 0.4)
    await provider.set('c', 1)
    await provider.set('c', 1, 0)
    expect(await provider.exists('c')).toBe(false)
    await pause(80)
    expect(await provider.get('a')).toBeUndefined()
    expect(await provider.exists('b')).toBe(false)
    await expect(provider.set('a', 1, Number.NaN)).rejects.toMatchObject({ argument: 'ttl' })
    await expect(provider.expire('a', Number.POSITIVE_INFINITY)).rejects.toThrow('ttl')
    await expect(provider.get('')).rejects.toMatchObject({ argument: 'key' })
  })

  test('exists, delete, expire', async () => {
    const { provider } = setup()
    await provider.set('a', 1)
    expect(await provider.exists('a')).toBe(true)
    await provider.expire('a', 60_000)
    expect((await provider.get('a'))?.ttl).toBeGreaterThan(Date.now())
    await provider.expire('a', 0)
    expect(await provider.exists('a')).toBe(false)
    await provider.set('b', 1)
    await provider.delete('b')
    await provider.delete('b')
    expect(await provider.get('b')).toBeUndefined()
  })

  test('clear removes its own keys and no others, also with a glob for a prefix', async () => {
    const redis = new IoRedis(inject('redisUrl'))
    onTestFinished(async () => void (await redis.quit()))
    const { provider, prefix } = setup(undefined, { prefix: `${uniquePrefix('glob')}[*]:` })
    const foreign = uniquePrefix('glob')
    await redis.set(foreign, '1', 'PX', 60_000)
    await Promise.all(Array.from({ length: 1_200 }, (_, i) => provider.set(`k${i}`, i)))
    expect(await redis.exists(`${prefix}k7`)).toBe(1)
    await provider.clear()
    expect(await provider.exists('k7')).toBe(false)
    expect(await provider.exists('k1199')).toBe(false)
    expect(await redis.exists(foreign)).toBe(1)
  })

  test('serialize and deserialize may be replaced, and may be asynchronous', async () => {
    const { provider, errors } = setup()
    provider.serialize = async value => `!${JSON.stringify(value)}`
    provider.deserialize = async text => JSON.parse(text.slice(1))
    await provider.set('a', { b: 1 })
    expect(await provider.get('a')).toEqual({ value: { b: 1 } })
    provider.deserialize = () => {
      throw new Error('unreadable')
    }
    expect(await provider.get('a')).toBeUndefined()
    provider.serialize = () => undefined as never
    await provider.set('a', 1)
    expect(errors).toMatchObject([
      { code: 'CACHE_DESERIALIZATION' },
      { code: 'CACHE_SERIALIZATION' },
    ])
    expect(provider.errors).toBe(2)
  })
})

/** ioredis loaded anew: other classes, the same code. */
function anotherIoredis(): typeof import('ioredis') {
  const require = createRequire(import.meta.url)
  for (const file of Object.keys(require.cache)) {
    if (file.includes('/ioredis/')) delete require.cache[file]
  }
  return require('ioredis')
}

describe('what it runs on', () => {
  test('a client, a manager, a connection name, a URL, options, ioredis of another copy', async () => {
    const url = new URL(inject('redisUrl'))
    const options = { host: url.hostname, port: url.port, retryStrategy: () => 50, family: 4 }
    const client = new RedisClient({ url: url.href })
    const manager = createManager({ connections: { main: { url: url.href } } })
    const { Redis: OtherRedis } = anotherIoredis()
    const own = new OtherRedis(url.href)
    expect(own).not.toBeInstanceOf(IoRedis)
    Redis.configure({ default: 'main', connections: { main: { port: 1 }, bot: { url: url.href } } })
    onTestFinished(async () => {
      await Promise.all([client.disconnect(), manager.disconnect(), own.quit(), Redis.reset()])
    })
    const prefix = uniquePrefix('same')
    const sources: ClientSource[] = [client, manager, 'bot', url.href, options, own]
    for (const [i, source] of sources.entries()) {
      const { provider, errors } = setup(source, { prefix })
      await provider.set('k', i)
      expect(errors).toEqual([])
    }
    const { provider } = setup(client, { prefix })
    expect(await provider.get('k')).toEqual({ value: sources.length - 1 })
  })

  test('nothing: the facade', async () => {
    Redis.configure({ connections: { default: { url: inject('redisUrl') } } })
    onTestFinished(() => Redis.reset())
    const provider = new RedisCacheProvider(undefined, {
      prefix: uniquePrefix('facade'),
      ...DEADLINE,
    })
    await provider.set('k', 1, 60_000)
    expect(await provider.get('k')).toMatchObject({ value: 1 })
    await provider.clear()
  })

  test('a Cluster of ioredis', async () => {
    const cluster = await startCluster({ replicas: 0 })
    onTestFinished(() => cluster.stop())
    const { Cluster } = await import('ioredis')
    const own = new Cluster([...cluster.nodes])
    onTestFinished(() => own.disconnect())
    const { provider, errors } = setup(own)
    await Promise.all(Array.from({ length: 50 }, (_, i) => provider.set(`k${i}`, i)))
    expect(await provider.get('k7')).toEqual({ value: 7 })
    await provider.clear()
    const left = await Promise.all(Array.from({ length: 50 }, (_, i) => provider.exists(`k${i}`)))
    expect(left).not.toContain(true)
    expect(errors).toEqual([])
  })

  test('what cannot be is refused by name', () => {
    expect(() => new RedisCacheProvider(7 as never)).toThrow('client')
    expect(() => new RedisCacheProvider('')).toThrow('client')
    expect(() => new RedisCacheProvider({ hots: 'x' } as never)).toThrow('hots')
    expect(() => new RedisCacheProvider({}, { prefix: '' })).toThrow('prefix')
    expect(() => new RedisCacheProvider({}, { deadlineMs: 0 })).toThrow('deadlineMs')
    expect(() => new RedisCacheProvider({}, { onError: 1 as never })).toThrow('onError')
  })
})

test('Redis away: a miss at once, reported; what was deleted meanwhile never comes back', async () => {
  const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  onTestFinished(() => server.stop())
  const { provider, errors } = setup({ port: server.port, retryDelay: 20 }, { deadlineMs: 1_000 })
  await waitUntil('the first write', async () => {
    await provider.set('deleted', 'old')
    await provider.set('kept', 'old')
    return provider.exists('kept')
  })
  server.pause()
  expect(await provider.get('kept')).toBeUndefined()
  await provider.delete('deleted')
  await provider.set('x', 1)
  await provider.expire('kept', 5)
  expect(await provider.exists('kept')).toBe(false)
  expect(errors.length).toBeGreaterThanOrEqual(5)
  expect(errors[0]).toMatchObject({ code: 'CACHE_AWAY' })
  server.resume()
  await server.restart()
  await waitUntil('it is back', async () => (await provider.get('kept')) !== undefined, {
    timeoutMs: 15_000,
  })
  expect(await provider.get('deleted')).toBeUndefined()
  expect(await provider.exists('deleted')).toBe(false)
}, 40_000)

test('a reporter that throws breaks nothing', async () => {
  const onError = () => {
    throw new Error('the reporter is broken')
  }
  const { provider } = setup(undefined, { onError })
  provider.serialize = () => {
    throw new Error('no')
  }
  await provider.set('a', 1)
  expect(provider.errors).toBe(1)
})

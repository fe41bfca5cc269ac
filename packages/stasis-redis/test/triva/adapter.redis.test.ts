import { RedisClient } from '@gravito/plasma'
import { startRedis, uniquePrefix } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { RedisAdapter, type RedisAdapterOptions } from '../../src/index.js'
import { pause } from '../setup.js'

function setup(options: RedisAdapterOptions = {}) {
  const adapter = new RedisAdapter({
    client: inject('redisUrl'),
    prefix: `${uniquePrefix('triva')}:`,
    deadlineMs: 10_000,
    ...options,
  })
  onTestFinished(async () => {
    await adapter.clear()
    await adapter.disconnect()
  })
  return adapter
}

test('values are exact, null is a miss for the reader, and time is milliseconds', async () => {
  const adapter = setup()
  const value = { at: new Date(5), set: new Set([1n]), bytes: Buffer.from('x'), nothing: undefined }
  await adapter.set('a', value)
  expect(await adapter.get('a')).toEqual(value)
  expect(await adapter.set('n', null, null)).toBe(true)
  expect(await adapter.get('n')).toBeNull()
  expect(await adapter.has('n')).toBe(true)
  await adapter.set('short', 1, 50)
  await pause(80)
  expect(await adapter.get('short')).toBeNull()
  expect(await adapter.set('a', 1, 0)).toBe(true)
  expect(await adapter.has('a')).toBe(false)
  await expect(adapter.set('a', 1, Number.NaN)).rejects.toMatchObject({ argument: 'ttl' })
  await expect(adapter.get('')).rejects.toMatchObject({ argument: 'key' })
})

test('keys by glob and in the form that Triva sends; special characters of the prefix are literal', async () => {
  const prefix = `${uniquePrefix('a')}[x]*:`
  const adapter = setup({ prefix })
  const other = setup({ prefix: prefix.replace('[x]*', 'x?') })
  await other.set('users:9', 1)
  for (const key of ['users:1', 'users:22', 'posts:1']) await adapter.set(key, 1)
  expect(await adapter.keys('users:.*')).toEqual(['users:1', 'users:22'])
  expect(await adapter.keys('users:?')).toEqual(['users:1'])
  expect(await adapter.keys(null)).toEqual(['posts:1', 'users:1', 'users:22'])
  await expect(adapter.keys(7 as never)).rejects.toThrow('pattern')
  expect(await adapter.clear()).toBe(3)
  expect(await other.keys()).toEqual(['users:9'])
})

test('a clear of many keys counts them all', async () => {
  const adapter = setup()
  await Promise.all(Array.from({ length: 1_234 }, (_, i) => adapter.set(`k${i}`, i)))
  expect(await adapter.clear()).toBe(1_234)
  expect(await adapter.clear()).toBe(0)
})

describe('locks', () => {
  test('only who took it gives it back; clear leaves it', async () => {
    const prefix = `${uniquePrefix('locks')}:`
    const [mine, theirs] = [setup({ prefix }), setup({ prefix })]
    expect(await mine.set('lock:a', 'm', 60_000)).toBe(true)
    expect(await theirs.set('lock:a', 't', 60_000)).toBe(false)
    await theirs.get('lock:a')
    expect(await theirs.delete('lock:a')).toBe(false)
    expect(await theirs.clear()).toBe(0)
    expect(await mine.get('lock:a')).toBe('m')
    expect(await mine.delete('lock:a')).toBe(true)
    expect(await mine.delete('lock:a')).toBe(false)
    expect(await theirs.set('lock:a', 't', 60_000)).toBe(true)
    await theirs.delete('lock:a')
  })

  test('an owner whose time is over does not release the next one, in this process or another', async () => {
    const prefix = `${uniquePrefix('locks')}:`
    const [mine, theirs] = [setup({ prefix }), setup({ prefix })]
    await mine.set('lock:a', 'first', 30)
    expect(await mine.get('lock:a')).toBe('first')
    await pause(60)
    expect(await theirs.set('lock:a', 'second', 60_000)).toBe(true)
    expect(await mine.delete('lock:a')).toBe(false)
    expect(await theirs.delete('lock:a')).toBe(true)
    await mine.set('lock:b', 'first', 30)
    expect(await mine.get('lock:b')).toBe('first')
    await pause(60)
    expect(await mine.set('lock:b', 'second', 60_000)).toBe(true)
    expect(await mine.get('lock:b')).toBe('second')
    expect(await mine.delete('lock:b')).toBe(true)
  })

  test('between reading and deleting the lock may pass on within the process', async () => {
    const adapter = setup()
    await adapter.set('lock:a', 'first', 40)
    expect(await adapter.get('lock:a')).toBe('first')
    await pause(80)
    expect(await adapter.set('lock:a', 'second', 60_000)).toBe(true)
    expect(await adapter.delete('lock:a')).toBe(false)
    expect(await adapter.get('lock:a')).toBe('second')
    expect(await adapter.delete('lock:a')).toBe(true)
    expect(await adapter.set('lock:x', 1, 0)).toBe(false)
  })

  test('no increment is lost', async () => {
    const prefix = `${uniquePrefix('locks')}:`
    const adapters = [setup({ prefix }), setup({ prefix })]
    let counter = 0
    const increment = async (adapter: RedisAdapter) => {
      const ticket = crypto.randomUUID()
      while (!(await adapter.set('lock:counter', ticket, 60_000))) await pause(1)
      const seen = counter
      await pause(1)
      counter = seen + 1
      if ((await adapter.get('lock:counter')) === ticket) await adapter.delete('lock:counter')
    }
    await Promise.all(adapters.flatMap(it => Array.from({ length: 15 }, () => increment(it))))
    expect(counter).toBe(30)
  })
})

test('any client', async () => {
  const prefix = `${uniquePrefix('triva')}:`
  const [plasma, own] = [
    new RedisClient({ url: inject('redisUrl') }),
    new IoRedis(inject('redisUrl')),
  ]
  onTestFinished(async () => {
    await Promise.all([plasma.disconnect(), own.quit()])
  })
  await setup({ client: plasma, prefix }).set('a', 1)
  expect(await setup({ client: own, prefix }).get('a')).toBe(1)
})

test('what cannot be is refused by name', () => {
  expect(() => new RedisAdapter({ prefix: '' })).toThrow('prefix')
  expect(() => new RedisAdapter({ deadlineMs: 1.5 })).toThrow('deadlineMs')
  expect(() => new RedisAdapter({ onError: 'x' as never })).toThrow('onError')
  expect(() => new RedisAdapter({ client: 'cache', host: 'x' })).toThrow('host')
  expect(() => new RedisAdapter({ cluster: true })).toThrow('nodes')
  expect(() => new RedisAdapter({ sentinels: [{ host: 'a' }] })).toThrow('name')
  expect(() => new RedisAdapter({ prot: 1 } as never)).toThrow('port')
})

test('Redis away: reads miss, writes say false, and nothing pretends to have been removed', async () => {
  const server = await startRedis()
  const errors: unknown[] = []
  const adapter = new RedisAdapter({
    port: server.port,
    retryDelay: 10,
    maxRetries: 1,
    onError: error => errors.push(error),
  })
  onTestFinished(() => adapter.disconnect())
  await adapter.connect()
  await server.stop()
  expect(await adapter.get('a')).toBeNull()
  expect(await adapter.has('a')).toBe(false)
  expect(await adapter.set('a', 1)).toBe(false)
  expect(await adapter.set('lock:a', 1, 1_000)).toBe(false)
  await expect(adapter.delete('a')).rejects.toThrow()
  await expect(adapter.clear()).rejects.toThrow()
  await expect(adapter.keys()).rejects.toThrow()
  await expect(adapter.connect()).rejects.toThrow()
  expect(adapter.stats().errors).toBe(errors.length)
  expect(errors.length).toBeGreaterThanOrEqual(4)
}, 40_000)

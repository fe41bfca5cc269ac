import { createManager, Redis, RedisClient, RedisConfigError } from '@gravito/plasma'
import { LockTimeoutError } from '@gravito/redis-locks'
import { startCluster, startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { RedisStore, type RedisStoreOptions, redisStore } from '../src/index.js'

function setup(options: RedisStoreOptions = {}) {
  const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('cache') })
  onTestFinished(async () => {
    await redis.connect()
    for await (const key of redis.scanIterator()) await redis.unlink(key)
    await redis.disconnect()
  })
  return { redis, store: new RedisStore({ client: redis, ...options }) }
}

describe('values', () => {
  test('are what was put; null is never a hit', async () => {
    const { store } = setup()
    expect(await store.get('user')).toBeNull()
    await store.put('user', { name: 'Nova', at: new Date(5), tags: new Set(['a']) }, 60)
    expect(await store.get('user')).toEqual({ name: 'Nova', at: new Date(5), tags: new Set(['a']) })
    expect(await store.has('user')).toBe(true)
    await store.put('user', null, 60)
    expect(await store.has('user')).toBe(false)
    for (const value of ['', 0, false, [], {}]) {
      await store.put('falsy', value, 60)
      expect(await store.get('falsy')).toEqual(value)
    }
  })

  test('forget, has, many, putMany, pull, forever', async () => {
    const { store } = setup()
    await store.putMany({ a: 1, b: [2] }, 60)
    expect(await store.many(['a', 'b', 'c'])).toEqual({ a: 1, b: [2], c: null })
    expect(await store.forget('a')).toBe(true)
    expect(await store.forget('a')).toBe(false)
    expect(
      (await Promise.all([1, 2, 3].map(() => store.pull('b')))).filter(it => it !== null),
    ).toEqual([[2]])
    await store.forever('c', 'x')
    expect(await store.ttl('c')).toBeNull()
  })

  test('what cannot be stored is refused and leaves the old value', async () => {
    const { store } = setup()
    await store.put('k', 'old', 60)
    await expect(store.put('k', () => 1, 60)).rejects.toMatchObject({
      code: 'CACHE_SERIALIZATION',
      key: 'k',
    })
    await expect(store.add('k', null, 60)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
    await expect(store.put('', 1, 60)).rejects.toMatchObject({ argument: 'key' })
    expect(await store.get('k')).toBe('old')
  })

  test('keys of any length and content', async () => {
    const { store } = setup()
    for (const key of ['a*[b]?', '{x}', 'ключ 🔑\n', 'k'.repeat(10_000)]) {
      await store.put(key, key.length, 60)
      expect(await store.get(key)).toBe(key.length)
    }
  })

  test('keys by glob, by the names that the application uses', async () => {
    const { store } = setup({ prefix: 'p*:' })
    await store.putMany({ 'user:1': 1, 'user:2': 2, other: 3 }, 60)
    expect((await store.keys('user:*')).sort()).toEqual(['user:1', 'user:2'])
  })
})

describe('TTL', () => {
  test('seconds, fractions, a Date, null and the default', async () => {
    const { store } = setup({ defaultTtl: 300 })
    await store.put('seconds', 1, 60)
    await store.put('fraction', 1, 0.25)
    await store.put('date', 1, new Date(Date.now() + 60_000))
    await store.put('ever', 1, null)
    await store.put('default', 1, undefined)
    expect(await store.ttl('seconds')).toBeGreaterThan(59)
    expect(await store.ttl('fraction')).toBeLessThanOrEqual(0.25)
    expect(await store.ttl('date')).toBeGreaterThan(58)
    expect(await store.ttl('ever')).toBeNull()
    expect(await store.ttl('default')).toBeGreaterThan(299)
    await waitUntil('the fraction is over', async () => (await store.get('fraction')) === null)
  })

  test('0, negative and past forget the entry', async () => {
    const { store } = setup()
    for (const ttl of [0, -1, new Date(0), -0.001]) {
      await store.put('k', 'old', 60)
      await store.put('k', 'new', ttl)
      expect(await store.get('k')).toBeNull()
      expect(await store.add('k', 'new', ttl)).toBe(false)
    }
  })

  test('NaN, infinity, an invalid Date or no time are refused and change nothing', async () => {
    const { store } = setup()
    await store.put('k', 'old', 60)
    for (const ttl of [Number.NaN, Number.POSITIVE_INFINITY, new Date('x'), '60', {}]) {
      await expect(store.put('k', 'new', ttl as never)).rejects.toMatchObject({ argument: 'ttl' })
      await expect(store.add('k', 'new', ttl as never)).rejects.toMatchObject({ argument: 'ttl' })
    }
    expect(await store.get('k')).toBe('old')
  })

  test('touch changes it and nothing else', async () => {
    const { store } = setup()
    await store.put('k', 'v', 10)
    expect(await store.touch('k', 100)).toBe(true)
    expect(await store.ttl('k')).toBeGreaterThan(99)
    expect(await store.touch('k', null)).toBe(true)
    expect(await store.ttl('k')).toBeNull()
    expect(await store.touch('none', 100)).toBe(false)
    expect(await store.touch('k', 0)).toBe(true)
    expect(await store.has('k')).toBe(false)
  })
})

describe('add, increment, decrement', () => {
  test('add writes once', async () => {
    const { store } = setup()
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.add('k', i, 60)))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await store.ttl('k')).toBeGreaterThan(59)
  })

  test('increment is atomic, starts at 0 and keeps the expiry', async () => {
    const { store } = setup()
    await Promise.all(Array.from({ length: 50 }, () => store.increment('n')))
    expect(await store.get('n')).toBe(50)
    expect(await store.decrement('n', 8)).toBe(42)
    await store.put('n', 1, 60)
    expect(await store.increment('n', 2)).toBe(3)
    expect(await store.ttl('n')).toBeGreaterThan(59)
  })

  test('a tagged counter counts, and starts again after a flush', async () => {
    const { store } = setup()
    const key = store.tagKey('n', ['a'])
    await Promise.all(Array.from({ length: 20 }, () => store.increment(key)))
    expect(await store.get(key)).toBe(20)
    await store.flushTags(['a'])
    expect(await store.get(key)).toBeNull()
    expect(await store.increment(key, 5)).toBe(5)
    await store.put(key, 7, 60)
    expect(await store.increment(key)).toBe(8)
    expect(await store.ttl(key)).toBeGreaterThan(59)
  })

  test('what is no whole number is refused and unchanged', async () => {
    const { store } = setup()
    for (const key of ['text', store.tagKey('text', ['a'])]) {
      await store.put(key, 'abc', 60)
      await expect(store.increment(key)).rejects.toMatchObject({
        code: 'CACHE_NOT_A_NUMBER',
        key: 'text',
      })
      await expect(store.increment(key, 1.5)).rejects.toMatchObject({ argument: 'value' })
      await expect(store.increment(key, Number.NaN)).rejects.toMatchObject({ argument: 'value' })
      expect(await store.get(key)).toBe('abc')
    }
  })
})

describe('tags', () => {
  test('an entry is visible only with its tags, in any order, and any of them flushes it', async () => {
    const { store } = setup()
    const key = store.tagKey('k', ['b', 'a', 'b'])
    await store.put(key, 'v', 60)
    expect(await store.get(store.tagKey('k', ['a', 'b']))).toBe('v')
    expect(await store.get('k')).toBeNull()
    expect(await store.get(store.tagKey('k', ['a']))).toBeNull()
    await store.flushTags(['a'])
    expect(await store.get(key)).toBeNull()
    expect(await store.has(key)).toBe(false)
    expect(await store.pull(key)).toBeNull()
    expect(await store.add(key, 'again', 60)).toBe(true)
    expect(await store.add(key, 'twice', 60)).toBe(false)
    expect(await store.get(key)).toBe('again')
  })

  test('flushing a tag leaves entries of other tags, and costs the same for any number', async () => {
    const { redis, store } = setup()
    const keys = Array.from({ length: 2_000 }, (_, i) =>
      store.tagKey(`k${i}`, ['big', `g${i % 2}`]),
    )
    await Promise.all(keys.map(key => store.put(key, 1, 60)))
    await redis.configSet({ 'slowlog-log-slower-than': 10_000 })
    await store.flushTags(['g0'])
    const left = await Promise.all(keys.map(key => store.get(key)))
    expect(left.filter(it => it !== null)).toHaveLength(1_000)
    expect(await redis.keys('cache:t:*')).toHaveLength(2)
  })

  test('a value computed before a flush is not served after it', async () => {
    const { store } = setup()
    const key = store.tagKey('k', ['a'])
    let stale = 0
    for (let i = 0; i < 50; i++) {
      const made = store.remember(key, 60, async () => {
        await store.flushTags(['a'])
        return 'computed from old data'
      })
      await made
      if ((await store.get(key)) !== null) stale++
    }
    expect(stale).toBe(0)
  })

  test('a lost token makes entries stale, never wrong; tokens outlive their entries', async () => {
    const { redis, store } = setup()
    const short = store.tagKey('short', ['a'])
    const long = store.tagKey('long', ['a'])
    await store.put(short, 1, 10)
    await store.put(long, 1, 1_000)
    expect(await redis.ttl('cache:t:a')).toBeGreaterThan(990)
    await store.put(short, 1, 10)
    expect(await redis.ttl('cache:t:a')).toBeGreaterThan(990)
    await store.forever(long, 1)
    expect(await redis.ttl('cache:t:a')).toBe(-1)
    await redis.del('cache:t:a')
    expect(await store.get(long)).toBeNull()
  })

  test('the index methods of Stasis have nothing to do', async () => {
    const { redis, store } = setup()
    const key = store.tagKey('k', ['a'])
    await store.put(key, 1, 60)
    const before = await redis.keys('*')
    store.tagIndexAdd(['a'], key)
    store.tagIndexRemove(key)
    expect((await redis.keys('*')).sort()).toEqual(before.sort())
  })
})

describe('flush', () => {
  test('removes the own entries and tags, and nothing else', async () => {
    const { redis, store } = setup({ prefix: 'own*:' })
    const neighbour = new RedisStore({ client: redis, prefix: 'ownX:' })
    await store.putMany(
      Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`k${i}`, i])),
      60,
    )
    await store.put(store.tagKey('k', ['a']), 1, 60)
    await neighbour.put('k', 'theirs', 60)
    await redis.set('foreign', '1')
    const lock = store.lock('job')
    expect(await lock.acquire()).toBe(true)
    await store.flush()
    expect(await store.get('k1')).toBeNull()
    expect(await store.get(store.tagKey('k', ['a']))).toBeNull()
    expect(await neighbour.get('k')).toBe('theirs')
    expect(await redis.get('foreign')).toBe('1')
    expect(await store.lock('job').acquire()).toBe(false)
    await lock.release()
    expect((await redis.keys('own\\*:[vgt]:*')).length).toBe(0)
  })
})

describe('lock', () => {
  test('is given back by its owner only, and ends by itself', async () => {
    const { store } = setup()
    const one = store.lock('job', 10)
    const other = store.lock('job', 10)
    expect(await one.acquire()).toBe(true)
    expect(await other.acquire()).toBe(false)
    await other.release()
    expect(await store.lock('job').acquire()).toBe(false)
    await one.release()
    const brief = store.lock('job', 0.05)
    expect(await brief.acquire()).toBe(true)
    await waitUntil('it ended', () => other.acquire())
    await brief.release()
    expect(await store.lock('job').acquire()).toBe(false)
    await other.release()
  })

  test('block waits for it, runs, and gives it back', async () => {
    const { store } = setup()
    const order: string[] = []
    const one = store.lock('job')
    await one.acquire()
    const waiting = store.lock('job').block(5, () => order.push('second'))
    order.push('first')
    await one.release()
    await waiting
    expect(order).toEqual(['first', 'second'])
    await one.acquire()
    await expect(store.lock('job').block(0.05, () => 1)).rejects.toBeInstanceOf(LockTimeoutError)
    await one.release()
    expect(() => store.lock('job', 0)).toThrow(/seconds/)
    await expect(store.lock('job').block(-1, () => 1)).rejects.toMatchObject({
      argument: 'seconds',
    })
  })
})

describe('remember', () => {
  test('calls the factory once for all callers of the process', async () => {
    const { store } = setup()
    let calls = 0
    const factory = async () => {
      calls++
      return { n: calls }
    }
    const values = await Promise.all(
      Array.from({ length: 200 }, () => store.remember('k', 60, factory)),
    )
    expect(calls).toBe(1)
    expect(new Set(values.map(it => it.n))).toEqual(new Set([1]))
    expect(await store.remember('k', 60, factory)).toEqual({ n: 1 })
    expect(calls).toBe(1)
  })

  test('a failing factory fails its callers and keeps nothing', async () => {
    const { store } = setup()
    await expect(
      store.remember('k', 60, () => {
        throw new Error('no data')
      }),
    ).rejects.toThrow('no data')
    expect(await store.remember('k', 60, () => 'good')).toBe('good')
    expect(await store.remember('none', 60, () => null)).toBeNull()
    expect(await store.has('none')).toBe(false)
  })
})

test('stats count hits, misses, sets and deletes', async () => {
  const { store } = setup()
  expect(store.stats().hitRate).toBe(0)
  await store.put('k', 1, 60)
  await store.get('k')
  await store.get('none')
  await store.forget('k')
  expect(store.stats()).toEqual({ hits: 1, misses: 1, sets: 1, deletes: 1, hitRate: 0.5 })
})

describe('what it runs on', () => {
  test('the facade, by connection name, also when it is configured later', async () => {
    const prefix = uniquePrefix('facade')
    const { driver, store } = redisStore({ connection: 'cache', prefix })
    expect(driver).toBe('custom')
    Redis.configure({
      default: 'main',
      connections: { main: { port: 1 }, cache: { url: inject('redisUrl') } },
    })
    onTestFinished(() => Redis.reset())
    await store.put('k', 'v', 60)
    expect(await store.get('k')).toBe('v')
    await store.flush()
  })

  test('a manager and any ioredis instance', async () => {
    const prefix = uniquePrefix('same')
    const manager = createManager({ connections: { main: { url: inject('redisUrl') } } })
    const own = new IoRedis(inject('redisUrl'))
    const one = new RedisStore({ client: manager, prefix })
    const other = new RedisStore({ client: own, prefix })
    await one.put('k', 'v', 60)
    expect(await other.get('k')).toBe('v')
    await other.flush()
    expect(await one.get('k')).toBeNull()
    await manager.disconnect()
    await own.quit()
  })

  test('a Cluster', async () => {
    const cluster = await startCluster({ replicas: 0 })
    onTestFinished(() => cluster.stop())
    const redis = new RedisClient({ cluster: true, nodes: cluster.nodes })
    onTestFinished(() => redis.disconnect())
    const store = new RedisStore({ client: redis })
    const keys = Array.from({ length: 100 }, (_, i) => store.tagKey(`k${i}`, ['a', `b${i % 3}`]))
    await Promise.all(keys.map((key, i) => store.put(key, i, 60)))
    expect(await store.get(keys[42] ?? '')).toBe(42)
    await store.flushTags(['b0'])
    expect(
      (await Promise.all(keys.map(key => store.get(key)))).filter(it => it === null),
    ).toHaveLength(34)
    await store.putMany({ x: 1, y: 2, z: 3 }, 60)
    expect(await store.many(['x', 'y', 'z'])).toEqual({ x: 1, y: 2, z: 3 })
    expect(await store.lock('job').block(1, () => 'ran')).toBe('ran')
    await redis.set('foreign', '1')
    await store.flush()
    expect(await store.keys()).toEqual([])
    expect(await redis.get('foreign')).toBe('1')
  }, 60_000)

  test('bad options are refused by name', () => {
    expect(() => new RedisStore({ prefx: 'a' } as never)).toThrow(/prefx.*did you mean prefix/)
    expect(() => new RedisStore({ prefix: '' })).toThrow(RedisConfigError)
    expect(() => new RedisStore({ prefix: 'a{b}' })).toThrow(/braces/)
    expect(() => new RedisStore({ defaultTtl: 0 })).toThrow(/defaultTtl/)
    expect(() => new RedisStore({ defaultTtl: Number.NaN })).toThrow(/defaultTtl/)
    expect(() => new RedisStore({ client: 'redis' as never })).toThrow(/client/)
    expect(() => new RedisStore({ connection: 'a', client: new RedisClient() })).toThrow(
      /connection/,
    )
    expect(() => new RedisStore({ serializer: JSON as never })).toThrow(/serializer/)
  })
})

test('Redis away: every operation says so, and none pretends', async () => {
  const server = await startRedis()
  const redis = new RedisClient({
    port: server.port,
    retryDelay: 5,
    maxRetries: 1,
    commandTimeout: 300,
  })
  onTestFinished(() => redis.disconnect())
  const store = new RedisStore({ client: redis })
  await store.put('k', 1, 60)
  await server.stop()
  for (const operation of [
    () => store.get('k'),
    () => store.put('k', 1, 60),
    () => store.add('k', 1, 60),
    () => store.forget('k'),
    () => store.increment('k'),
    () => store.flush(),
    () => store.flushTags(['a']),
  ]) {
    await expect(operation()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  }
  await expect(store.lock('job').acquire()).rejects.toMatchObject({ code: 'LOCK_STORE' })
})

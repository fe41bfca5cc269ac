import { waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { pause } from '../setup.js'
import { isLive, nearOwn, placeOf } from './setup.js'

/** Calls of commands that read, so far. */
async function reads(redis: { info(section: string): Promise<string> }): Promise<number> {
  const stats = await redis.info('commandstats')
  return [...stats.matchAll(/cmdstat_(?:get|mget|pttl|exists):calls=(\d+)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  )
}

describe('the near cache', () => {
  test('answers without asking Redis, with tags too, until somebody changes something', async () => {
    const { redis, foreign, store } = await nearOwn()
    await isLive(store)
    const tagged = store.tagKey('t', ['a', 'b'])
    await store.put('k', { n: 1 }, 60)
    await store.put(tagged, 'tagged', 60)
    for (const key of ['k', tagged]) await store.get(key)
    const before = await reads(redis)
    for (let i = 0; i < 100; i++) {
      expect(await store.get('k')).toEqual({ n: 1 })
      expect(await store.get(tagged)).toBe('tagged')
      expect(await store.many(['k', tagged])).toEqual({ k: { n: 1 }, [tagged]: 'tagged' })
      expect(await store.has('k')).toBe(true)
      expect(await store.remember(tagged, 60, () => 'made')).toBe('tagged')
    }
    expect(await reads(redis)).toBe(before)
    expect(store.stats()).toMatchObject({ nearHits: 500, near: { live: true } })

    await foreign.set(placeOf('k'), '"foreign"')
    await waitUntil('the write is known', async () => (await store.get('k')) === 'foreign')
    await foreign.unlink('app:cache:t:b')
    await waitUntil('the flush of a tag is known', async () => (await store.get(tagged)) === null)
  })

  test('shows every own change at once', async () => {
    const { store } = await nearOwn()
    await isLive(store)
    const tagged = store.tagKey('t', ['a'])
    for (let i = 0; i < 100; i++) {
      await store.put('k', i, 60)
      expect(await store.get('k')).toBe(i)
      expect(await store.increment('k')).toBe(i + 1)
      expect(await store.get('k')).toBe(i + 1)
      expect(await store.forget('k')).toBe(true)
      expect(await store.get('k')).toBeNull()
      expect(await store.add('k', 'added', 60)).toBe(true)
      expect(await store.get('k')).toBe('added')
      expect(await store.pull('k')).toBe('added')
      expect(await store.get('k')).toBeNull()
      expect(await store.remember(tagged, 60, () => i)).toBe(i)
      expect(await store.get(tagged)).toBe(i)
      await store.flushTags(['a'])
      expect(await store.get(tagged)).toBeNull()
    }
    await store.put('k', 1, 60)
    await store.get('k')
    await store.flush()
    expect(await store.get('k')).toBeNull()
  }, 60_000)

  test('keeps nothing that a change overtook: 20,000 fills beside a writer, none stale', async () => {
    const { foreign, store } = await nearOwn()
    await isLive(store)
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    const written = new Map<string, number>()
    let writing = true
    const writer = (async () => {
      for (let n = 1; writing; n++) {
        const pipeline = foreign.pipeline()
        for (const key of keys) pipeline.set(placeOf(key), n)
        await pipeline.exec()
        for (const key of keys) written.set(key, n)
      }
    })()
    await waitUntil('the writer writes', () => written.size > 0)
    let stale = 0
    for (let i = 0; i < 1_000; i++) {
      await Promise.all(keys.map(key => store.get(key)))
      if (i % 100 === 0) await pause(1)
    }
    writing = false
    await writer
    await pause(50)
    for (const key of keys) if ((await store.get(key)) !== written.get(key)) stale++
    expect(stale).toBe(0)
    expect(store.stats().nearHits).toBeGreaterThan(0)
  }, 60_000)

  test('2,000 single races of a read and a write end with the new value', async () => {
    const { foreign, store } = await nearOwn()
    await isLive(store)
    let stale = 0
    for (let i = 0; i < 2_000; i++) {
      const key = `k${i % 7}`
      await foreign.set(placeOf(key), i)
      const reading = [store.get(key), store.get(key)]
      const writing = foreign.set(placeOf(key), i + 0.5)
      reading.push(store.get(key))
      await Promise.all([...reading, writing])
      // Answered on the foreign connection after the feed was told.
      await foreign.ping()
      await new Promise(resolve => setImmediate(resolve))
      const seen = await store.get(key)
      if (seen !== i + 0.5) {
        await pause(5)
        if ((await store.get(key)) !== i + 0.5) stale++
      }
    }
    expect(stale).toBe(0)
  }, 60_000)

  test('forgets what expires in Redis by itself, however it learned of it', async () => {
    const { foreign, store } = await nearOwn()
    await isLive(store)
    await store.put('k', 'v', 0.3)
    await store.put('own', 'v', 60)
    expect([await store.get('k'), await store.get('own')]).toEqual(['v', 'v'])
    await foreign.pexpire(placeOf('own'), 300)
    await waitUntil('it is read again', async () => {
      await store.get('own')
      return ((await store.ttl('own')) ?? 99) < 1
    })
    await foreign.config('SET', 'hz', '1')
    const hits = store.stats().nearHits
    expect(await store.get('own')).toBe('v')
    expect(store.stats().nearHits).toBe(hits + 1)
    await pause(320)
    expect([await store.get('k'), await store.get('own')]).toEqual([null, null])
  })

  test('reads again after its own ttlSeconds, also what never expires', async () => {
    const { store } = await nearOwn({ near: { ttlSeconds: 0.1 } })
    await isLive(store)
    await store.forever('k', 'v')
    await store.get('k')
    const { nearHits } = store.stats()
    await pause(120)
    expect(await store.get('k')).toBe('v')
    expect(store.stats().nearHits).toBe(nearHits)
  })

  test('FLUSHDB, FLUSHALL and a flush of another store empty it', async () => {
    const { foreign, redis, store } = await nearOwn()
    const other = new RedisStore({ client: redis })
    await isLive(store)
    for (const flush of [() => foreign.flushdb(), () => foreign.flushall(), () => other.flush()]) {
      await store.put('k', 'v', 60)
      expect(await store.get('k')).toBe('v')
      await flush()
      await waitUntil('it is empty', async () => (await store.get('k')) === null)
    }
  })

  test('holds copies, and frozen values on demand', async () => {
    const { store, redis } = await nearOwn()
    await isLive(store)
    await store.put('k', { list: [1] }, 60)
    await store.put('d', { at: new Date(0) }, 60)
    const doors = [
      () => store.get<{ list: number[] }>('k'),
      async () => (await store.many<{ list: number[] }>(['k'])).k,
      () => store.remember('k', 60, () => ({ list: [0] })),
    ]
    for (const door of [...doors, ...doors, ...doors]) {
      const value = await door()
      expect(value).toEqual({ list: [1] })
      value?.list.push(2)
      Object.assign(value as object, { more: true })
    }
    const frozen = new RedisStore({ client: redis, near: { frozen: true } })
    onTestFinished(() => frozen.close())
    await isLive(frozen)
    const first = await frozen.get<{ list: number[] }>('k').then(() => frozen.get('k'))
    expect(await frozen.get('k')).toBe(first)
    expect(() => (first as { list: number[] }).list.push(2)).toThrow(TypeError)
    const date = await frozen.get<{ at: Date }>('d').then(() => frozen.get<{ at: Date }>('d'))
    date?.at.setTime(1)
    expect(await frozen.get('d')).toEqual({ at: new Date(0) })
  })

  test('is bounded by entries and bytes; what is used stays', async () => {
    const { store } = await nearOwn({ near: { maxEntries: 10 } })
    await isLive(store)
    const numbers = Array.from({ length: 100 }, (_, i) => [`k${i}`, i])
    await store.putMany(Object.fromEntries(numbers), 60)
    await pause(100)
    for (let i = 0; i < 100; i++) {
      await store.get(`k${i}`)
      await store.get('k0')
    }
    expect(store.stats().near?.entries).toBe(10)
    const { nearHits } = store.stats()
    expect(await store.get('k0')).toBe(0)
    expect(store.stats().nearHits).toBe(nearHits + 1)

    const small = await nearOwn({ near: { maxBytes: 20_000 } })
    await isLive(small.store)
    const keys = Array.from({ length: 50 }, (_, i) => `k${i}`)
    await small.store.putMany(Object.fromEntries(keys.map(key => [key, 'x'.repeat(1_000)])), 60)
    await small.store.put('huge', 'x'.repeat(50_000), 60)
    await pause(100)
    for (const key of keys) expect(await small.store.get(key)).toHaveLength(1_000)
    expect(await small.store.get('huge')).toHaveLength(50_000)
    const lists = keys.map(key => [key, Array.from({ length: 50 }, (_, i) => ({ key, i }))])
    await small.store.putMany(Object.fromEntries(lists), 60)
    await pause(100)
    for (const key of [...keys, ...keys, ...keys])
      expect(await small.store.get(key)).toHaveLength(50)
    expect(small.store.stats().near?.bytes).toBeLessThanOrEqual(20_000)
    expect(small.store.stats().near?.entries).toBeGreaterThan(0)
    await small.store.putMany(Object.fromEntries(keys.map(key => [key, 'x'.repeat(1_000)])), 60)
    await pause(100)
    for (const key of keys) await small.store.get(key)
    const near = small.store.stats().near
    expect(near?.bytes).toBeLessThanOrEqual(20_000)
    expect(near?.entries).toBeGreaterThan(5)
  })

  test('for tags alone: one GET for a tagged read, none of it kept', async () => {
    const { redis, store } = await nearOwn({ near: 'tags' })
    await isLive(store)
    const key = store.tagKey('k', ['a', 'b'])
    await store.put(key, 'v', 60)
    await store.get(key)
    await waitUntil('both tokens are here', async () => {
      await store.get(key)
      return store.stats().near?.entries === 2
    })
    const before = await reads(redis)
    for (let i = 0; i < 50; i++) expect(await store.get(key)).toBe('v')
    expect((await reads(redis)) - before).toBe(50)
    const other = new RedisStore({ client: redis })
    await other.flushTags(['b'])
    await waitUntil('the flush is known', async () => (await store.get(key)) === null)
    expect(store.stats().nearHits).toBe(0)
  })

  test('serves the stale time of `flexible` by Redis own clock', async () => {
    const { store } = await nearOwn()
    await isLive(store)
    let n = 0
    const make = () => store.flexible('k', [0.3, 60], () => ++n)
    expect(await make()).toBe(1)
    expect(await make()).toBe(1)
    await pause(350)
    expect(await make()).toBe(1)
    await waitUntil('it is made anew', async () => (await make()) === 2)
    expect(store.stats()).toMatchObject({ factoryCalls: 2 })
    expect(store.stats().stale).toBeGreaterThan(0)
  })

  test('what cannot be forgotten, because Redis is away, is not served from memory', async () => {
    const { server, store } = await nearOwn()
    const tagged = store.tagKey('t', ['a'])
    await isLive(store)
    for (const key of ['k', 'other', tagged]) await store.put(key, 1, 600)
    await pause(50)
    for (const key of ['k', 'other', tagged]) {
      await store.get(key)
      await store.get(key)
    }
    server.pause()
    await expect(store.forget('k')).rejects.toMatchObject({ code: 'CACHE_AWAY' })
    expect(await store.get('k')).toBeNull()
    await store.put('other', 2, 600)
    expect(await store.get('other')).toBeNull()
    await expect(store.flushTags(['a'])).rejects.toMatchObject({ code: 'CACHE_AWAY' })
    expect(await store.get(tagged)).toBeNull()
    server.resume()
    await isLive(store)
    expect(Object.values(await store.many(['k', 'other', tagged]))).toEqual([null, null, null])
  })
})

test.each([
  [{ near: 'on' }, 'near'],
  [{ near: { maxEntires: 1 } }, 'near.maxEntires'],
  [{ near: { maxEntries: 0 } }, 'near.maxEntries'],
  [{ near: { maxBytes: 1.5 } }, 'near.maxBytes'],
  [{ near: { ttlSeconds: Number.NaN } }, 'near.ttlSeconds'],
  [{ near: { frozen: 1 } }, 'near.frozen'],
  [{ prefix: 'half \ud800' }, 'prefix'],
])('the options %j are refused, naming %s', (options, path) => {
  expect(() => new RedisStore(options as never)).toThrow(expect.objectContaining({ path }))
})

import { describe, expect, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { setup } from '../setup.js'

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
    expect(await store.ttl(key)).toBeNull()
    expect(await store.touch(key, 60)).toBe(false)
    expect(await store.pull(key)).toBeNull()
    expect(await store.add(key, 'again', 60)).toBe(true)
    expect(await store.add(key, 'twice', 60)).toBe(false)
    expect(await store.get(key)).toBe('again')
  })

  test('what was flushed is not there to be forgotten', async () => {
    const { store } = setup()
    const key = store.tagKey('k', ['a'])
    await store.put(key, 1, 60)
    await store.flushTags(['a'])
    expect(await store.forget(key)).toBe(false)
    await store.put(key, 1, 60)
    expect(await store.forget(key)).toBe(true)
  })

  test('any text is a tag, and no two texts are the same tag', async () => {
    const { store } = setup()
    const names = ['a', 'A', 'a,b', '{a}', '🦊', 'line\nbreak', '*', '\u0000', 'x'.repeat(5_000)]
    const odd = ['\ud800', '\ud801', '\ufffd', `${'x'.repeat(5_000)}y`]
    const tags = [...names, ...odd]
    for (const tag of tags) await store.put(store.tagKey('k', [tag]), tag, 60)
    for (const tag of tags) {
      expect(await store.get(store.tagKey('k', [tag]))).toBe(tag)
      await store.flushTags([tag])
      expect(await store.get(store.tagKey('k', [tag]))).toBeNull()
    }
    await expect(store.flushTags(['a', ''])).rejects.toMatchObject({ argument: 'tag' })
    await expect(store.flushTags('a' as never)).rejects.toMatchObject({ argument: 'tags' })
    await store.flushTags([])
  })

  test('no key of a user meets a token or a lock', async () => {
    const { redis, store } = setup()
    const key = store.tagKey('k', ['a'])
    await store.put(key, 1, 60)
    const lock = store.lock('job')
    await lock.acquire()
    const places = (await redis.keys('cache:*')).map(place => place.slice('cache:'.length))
    expect(places.length).toBeGreaterThanOrEqual(3)
    for (const name of places) {
      await store.put(name, 'mine', 60)
      await store.forget(name)
    }
    expect(await store.get(key)).toBe(1)
    expect(await store.lock('job').acquire()).toBe(false)
    await lock.release()
  })

  test('the same tag of another prefix is another tag', async () => {
    const { redis, store } = setup()
    const other = new RedisStore({ client: redis, deadlineMs: 5_000, prefix: 'other:' })
    const key = store.tagKey('k', ['a'])
    await store.put(key, 1, 60)
    await other.put(key, 2, 60)
    await store.flushTags(['a'])
    expect(await store.get(key)).toBeNull()
    expect(await other.get(key)).toBe(2)
  })

  test('flushing a tag leaves entries of other tags', async () => {
    const { store } = setup()
    const keys = Array.from({ length: 1_000 }, (_, i) =>
      store.tagKey(`k${i}`, ['big', `g${i % 2}`]),
    )
    await Promise.all(keys.map(key => store.put(key, 1, 60)))
    await store.flushTags(['g0'])
    const left = Object.values(await store.many(keys))
    expect(left.filter(it => it !== null)).toHaveLength(500)
  })

  test('nothing grows: writing again and again leaves one entry and a token per tag', async () => {
    const { redis, store } = setup()
    const key = store.tagKey('k', ['a', 'b'])
    for (let i = 0; i < 50; i++) {
      await store.put(key, i, 60)
      if (i % 10 === 0) await store.flushTags(['a'])
    }
    expect(await redis.keys('*')).toHaveLength(3)
    for (const place of await redis.keys('*')) {
      expect(await redis.type(place)).toBe('string')
      expect(await redis.ttl(place)).toBeGreaterThan(0)
    }
  })

  test('a value computed before a flush is not served after it', async () => {
    const { store } = setup()
    const key = store.tagKey('k', ['a'])
    let stale = 0
    for (let i = 0; i < 50; i++) {
      await store.remember(key, 60, async () => {
        await store.flushTags(['a'])
        return 'computed from old data'
      })
      if ((await store.get(key)) !== null) stale++
    }
    expect(stale).toBe(0)
  })

  test('neither is one that another process flushed', async () => {
    const { redis, store } = setup()
    const elsewhere = new RedisStore({ client: redis, deadlineMs: 5_000 })
    const key = store.tagKey('k', ['a'])
    await store.remember(key, 60, async () => {
      await elsewhere.flushTags(['a'])
      return 'computed from old data'
    })
    expect(await store.get(key)).toBeNull()
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
    await store.touch(short, 5_000)
    expect(await redis.ttl('cache:t:a')).toBeGreaterThan(4_990)
    await store.forever(long, 1)
    expect(await redis.ttl('cache:t:a')).toBe(-1)
    await redis.unlink('cache:t:a')
    expect(await store.get(long)).toBeNull()
    await store.put(short, 2, 10)
    expect(await store.get(long)).toBeNull()
    expect(await store.get(short)).toBe(2)
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

describe('tagged counters', () => {
  test('count together, and start again after a flush', async () => {
    const { store } = setup()
    const key = store.tagKey('n', ['a'])
    await Promise.all(Array.from({ length: 20 }, () => store.increment(key)))
    expect(await store.get(key)).toBe(20)
    await store.flushTags(['a'])
    expect(await store.get(key)).toBeNull()
    expect(await store.increment(key, 5)).toBe(5)
    expect(await store.decrement(key, 7)).toBe(-2)
  })

  test('keep the expiry of the entry and of its tokens', async () => {
    const { redis, store } = setup()
    const key = store.tagKey('n', ['a', 'b'])
    await store.put(key, 7, 60)
    expect(await store.increment(key)).toBe(8)
    expect(await store.ttl(key)).toBeGreaterThan(59)
    for (const tag of ['a', 'b']) expect(await redis.ttl(`cache:t:${tag}`)).toBeGreaterThan(59)
  })

  test('refuse what a number cannot hold exactly', async () => {
    const { store } = setup()
    const key = store.tagKey('n', ['a'])
    await store.put(key, Number.MAX_SAFE_INTEGER, 60)
    await expect(store.increment(key)).rejects.toMatchObject({ code: 'ERR' })
    expect(await store.get(key)).toBe(Number.MAX_SAFE_INTEGER)
  })
})

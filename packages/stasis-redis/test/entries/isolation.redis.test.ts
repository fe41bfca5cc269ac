import { RedisClient } from '@gravito/plasma'
import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { RedisStore, type RedisStoreOptions } from '../../src/index.js'

/** A client of one test whose keys nobody else has. */
function client() {
  const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('isolation') })
  onTestFinished(async () => {
    for await (const key of redis.scanIterator()) await redis.unlink(key)
    await redis.disconnect()
  })
  return redis
}

function storeOf(redis: RedisClient, options: RedisStoreOptions) {
  const store = new RedisStore({ client: redis, deadlineMs: 5_000, ...options })
  onTestFinished(() => store.close())
  return store
}

const PREFIXES = [
  'a*',
  'a?',
  'ab',
  'a[b]',
  'a[^b]',
  'a\\*',
  'a\\',
  '*',
  '[',
  ']',
  '^a',
  'a-z',
  'a b',
  'café ',
  '🦊:',
  'a:',
  'a:v:',
  'a:b:',
]

describe('stores side by side', () => {
  test('whatever their prefixes are: each flush, tag and listing is of one store alone', async () => {
    const redis = client()
    const warnings: string[] = []
    const warn = ({ name }: Error) => warnings.push(name)
    process.on('warning', warn)
    onTestFinished(() => {
      process.off('warning', warn)
    })
    const stores = PREFIXES.map((prefix, i) => storeOf(redis, { prefix, near: i % 2 === 0 }))
    const keys = ['k', 'a*', '*', 'v:{k}']
    const fill = (store: RedisStore, i: number) =>
      Promise.all([
        ...keys.map(key => store.put(key, i, 600)),
        store.put(store.tagKey('t', ['tag']), i, 600),
      ])
    await Promise.all(stores.map(fill))
    const seen = async (store: RedisStore) => [
      ...Object.values(await store.many(keys)),
      await store.get(store.tagKey('t', ['tag'])),
    ]
    for (const [i, store] of stores.entries()) {
      expect((await store.keys()).sort()).toEqual([...keys].sort())
      await store.flushTags(['tag'])
      expect(await store.get(store.tagKey('t', ['tag']))).toBeNull()
      await store.flush()
      expect(await seen(store)).toEqual([null, null, null, null, null])
      for (const [j, other] of stores.entries())
        if (j !== i) expect(await seen(other), PREFIXES[j]).toEqual([j, j, j, j, j])
      await fill(store, i)
    }
    expect(warnings).toEqual([])
  }, 60_000)

  test('two near caches side by side hear of their own changes alone', async () => {
    const redis = client()
    const [one, other] = ['a*:', 'a?:'].map(prefix => storeOf(redis, { prefix, near: true })) as [
      RedisStore,
      RedisStore,
    ]
    for (const store of [one, other]) {
      await store.put('k', 'old', 600)
      await waitUntil('it is kept', async () => {
        const { nearHits } = store.stats()
        return (await store.get('k')) === 'old' && store.stats().nearHits > nearHits
      })
    }
    const writer = storeOf(redis, { prefix: 'a*:' })
    await writer.put('k', 'new', 600)
    await waitUntil('the write is seen', async () => (await one.get('k')) === 'new')
    const { nearHits } = other.stats()
    expect(await other.get('k')).toBe('old')
    expect(other.stats().nearHits).toBe(nearHits + 1)
    await one.flush()
    expect(await one.get('k')).toBeNull()
    expect(await other.get('k')).toBe('old')
  })

  test('locks and leases of one are none of the other', async () => {
    const redis = client()
    const one = storeOf(redis, { prefix: 'a:' })
    const other = storeOf(redis, { prefix: 'b:' })
    expect(await one.lock('job').acquire()).toBe(true)
    expect(await other.lock('job').acquire()).toBe(true)
    const both = [one, other].map((store, i) => store.remember('k', 60, () => i))
    expect(await Promise.all(both)).toEqual([0, 1])
  })
})

describe('keys of 10 kB', () => {
  const long = (start: string) => start + 'x'.repeat(10_000)

  test.each([false, true])('are keys like any other, near: %s', async near => {
    const redis = client()
    const store = storeOf(redis, { prefix: 'c:', near })
    const names = [long('a'), long('b'), `${long('')}é`, `${long('')}🦊`, `${'é'.repeat(5_000)}1`]
    const tags = [long('t'), long('u')]
    for (const key of [...names, ...names.map(name => store.tagKey(name, tags))]) {
      await store.put(key, key.slice(0, 5), 600)
      expect(await store.get(key)).toBe(key.slice(0, 5))
      expect(await store.has(key)).toBe(true)
      expect(await store.add(key, 'x', 60)).toBe(false)
      expect(await store.remember(key, 60, () => 'made')).toBe(key.slice(0, 5))
    }
    await store.flushTags([long('t')])
    for (const name of names) {
      expect(await store.get(store.tagKey(name, tags))).toBeNull()
      expect(await store.pull(name)).toBe(name.slice(0, 5))
      expect(await store.forget(name)).toBe(false)
    }
    for (const key of await redis.keys('*')) expect(Buffer.byteLength(key)).toBeLessThan(300)
  })
})

import { createManager, Redis, RedisClient } from '@gravito/plasma'
import { startCluster, uniquePrefix } from '@gravito/redis-testing'
import { Cluster, Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { RedisStore, redisStore } from '../../src/index.js'

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
    const one = new RedisStore({ client: manager, deadlineMs: 5_000, prefix })
    const other = new RedisStore({ client: own, deadlineMs: 5_000, prefix })
    await one.put('k', 'v', 60)
    expect(await other.get('k')).toBe('v')
    await other.flush()
    expect(await one.get('k')).toBeNull()
    await manager.disconnect()
    await own.quit()
  })

  test('an ioredis instance whose key prefix goes in front of the own', async () => {
    const keyPrefix = uniquePrefix('ioredis*')
    const own = new IoRedis(inject('redisUrl'), { keyPrefix })
    const bare = new IoRedis(inject('redisUrl'))
    onTestFinished(async () => {
      await Promise.all([own.quit(), bare.quit()])
    })
    const store = new RedisStore({ client: own, deadlineMs: 5_000 })
    const key = store.tagKey('k', ['a'])
    await store.put(key, 'tagged', 60)
    await store.put('k', 'plain', 60)
    expect(await bare.exists(`${keyPrefix}cache:v:{k}`)).toBe(1)
    expect(await store.keys()).toEqual(['k'])
    expect(await store.many(['k', key])).toEqual({ k: 'plain', [key]: 'tagged' })
    await store.flush()
    expect(await bare.exists(`${keyPrefix}cache:v:{k}`, `${keyPrefix}cache:t:a`)).toBe(0)
  })

  test('a Cluster, by plasma and by ioredis', async () => {
    const cluster = await startCluster({ replicas: 0 })
    onTestFinished(() => cluster.stop())
    const redis = new RedisClient({ cluster: true, nodes: cluster.nodes })
    onTestFinished(() => redis.disconnect())
    const own = new Cluster([...cluster.nodes], { keyPrefix: 'app:' })
    onTestFinished(() => own.disconnect())
    await redis.set('foreign', '1')
    for (const client of [redis, own]) {
      const store = new RedisStore({ client, deadlineMs: 5_000 })
      const keys = Array.from({ length: 100 }, (_, i) => store.tagKey(`k${i}`, ['a', `b${i % 3}`]))
      await Promise.all(keys.map((key, i) => store.put(key, i, 60)))
      expect(await store.get(keys[42] ?? '')).toBe(42)
      await store.flushTags(['b0', 'unknown'])
      const left = Object.values(await store.many(keys))
      expect(left.filter(it => it === null)).toHaveLength(34)
      await store.putMany({ x: 1, y: 2, '{z}': 3 }, 60)
      expect(await store.many(['x', 'y', '{z}'])).toEqual({ x: 1, y: 2, '{z}': 3 })
      expect(await store.increment('x')).toBe(2)
      expect(await store.add('x', 1, 60)).toBe(false)
      expect(await store.pull('y')).toBe(2)
      expect(await store.lock('job').block(1, () => 'ran')).toBe('ran')
      await store.flush()
      expect(await store.keys()).toEqual([])
      expect(await store.many(keys.slice(0, 3))).toEqual(
        Object.fromEntries(keys.slice(0, 3).map(key => [key, null])),
      )
    }
    expect(await redis.get('foreign')).toBe('1')
  }, 60_000)
})

import { RedisClient } from '@gravito/plasma'
import { startCluster, startRedis, waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { pause, setup } from '../setup.js'

/** A server of the test's own, whose slow log and key space belong to it. */
async function ownServer() {
  const server = await startRedis()
  const redis = new RedisClient({ port: server.port, maxRetries: 0, retryDelay: 1 })
  onTestFinished(async () => {
    await redis.disconnect()
    await server.stop()
  })
  return { server, redis, store: new RedisStore({ client: redis, deadlineMs: 5_000 }) }
}

/** Copies of the entry `k0` of the tags, called `k1` and so on. */
async function copy(redis: RedisClient, tags: string, count: number): Promise<void> {
  const lua = `local value = redis.call('GET', KEYS[1] .. '0}')
    for i = 1, ARGV[1] do redis.call('SET', KEYS[1] .. i .. '}', value) end`
  await redis.eval(lua, 1, `cache:g:{${tags}:k`, count)
}

describe('flush', () => {
  test('removes the own entries and tags, and nothing else', async () => {
    const { redis, store } = setup({ prefix: 'own*:' })
    const neighbour = new RedisStore({ client: redis, deadlineMs: 5_000, prefix: 'ownX:' })
    await store.putMany(
      Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`k${i}`, i])),
      60,
    )
    await store.put(store.tagKey('k', ['a']), 1, 60)
    await neighbour.put('k', 'theirs', 60)
    const foreign = ['foreign', 'own*:foo', 'own*:fox:1', 'own*:value', 'own*:v', 'own*:g:1']
    for (const key of foreign) await redis.set(key, '1')
    const lock = store.lock('job')
    expect(await lock.acquire()).toBe(true)
    await store.flush()
    expect(await store.get('k1')).toBeNull()
    expect(await store.get(store.tagKey('k', ['a']))).toBeNull()
    expect(await neighbour.get('k')).toBe('theirs')
    expect(await redis.mget(foreign)).toEqual(foreign.map(() => '1'))
    expect(await store.lock('job').acquire()).toBe(false)
    await lock.release()
    expect(await redis.keys('own\\*:[vgt]:{*')).toEqual([])
    expect(await redis.keys('own\\*:t:*')).toEqual([])
  })

  test('under a prefix of the client, and where the server refuses scripts', async () => {
    const { server } = await ownServer()
    const admin = new RedisClient({ port: server.port })
    const rules = ['on', '>secret', '~*', '&*', '+@all', '-eval', '-evalsha']
    await admin.call('acl', 'setuser', 'plain', ...rules)
    const user = { username: 'plain', password: 'secret' }
    const clients = [{}, user].map(
      own => new RedisClient({ port: server.port, keyPrefix: 'ä[*]:', ...own }),
    )
    onTestFinished(async () => {
      for (const client of [admin, ...clients]) await client.disconnect()
    })
    const theirs = ['foreign', 'ä[*]:cache:foo', 'cache:v:{k}', 'äx:cache:v:{k}']
    for (const key of theirs) await admin.set(key, '1')
    for (const client of clients) {
      const store = new RedisStore({ client, deadlineMs: 5_000 })
      const values = Array.from({ length: 1_200 }, (_, i) => [`k${i}`, i])
      await store.putMany(Object.fromEntries(values), 60)
      await store.flush()
      expect((await admin.keys('*')).sort()).toEqual(['ä[*]:cache:n', ...theirs].sort())
      expect(store.stats().errors).toBe(0)
    }
  })

  test('of 200,000 tagged entries: the tag by one key, the memory some hundred keys at a time', async () => {
    const { redis, store } = await ownServer()
    const key = (i: number) => store.tagKey(`k${i}`, ['big'])
    await store.put(key(0), 'v', 600)
    await redis.set('foreign', '1')
    await copy(redis, 'big', 200_000)
    expect(await store.get(key(199_999))).toBe('v')

    await redis.call('config', 'resetstat')
    await store.flushTags(['big'])
    expect(await redis.dbsize()).toBe(200_002)
    expect(await store.get(key(0))).toBeNull()
    expect(await store.get(key(199_999))).toBeNull()

    await store.flush()
    const stats = await redis.info('commandstats')
    expect((await redis.keys('*')).sort()).toEqual(['cache:n', 'foreign'])
    expect(await redis.ttl('cache:n')).toBeGreaterThan(0)
    const calls = (command: string) =>
      Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
    expect(calls('unlink')).toBeGreaterThanOrEqual(200_000 / 100)
    expect(calls('scan')).toBeGreaterThan(200_000 / 1_000)
    const blocking = ['del', 'keys', 'evalsha', 'eval', 'flushdb', 'flushall']
    expect(blocking.map(calls)).toEqual(blocking.map(() => 0))
  }, 60_000)

  test('that may not remove everything rejects, and nothing is under way then', async () => {
    const { server, redis: admin } = await ownServer()
    await admin.call('acl', 'setuser', 'half', 'on', '>secret', '~*', '&*', '+@all', '-unlink')
    const redis = new RedisClient({ port: server.port, username: 'half', password: 'secret' })
    onTestFinished(() => redis.disconnect())
    const store = new RedisStore({ client: redis, deadlineMs: 5_000 })
    await store.put(store.tagKey('k0', ['big']), 'v', 600)
    await copy(admin, 'big', 20_000)
    await expect(store.flush()).rejects.toMatchObject({ code: 'NOPERM' })
    const { commands } = redis.stats()
    await pause(100)
    expect(redis.stats().commands).toBe(commands)
    expect(await admin.dbsize()).toBe(20_003)
    await admin.call('acl', 'setuser', 'half', '+unlink')
    await store.flush()
    expect(await admin.keys('*')).toEqual(['cache:n'])
  })

  test('in a Cluster removes the own keys of every master, also behind a prefix of the client', async () => {
    const cluster = await startCluster({ replicas: 0 })
    const [admin, redis] = ['', 'ä[*]:'].map(
      keyPrefix => new RedisClient({ cluster: true, nodes: cluster.nodes, keyPrefix }),
    ) as [RedisClient, RedisClient]
    onTestFinished(async () => {
      await Promise.all([admin.disconnect(), redis.disconnect()])
      await cluster.stop()
    })
    const store = new RedisStore({ client: redis, deadlineMs: 5_000 })
    const theirs = ['foreign', 'ä[*]:cache:foo', 'cache:v:{k}', 'äx:cache:v:{k}']
    for (const key of theirs) await admin.set(key, '1')
    const values = Array.from({ length: 3_000 }, (_, i) => [`k${i}`, i])
    await store.putMany(Object.fromEntries(values), 60)
    await store.put(store.tagKey('k', ['a']), 1, 60)
    expect(await admin.dbsize()).toBe(theirs.length + 3_002)
    await store.flush()
    expect((await admin.keys('*')).sort()).toEqual(theirs.sort())

    await cluster.servers[1]?.kill()
    await expect(store.flush()).rejects.toMatchObject({
      code: expect.stringMatching(/^(CONNECTION_FAILED|REPLY_LOST|CACHE_AWAY|CLUSTERDOWN)$/),
    })
  }, 60_000)

  test('that Redis does not survive rejects, once', async () => {
    const { server, redis, store } = await ownServer()
    await store.put(store.tagKey('k0', ['big']), 'v', 600)
    await copy(redis, 'big', 100_000)
    const flushing = expect(store.flush()).rejects.toMatchObject({
      code: expect.stringMatching(/^(CONNECTION_FAILED|REPLY_LOST|CACHE_AWAY)$/),
    })
    const watcher = new RedisClient({ port: server.port })
    await waitUntil('some keys are gone', async () => (await watcher.dbsize()) < 100_000)
    await server.stop()
    await flushing
    await watcher.disconnect()
  }, 60_000)
})

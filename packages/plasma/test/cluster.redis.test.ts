import { type RedisCluster, startCluster, waitUntil } from '@gravito/redis-testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { defineScript, InvalidArgumentError, RedisError } from '../src/index.js'
import { clientOf } from './servers.js'

let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster.stop())

const client = () =>
  clientOf({ cluster: { nodes: cluster.nodes }, keyPrefix: `t${Math.random()}:` })

describe('keys in many slots', () => {
  test('mset, mget, exists, touch, unlink and del, in the order asked', async () => {
    const redis = client()
    const names = Array.from({ length: 50 }, (_, i) => `k${i}`)
    expect(await redis.mset(Object.fromEntries(names.map((name, i) => [name, i])))).toBe('OK')
    expect(await redis.mget('none', ...names, 'none')).toEqual([
      null,
      ...names.map((_, i) => String(i)),
      null,
    ])
    expect(await redis.exists(...names, 'none')).toBe(50)
    expect(await redis.touch(names)).toBe(50)
    expect(await redis.unlink(names.slice(0, 10))).toBe(10)
    expect(await redis.del(names)).toBe(40)
  })

  test('any list of keys, with repetitions: the same as key by key', async () => {
    const redis = client()
    await redis.mset({ a: 'A', b: 'B', '{x}1': '1', '{x}2': '2' })
    const key = fc.constantFrom('a', 'b', 'none', '{x}1', '{x}2')
    await fc.assert(
      fc.asyncProperty(fc.array(key, { minLength: 1, maxLength: 8 }), async keys => {
        const one = await Promise.all(keys.map(it => redis.get(it)))
        expect(await redis.mget(keys)).toEqual(one)
      }),
      { numRuns: 40 },
    )
  })

  test('what has to be atomic is refused by the server with CROSSSLOT', async () => {
    const redis = client()
    await expect(redis.msetnx({ a: 1, b: 2 })).rejects.toMatchObject({ code: 'CROSSSLOT' })
    await expect(redis.sinter('a', 'b')).rejects.toMatchObject({ code: 'CROSSSLOT' })
    const [error] = (await redis
      .multi()
      .set('a', 1)
      .set('b', 2)
      .exec()
      .catch(it => [it])) as [Error]
    expect(error).toMatchObject({ code: 'CROSSSLOT' })
  })
})

describe('every master', () => {
  test('a closed client stays closed', async () => {
    const redis = client()
    await redis.set('a', 1)
    await redis.disconnect()
    const closed = { code: 'CONNECTION_CLOSED' }
    await expect(redis.dbsize()).rejects.toMatchObject(closed)
    await expect(redis.scanIterator().next()).rejects.toMatchObject(closed)
    await expect(redis.ssubscribe('a', () => undefined)).rejects.toMatchObject(closed)
    await expect(redis.with({ readFrom: 'replica' }).get('a')).rejects.toMatchObject(closed)
    await expect(redis.transaction(tx => tx.get('a'))).rejects.toMatchObject(closed)
    expect(redis.status).toBe('closed')
  })

  test('while it is away, a call keeps its limits', async () => {
    const nodes = [{ host: '127.0.0.1', port: 1 }]
    const redis = clientOf({ cluster: { nodes }, maxRetries: 1_000, commandTimeout: 100 })
    redis.on('error', () => undefined)
    const failed = { code: 'CONNECTION_FAILED' }
    await expect(redis.dbsize()).rejects.toMatchObject(failed)
    await expect(redis.scanIterator().next()).rejects.toMatchObject(failed)
    const patient = redis.with({ commandTimeout: 0, signal: AbortSignal.timeout(100) })
    await expect(patient.dbsize()).rejects.toMatchObject({ name: 'TimeoutError' })
    const aborted = redis.with({ signal: AbortSignal.abort() })
    await expect(aborted.dbsize()).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('keys, dbsize, scanIterator, scripts and flushdb', async () => {
    const redis = client()
    await redis.flushdb()
    await redis.mset(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`n${i}`, i])))
    expect((await redis.keys('n*')).sort()).toHaveLength(30)
    expect(await redis.dbsize()).toBe(30)
    const seen = new Set<string>()
    for await (const key of redis.scanIterator({ match: 'n*' })) seen.add(key)
    expect(seen.size).toBe(30)
    await expect(redis.scan(0)).rejects.toBeInstanceOf(InvalidArgumentError)
    const sha = await redis.script<string>('LOAD', 'return redis.call("GET", KEYS[1])')
    const values = await Promise.all(
      Array.from({ length: 10 }, (_, i) => redis.evalsha(sha, 1, `n${i}`)),
    )
    expect(values).toEqual(Array.from({ length: 10 }, (_, i) => String(i)))
    expect(await redis.script('EXISTS', sha, 'f'.repeat(40))).toEqual([1, 0])
    await redis.script('FLUSH')
    expect(await redis.script('EXISTS', sha)).toEqual([0])
    expect(await redis.flushdb()).toBe('OK')
    expect(await redis.dbsize()).toBe(0)
  })
})

describe('batches', () => {
  test('a pipeline over all slots: replies and errors by position', async () => {
    const redis = client()
    const script = defineScript({ keys: ['key'], lua: `return redis.call('INCR', key)` })
    await redis.set('text', 'abc')
    const results = await redis
      .pipeline()
      .set('a', 1)
      .incr('text')
      .set('b', 2)
      .run(script, ['c'], [])
      .mget('{a}1', '{a}2')
      .exec()
    expect(results.map(([, reply]) => reply)).toEqual(['OK', undefined, 'OK', 1, [null, null]])
    expect(results[1][0]).toMatchObject({ code: 'ERR', command: 'incr' })
    const sums = await redis.pipeline(c =>
      Array.from({ length: 300 }, (_, i) => c.incr(`s${i % 3}`)),
    )
    expect(sums.slice(-3)).toEqual([100, 100, 100])
  })

  test('a transaction within one slot', async () => {
    const redis = client()
    expect(await redis.multi(c => [c.set('{u}a', 1), c.incr('{u}a'), c.hgetall('{u}h')])).toEqual([
      'OK',
      2,
      {},
    ])
  })
})

test('reads from replicas on demand, writes to the master', async () => {
  const redis = client()
  const replicas = redis.with({ readFrom: 'replica' })
  expect(await replicas.set('a', '1')).toBe('OK')
  await waitUntil('replicated', async () => (await replicas.get('a')) === '1')
  const servers = cluster.servers.slice(3).map(({ port }) => clientOf({ port }))
  const served = async () => {
    const stats = await Promise.all(servers.map(server => server.info('commandstats')))
    return stats.reduce((sum, it) => sum + Number(/cmdstat_get:calls=(\d+)/.exec(it)?.[1] ?? 0), 0)
  }
  const before = await served()
  await Promise.all(Array.from({ length: 20 }, () => replicas.get('a')))
  expect(await served()).toBeGreaterThanOrEqual(before + 20)
})

test('a slot that moves under load is followed', async () => {
  const redis = client()
  const key = '{moving}n'
  await redis.set(key, 0)
  const slot = await redis.call<number>('cluster', 'KEYSLOT', redis.keyPrefix + key)
  const ports = cluster.nodes.slice(0, 3)
  const nodes = ports.map(({ host, port }) => clientOf({ host, port }))
  const ids = await Promise.all(nodes.map(node => node.call<string>('cluster', 'MYID')))
  const ranges = await nodes[0]?.call<[number, number, [string, number, string]][]>(
    'cluster',
    'SLOTS',
  )
  const owner = ranges?.find(([from, to]) => from <= slot && slot <= to)?.[2][2]
  const from = ids.indexOf(owner as string)
  const to = (from + 1) % 3
  let running = true
  let count = 0
  const load = Array.from({ length: 5 }, async () => {
    while (running) {
      await redis.incr(key)
      count++
    }
  })
  await waitUntil('load', () => count > 50)
  await nodes[to]?.call('cluster', 'SETSLOT', slot, 'IMPORTING', ids[from] as string)
  await nodes[from]?.call('cluster', 'SETSLOT', slot, 'MIGRATING', ids[to] as string)
  await waitUntil('load while it moves', () => count > 100)
  const { host, port } = ports[to] as { host: string; port: number }
  await nodes[from]?.call('migrate', host, port, redis.keyPrefix + key, 0, 5_000)
  const before = count
  await waitUntil('load after the key moved', () => count > before + 50)
  for (const node of nodes) await node.call('cluster', 'SETSLOT', slot, 'NODE', ids[to] as string)
  const later = count
  await waitUntil('load after the slot moved', () => count > later + 50)
  running = false
  await Promise.all(load)
  expect(Number(await redis.get(key))).toBe(count)
})

test('a master that dies under load: its replica takes over, every promise settles', async () => {
  const own = await startCluster({ masters: 3, replicas: 1 })
  onTestFinished(() => own.stop())
  const redis = clientOf({ cluster: { nodes: own.nodes }, commandTimeout: 2_000 })
  const untyped: unknown[] = []
  let running = true
  let acknowledged = 0
  let failed = 0
  const load = Array.from({ length: 12 }, async (_, i) => {
    while (running) {
      try {
        await redis.incr(`n${i}`)
        acknowledged++
      } catch (error) {
        failed++
        if (!(error instanceof RedisError)) untyped.push(error)
        await new Promise(resolve => setTimeout(resolve, 5))
      }
    }
  })
  await waitUntil('load', () => acknowledged > 500)
  await own.servers[0]?.kill()
  await waitUntil(
    'all keys are served again',
    async () => {
      const served = await Promise.allSettled(
        Array.from({ length: 12 }, (_, i) => redis.get(`n${i}`)),
      )
      return served.every(it => it.status === 'fulfilled')
    },
    { timeoutMs: 30_000 },
  )
  running = false
  await Promise.all(load)
  expect(untyped).toEqual([])
  const sums = await redis.mget(Array.from({ length: 12 }, (_, i) => `n${i}`))
  const total = sums.reduce((sum, value) => sum + Number(value), 0)
  expect(total).toBeLessThanOrEqual(acknowledged + failed)
}, 60_000)

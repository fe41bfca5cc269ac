import { startCluster, startSentinel, startTlsRedis, waitUntil } from '@gravito/redis-testing'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ConnectionFailedError, defineScript } from '../src/index.js'
import { clientOf } from './servers.js'

const script = defineScript({
  keys: ['key'],
  args: ['value'],
  lua: `return redis.call('SET', key, value)`,
})

describe('TLS', () => {
  let open: Awaited<ReturnType<typeof startTlsRedis>>
  let mutual: Awaited<ReturnType<typeof startTlsRedis>>
  beforeAll(async () => {
    open = await startTlsRedis()
    mutual = await startTlsRedis({ clientCertificates: true })
  })
  afterAll(async () => {
    await open.stop()
    await mutual.stop()
  })

  test('with the authority, by host, by address and by url', async () => {
    const { ca, port } = open
    expect(await clientOf({ host: 'localhost', port, tls: { ca } }).ping()).toBe('PONG')
    expect(await clientOf({ host: '127.0.0.1', port, tls: { ca } }).ping()).toBe('PONG')
    expect(await clientOf({ url: `rediss://localhost:${port}`, tls: { ca } }).ping()).toBe('PONG')
    expect(await clientOf({ port, tls: { ca, servername: 'redis.test' } }).ping()).toBe('PONG')
  })

  test('an unknown authority or another name is refused at once, unless somebody says so', async () => {
    const { ca, port } = open
    const patient = { host: 'localhost', port, retryDelay: 60_000 }
    await expect(clientOf({ ...patient, tls: true }).connect()).rejects.toBeInstanceOf(
      ConnectionFailedError,
    )
    const foreign = clientOf({ ...patient, tls: { ca, servername: 'other.test' } })
    await expect(foreign.connect()).rejects.toThrow(/altnames|other\.test/)
    expect(await clientOf({ ...patient, tls: { rejectUnauthorized: false } }).ping()).toBe('PONG')
  })

  test('mutual TLS', async () => {
    const { ca, cert, key, port } = mutual
    expect(await clientOf({ port, tls: { ca, cert, key } }).ping()).toBe('PONG')
    await expect(clientOf({ port, tls: { ca }, maxRetries: 0 }).connect()).rejects.toBeInstanceOf(
      ConnectionFailedError,
    )
  })
})

describe('Cluster', () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster.stop())

  test('both forms of its configuration', async () => {
    const [first] = cluster.nodes
    const one = clientOf({ cluster: true, nodes: cluster.nodes })
    const other = clientOf({ cluster: { nodes: first ? [first] : [] } })
    expect(await one.set('form', '1')).toBe('OK')
    expect(await other.get('form')).toBe('1')
    expect(one.isCluster).toBe(true)
  })

  test('commands, scripts, transactions and iteration over all masters, behind a key prefix', async () => {
    const redis = clientOf({ cluster: true, nodes: cluster.nodes, keyPrefix: 'app:' })
    const keys = Array.from({ length: 100 }, (_, i) => `k${i}`)
    await Promise.all(keys.map(key => redis.set(key, key)))
    expect(await Promise.all(keys.map(key => redis.get(key)))).toEqual(keys)
    const seen = new Set<string>()
    for await (const key of redis.scanIterator({ match: 'k*' })) seen.add(key)
    expect(seen.size).toBe(100)
    await Promise.all(keys.slice(0, 20).map(key => redis.run(script, [key], ['script'])))
    expect(await redis.get('k3')).toBe('script')
    expect(await redis.multi().set('{t}a', '1').incr('{t}a').exec()).toEqual([
      [null, 'OK'],
      [null, 2],
    ])
    expect(await redis.pipeline(c => [c.incr('{t}a'), c.get('{t}a')])).toEqual([3, '3'])
  })

  test('plain and sharded channels', async () => {
    const redis = clientOf({ cluster: true, nodes: cluster.nodes, keyPrefix: 'app:' })
    const heard: string[] = []
    await redis.subscribe('news', message => heard.push(`plain ${message}`))
    await redis.ssubscribe('shard', message => heard.push(`sharded ${message}`))
    await redis.publish('news', 'a')
    await redis.spublish('shard', 'b')
    await waitUntil('both arrive', () => heard.length === 2)
    expect(heard.sort()).toEqual(['plain a', 'sharded b'])
  })
})

test('Sentinel: the master is found, and found again after a failover', async () => {
  const { name, sentinels, master, stop } = await startSentinel()
  onTestFinished(stop)
  const redis = clientOf({ sentinels, name })
  await redis.set('a', '1')
  await redis.wait(1, 2_000)
  await master.kill()
  await waitUntil(
    'the replica has taken over',
    () =>
      redis.set('b', '2').then(
        () => true,
        () => false,
      ),
    {
      timeoutMs: 30_000,
    },
  )
  expect(await redis.get('a')).toBe('1')
}, 60_000)

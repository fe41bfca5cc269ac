import * as fs from 'node:fs'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  startCluster,
  startRedis,
  startSentinel,
  startTlsRedis,
  uniquePrefix,
} from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { triva } from './host.js'

/** The examples' hosts and ports, replaced by those of servers of our own. */
const given = () => {
  const { hostname: host, port } = new URL(inject('redisUrl'))
  return { host, port: Number(port) }
}

async function started() {
  const prefix = `${uniquePrefix('triva')}:`
  const { build, cache } = triva({ prefix })
  await build({ cache: { type: 'redis', database: given() } })
  onTestFinished(async () => void (await cache.clear()))
  return { cache, prefix }
}

describe('connections, as the document configures them', () => {
  test('quick start and basic set-up, and the port as text, as it comes from the environment', async () => {
    const { host, port } = given()
    for (const database of [
      { host, port, password: process.env.NO_SUCH_PASSWORD, db: 0 },
      { host, port: `${port}` },
    ]) {
      const { build, cache } = triva({ prefix: `${uniquePrefix('triva')}:` })
      await build({ cache: { type: 'redis', database } })
      await cache.set('user:123', { name: 'John' }, 3600000)
      const user = await cache.get('user:123')
      expect(user).toEqual({ name: 'John' })
      expect(await cache.clear()).toBe(1)
    }
  })

  test('another database', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const { build, cache } = triva()
    await build({
      cache: { type: 'redis', database: { host: server.host, port: server.port, db: 3 } },
    })
    await cache.set('a', 1)
    const redis = new Redis(server.port, { db: 3 })
    expect(await redis.keys('*')).toEqual(['triva:a'])
    await redis.quit()
  })

  test('with authentication', async () => {
    const server = await startRedis({
      args: ['--requirepass', 'secret', '--user', 'app', 'on', '>own', '~triva:*', '+@all'],
    })
    onTestFinished(() => server.stop())
    const { host, port } = server
    for (const login of [{ password: 'secret' }, { password: 'own', username: 'app' }]) {
      const { build, cache } = triva()
      await build({ cache: { type: 'redis', database: { host, port, ...login } } })
      expect(await cache.set('a', 1)).toBe(true)
      expect(await cache.get('a')).toBe(1)
    }
    const wrong = triva({ maxRetries: 0 }).build({
      cache: { type: 'redis', database: { host, port, password: 'wrong' } },
    })
    await expect(wrong).rejects.toThrow()
  })

  test('with TLS', async () => {
    const server = await startTlsRedis({ clientCertificates: true })
    onTestFinished(() => server.stop())
    const folder = mkdtempSync(path.join(tmpdir(), 'triva-tls-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = (name: string, content: string) => {
      writeFileSync(path.join(folder, name), content)
      return path.join(folder, name)
    }
    const [ca, cert, key] = [
      file('ca.crt', server.ca),
      file('client.crt', server.cert),
      file('client.key', server.key),
    ]
    const { build, cache } = triva()
    await build({
      cache: {
        type: 'redis',
        database: {
          host: server.host,
          port: server.port,
          password: process.env.NO_SUCH_PASSWORD,
          tls: {
            ca: fs.readFileSync(ca),
            cert: fs.readFileSync(cert),
            key: fs.readFileSync(key),
          },
        },
      },
    })
    expect(await cache.set('a', { tls: true }, 1_000_000)).toBe(true)
    expect(await cache.get('a')).toEqual({ tls: true })
  })

  test('Redis Cluster', async () => {
    const cluster = await startCluster({ replicas: 0 })
    onTestFinished(() => cluster.stop())
    const { build, cache } = triva()
    await build({
      cache: { type: 'redis', database: { cluster: true, nodes: [...cluster.nodes] } },
    })
    await Promise.all(Array.from({ length: 60 }, (_, i) => cache.set(`user:${i}`, i)))
    await cache.set('other', 1)
    expect(await cache.get('user:59')).toBe(59)
    expect(await cache.keys('user:*')).toHaveLength(60)
    expect(await cache.delete('user:1*')).toBe(11)
    expect(await cache.set('lock:a', 'me', 60_000)).toBe(true)
    expect(await cache.delete('lock:a')).toBe(true)
    expect(await cache.clear()).toBe(50)
  })

  test('Redis Sentinel for automatic failover', async () => {
    const sentinel = await startSentinel()
    onTestFinished(() => sentinel.stop())
    const { build, cache } = triva()
    await build({
      cache: {
        type: 'redis',
        database: {
          sentinels: [...sentinel.sentinels],
          name: sentinel.name,
          password: process.env.NO_SUCH_PASSWORD,
        },
      },
    })
    expect(await cache.set('a', 1)).toBe(true)
    expect(await cache.get('a')).toBe(1)
    const master = new Redis(sentinel.master.port)
    expect(await master.exists('triva:a')).toBe(1)
    await master.quit()
  })
})

describe('features and practices of the document', () => {
  test('automatic TTL, in exact milliseconds', async () => {
    const { cache, prefix } = await started()
    const data = { id: 1 }
    await cache.set('session', data, 3600000)
    await cache.set('stock:AAPL', 1, 1000)
    await cache.set('user:123', data, 300000)
    await cache.set('config', data, 86400000)
    await cache.set('odd', data, 123_457)
    const redis = new Redis(inject('redisUrl'))
    onTestFinished(async () => void (await redis.quit()))
    const left = await redis.pttl(`${prefix}odd`)
    expect(left).toBeLessThanOrEqual(123_457)
    expect(left).toBeGreaterThan(100_000)
    expect(await redis.pexpiretime(`${prefix}session`)).toBeGreaterThan(Date.now() + 3_500_000)
  })

  test('pattern matching', async () => {
    const { cache } = await started()
    await cache.set('user:1', { name: 'Alice' })
    await cache.set('user:2', { name: 'Bob' })
    await cache.set('session:abc', { userId: 1 })

    const userKeys = await cache.keys('user:*')
    expect(userKeys).toEqual(['user:1', 'user:2'])
    const allKeys = await cache.keys('*')
    expect(allKeys).toEqual(['session:abc', 'user:1', 'user:2'])
    expect(await cache.delete('user:*')).toBe(2)
    expect(await cache.keys()).toEqual(['session:abc'])
  })

  test('a counter, and namespaces', async () => {
    const { cache } = await started()
    await cache.set('counter', 0)
    expect(await cache.get('counter')).toBe(0)
    await cache.set('prod:user:123', { a: 1 })
    await cache.set('prod:session:abc', { b: 1 })
    await cache.set('prod:cache:api-response', { c: 1 })
    expect(await cache.keys('prod:*')).toHaveLength(3)
  })

  test('distributed locking', async () => {
    const { cache } = await started()
    async function acquireLock(resource: string, timeout = 10000) {
      const lockKey = `lock:${resource}`
      const lockValue = crypto.randomUUID()

      const acquired = await cache.set(lockKey, lockValue, timeout)
      return acquired ? lockValue : null
    }

    async function releaseLock(resource: string, lockValue: string | null) {
      const lockKey = `lock:${resource}`
      const current = await cache.get(lockKey)

      if (current === lockValue) {
        await cache.delete(lockKey)
        return true
      }

      return false
    }
    const all = await Promise.all(Array.from({ length: 40 }, () => acquireLock('report')))
    const [ticket, ...others] = all.filter(it => it !== null)
    expect(others).toEqual([])
    expect(await releaseLock('report', 'somebody else')).toBe(false)
    expect(await acquireLock('report')).toBeNull()
    expect(await releaseLock('report', ticket ?? null)).toBe(true)
    const next = await acquireLock('report')
    expect(next).not.toBeNull()
    await releaseLock('report', next)
  })

  test('metrics, patched in by hand, and the ones that come built in', async () => {
    const { cache } = await started()
    const metrics = { hits: 0, misses: 0, sets: 0, deletes: 0 }
    const originalGet = cache.get
    cache.get = async function (key) {
      const value = await originalGet.call(this, key)
      if (value) metrics.hits++
      else metrics.misses++
      return value
    }
    await cache.set('a', 1)
    await cache.get('a')
    await cache.get('a')
    await cache.get('a')
    await cache.get('none')
    await cache.delete('a')
    await cache.delete('a')
    const total = metrics.hits + metrics.misses
    const hitRate = total > 0 ? ((metrics.hits / total) * 100).toFixed(2) : 0
    expect({ ...metrics, hitRate }).toMatchObject({ hits: 3, misses: 1, hitRate: '75.00' })
    expect(cache.adapter?.stats()).toEqual({
      hits: 3,
      misses: 1,
      sets: 1,
      deletes: 1,
      errors: 0,
      hitRate: 0.75,
    })
  })

  test('troubleshooting: a shorter time for a value, and a clear that leaves others alone', async () => {
    const { cache, prefix } = await started()
    const redis = new Redis(inject('redisUrl'))
    onTestFinished(async () => void (await redis.quit()))
    const foreign = `x${prefix}`
    await redis.set(foreign, '1', 'PX', 60_000)
    await cache.set('key', 'value')
    await cache.set('key', 'value', 300000)
    expect(await redis.pttl(`${prefix}key`)).toBeGreaterThan(0)
    expect(await cache.clear()).toBe(1)
    expect(await redis.exists(foreign)).toBe(1)
  })
})

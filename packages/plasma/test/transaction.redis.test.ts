import {
  startCluster,
  startProxy,
  startRedis,
  uniquePrefix,
  waitUntil,
} from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { type RedisClient, ReplyError, TransactionConflictError } from '../src/index.js'
import { clientOf, testClient } from './servers.js'

test('reads, then writes', async () => {
  const redis = testClient()
  await redis.set('stock', 3)
  const left = await redis.transaction(async tx => {
    await tx.watch('stock')
    const stock = Number(await tx.get('stock'))
    const [sum, ok] = await tx.multi(c => [c.decrby('stock', stock - 1), c.set('sold', stock - 1)])
    expect(ok).toBe('OK')
    return sum
  })
  expect(left).toBe(1)
  expect(await redis.get('sold')).toBe('2')
})

test('50 at once count exactly', async () => {
  const redis = testClient()
  const increment = () =>
    redis.transaction(
      async tx => {
        const value = Number(await tx.get('n'))
        await tx.multi(c => [c.set('n', value + 1)])
      },
      { watch: 'n', attempts: 1_000 },
    )
  await Promise.all(Array.from({ length: 50 }, increment))
  expect(await redis.get('n')).toBe('50')
})

test('a conflict in every attempt is told, and nothing is written', async () => {
  const redis = testClient()
  let attempts = 0
  const conflict = await redis
    .transaction(
      async tx => {
        attempts++
        await tx.watch('n')
        await redis.incr('n')
        await tx.multi(c => [c.set('n', 'overwritten')])
      },
      { attempts: 3 },
    )
    .catch(error => error)
  expect(conflict).toBeInstanceOf(TransactionConflictError)
  expect(conflict).toMatchObject({ code: 'TRANSACTION_CONFLICT', attempts: 3 })
  expect(attempts).toBe(3)
  expect(await redis.get('n')).toBe('3')
})

test('without a write it ends watching; an error of the function is its own', async () => {
  const redis = testClient()
  expect(await redis.transaction(tx => tx.get('none'), { watch: ['a', 'b'] })).toBeNull()
  await redis.set('a', '1')
  const [ok] = await redis.transaction(tx => tx.multi(c => [c.set('b', '2')]))
  expect(ok).toBe('OK')
  const thrown = new Error('mine')
  await expect(redis.transaction(() => Promise.reject(thrown), { watch: 'a' })).rejects.toBe(thrown)
})

test('a connection lost between the read and the write begins again, because nobody watched meanwhile', async () => {
  const { hostname, port } = new URL(inject('redisUrl'))
  const proxy = await startProxy(Number(port), hostname)
  onTestFinished(() => proxy.stop())
  const keyPrefix = uniquePrefix('tx')
  const redis = clientOf({ port: proxy.port, keyPrefix })
  const other = testClient({ keyPrefix })
  await redis.set('n', 1)
  let attempts = 0
  await redis.transaction(async tx => {
    await tx.watch('n')
    const value = Number(await tx.get('n'))
    if (++attempts === 1) {
      proxy.cut()
      await other.set('n', 10)
      await waitUntil('back', async () => (await tx.ping()) === 'PONG')
    }
    await tx.multi(c => [c.set('n', value + 1)])
  })
  expect(attempts).toBe(2)
  expect(await other.get('n')).toBe('11')
})

test('in a Cluster', async () => {
  const cluster = await startCluster()
  onTestFinished(() => cluster.stop())
  const redis = clientOf({ cluster: { nodes: cluster.nodes } })
  const increment = (key: string) =>
    redis.transaction(
      async tx => {
        const value = Number(await tx.get(key))
        await tx.multi(c => [c.set(key, value + 1)])
      },
      { watch: key, attempts: 1_000 },
    )
  await Promise.all(Array.from({ length: 30 }, (_, i) => increment(`n${i % 3}`)))
  expect(await redis.mget('n0', 'n1', 'n2')).toEqual(['10', '10', '10'])
})

describe('MULTI itself refused', () => {
  /** A user that may do all but that, at every server of a client. */
  const grant = async (admin: RedisClient, rules: readonly string[]) => {
    await admin.connect()
    const { ioredis } = admin
    for (const node of 'nodes' in ioredis ? ioredis.nodes('all') : [ioredis])
      await node.call('ACL', 'SETUSER', 'limited', 'reset', 'on', '>pw', '~*', '+@all', ...rules)
  }
  const limited = { username: 'limited', password: 'pw' }

  test.each([['-multi'], ['-multi', '-exec']])('%s %s', async (...rules) => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    await grant(clientOf({ port: server.port }), rules)
    const redis = clientOf({ port: server.port, ...limited })
    const refused = await redis
      .multi(c => [c.set('n', 1), c.incr('n'), c.lpush('n', 1)])
      .catch(e => e)
    expect(refused).toBeInstanceOf(ReplyError)
    expect(refused).toMatchObject({ code: 'NOPERM', command: 'multi' })
    expect(refused.message).toMatch(/outside of a transaction: 2 of 3 were executed/)
    expect(await redis.get('n')).toBe('2')
    await redis.set('n', 'text')
    const none = await redis
      .multi()
      .incr('n')
      .exec()
      .catch(e => e)
    expect(none).toMatchObject({ code: 'NOPERM' })
    expect(none.message).toMatch(/outside of a transaction: 0 of 1 were executed/)
  })

  test('in a Cluster', async () => {
    const cluster = await startCluster()
    onTestFinished(() => cluster.stop())
    const nodes = { nodes: cluster.nodes, cluster: true }
    await grant(clientOf(nodes), ['-multi', '-exec'])
    const redis = clientOf({ ...nodes, ...limited })
    const refused = await redis.multi(c => [c.set('n', 1), c.lpush('n', 1)]).catch(e => e)
    expect(refused).toMatchObject({ code: 'NOPERM', command: 'multi' })
    expect(refused.message).toMatch(/outside of a transaction: 1 of 2 were executed/)
    expect(await redis.get('n')).toBe('1')
  })
})

describe('a server that answers no more', () => {
  const frozen = async (redis: RedisClient, pause: () => void) => {
    const busy = redis.transaction(async tx => {
      await tx.watch('n')
      pause()
      return tx.multi(c => [c.incr('n')])
    })
    await expect(busy).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' })
    await expect(redis.multi(c => [c.incr('n')])).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
      message: expect.stringContaining('EXEC within 200 ms'),
    })
    const shorter = redis.with({ commandTimeout: 50 }).multi(c => [c.incr('n')])
    await expect(shorter).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT', timeoutMs: 50 })
    const signal = AbortSignal.timeout(50)
    await expect(redis.with({ signal }).multi(c => [c.incr('n')])).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    // Two at once: one over the connection of before, one over another, which does not come up.
    const increment = () => redis.transaction(tx => tx.multi(c => [c.incr('n')]), { watch: 'n' })
    const failed = await Promise.all([1, 2].map(() => increment().catch(error => error.code)))
    expect(failed).toEqual(['COMMAND_TIMEOUT', 'CONNECTION_FAILED'])
    const aborting = AbortSignal.timeout(50)
    const aborted = redis.transaction(async () => 1, { watch: 'n', signal: aborting })
    await expect(aborted).rejects.toMatchObject({ name: 'TimeoutError' })
  }

  test('commandTimeout and signal end a transaction too', async () => {
    const server = await startRedis()
    onTestFinished(async () => {
      server.resume()
      await server.stop()
    })
    const redis = clientOf({ port: server.port, commandTimeout: 200 })
    await redis.ping()
    await frozen(redis, () => server.pause())
    server.resume()
    await waitUntil('answers', () => redis.ping().then(Boolean, () => false))
    expect(await redis.multi(c => [c.set('n', 1), c.incr('n')])).toEqual(['OK', 2])
  })

  test('in a Cluster', async () => {
    const cluster = await startCluster()
    onTestFinished(async () => {
      for (const server of cluster.servers) server.resume()
      await cluster.stop()
    })
    const redis = clientOf({ nodes: cluster.nodes, cluster: true, commandTimeout: 200 })
    await redis.set('n', 0)
    await frozen(redis, () => {
      for (const server of cluster.servers) server.pause()
    })
  })
})

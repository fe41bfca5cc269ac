import { startCluster, startProxy, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { TransactionConflictError } from '../src/index.js'
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

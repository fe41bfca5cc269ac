import { startProxy, waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clientOf, isBlocked, testClient } from '../servers.js'
import { add, consumerOf, ME, numbers, serverOf, take } from './setup.js'

describe('outages', () => {
  test('a restart in the middle', async () => {
    const { server, redis } = await serverOf(['--appendonly', 'yes', '--appendfsync', 'always'])
    await add(redis, 10)
    const consumer = consumerOf(redis, { autoAck: true, count: 3, blockMs: 60_000 })
    const before = await take(consumer, 5)
    await server.kill()
    const waiting = take(consumer, 5)
    await server.restart()
    expect(numbers([...before, ...(await waiting)])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const blocked = take(consumer, 1)
    await server.kill()
    await server.restart()
    await add(redis, 1)
    expect(numbers(await blocked)).toEqual([0])
  })

  test('a restart that loses everything, and FLUSHALL: the group is made again and misses nothing', async () => {
    const { server, redis } = await serverOf()
    await add(redis, 2)
    const consumer = consumerOf(redis, { autoAck: true, from: '$' })
    const first = take(consumer, 1)
    await waitUntil('the group is there', async () => (await redis.xinfoGroups('s')).length === 1)
    await add(redis, 1)
    await first
    await server.kill()
    await server.restart()
    await add(redis, 3)
    expect(numbers(await take(consumer, 3))).toEqual([0, 1, 2])
    const blocked = take(consumer, 3)
    await waitUntil('it waits', () => isBlocked(redis))
    await redis.flushall()
    await add(redis, 3)
    expect(numbers(await blocked)).toEqual([0, 1, 2])
  })

  test('a stream that begins anew with older ids misses nothing either', async () => {
    const { redis } = await serverOf()
    await add(redis, 1)
    const consumer = consumerOf(redis, { autoAck: true })
    await take(consumer, 1)
    await redis.multi(c => [c.del('s'), c.xadd('s', { n: 7 }, { id: '1-1' })])
    expect(numbers(await take(consumer, 1))).toEqual([7])
  })

  test('a group that was destroyed goes on where it was', async () => {
    const redis = testClient()
    await add(redis, 3)
    const consumer = consumerOf(redis, { autoAck: true, count: 3 })
    await take(consumer, 3)
    const waiting = take(consumer, 1)
    await redis.xgroupDestroy('s', 'g')
    const [id] = await add(redis, 1)
    expect((await waiting)[0]?.id).toBe(id)
  })

  test('1 000 entries through a connection that is cut all the time: each at least once', async () => {
    const { server, redis } = await serverOf()
    const proxy = await startProxy(server.port)
    onTestFinished(() => proxy.stop())
    const own = clientOf({ port: proxy.port, retryDelay: 5 }).on('error', () => undefined)
    await own.connect()
    await add(redis, 1_000)
    const seen = new Set<string>()
    let cuts = 0
    for await (const { fields } of own.consume('s', { ...ME, autoAck: true, claimIdleMs: false })) {
      seen.add(String(fields.n))
      if (seen.size === 1_000) break
      if (seen.size < (cuts + 1) * 100) continue
      proxy.cut()
      cuts++
    }
    expect(cuts).toBe(9)
    expect(seen.size).toBe(1_000)
  }, 60_000)

  test('a reply that never comes does not hold it up for ever', async () => {
    const { server, redis } = await serverOf()
    const proxy = await startProxy(server.port)
    onTestFinished(() => proxy.stop())
    const own = clientOf({ port: proxy.port })
    const consumer = consumerOf(own, { blockMs: 500 })
    const waiting = take(consumer, 1)
    await waitUntil('it waits', () => isBlocked(redis))
    proxy.setDelay(600_000)
    await add(redis, 1)
    await waitUntil('it is on its way', async () => (await redis.xpending('s', 'g')).pending === 1)
    proxy.setDelay(0)
    const [entry] = await waiting
    expect(entry).toMatchObject({ fields: { n: '0' }, deliveries: 2 })
  }, 30_000)

  test('an entry whose reply was lost with the connection comes again', async () => {
    const { server, redis } = await serverOf()
    const proxy = await startProxy(server.port)
    onTestFinished(() => proxy.stop())
    const own = clientOf({ port: proxy.port }).on('error', () => undefined)
    const waiting = take(consumerOf(own, { blockMs: 500, claimIdleMs: false }), 1)
    await waitUntil('it waits', () => isBlocked(redis))
    proxy.setDelay(600_000)
    await add(redis, 1)
    await waitUntil('it is on its way', async () => (await redis.xpending('s', 'g')).pending === 1)
    proxy.setDelay(0)
    proxy.cut()
    expect((await waiting)[0]).toMatchObject({ fields: { n: '0' }, deliveries: 2 })
  })

  test('a reconnect does not deliver again what the loop has in hand', async () => {
    const { server, redis } = await serverOf()
    const own = clientOf({ port: server.port })
    await add(redis, 1)
    const consumer = consumerOf(own, { blockMs: 100 })
    await take(consumer, 1)
    const waiting = take(consumer, 1)
    await waitUntil('it waits', () => isBlocked(redis))
    await redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await new Promise(resolve => setTimeout(resolve, 300))
    const [id] = await add(redis, 1)
    expect((await waiting)[0]?.id).toBe(id)
  })

  test('a connection that is lost while the consumer starts', async () => {
    const { server, redis } = await serverOf()
    const proxy = await startProxy(server.port)
    onTestFinished(() => proxy.stop())
    const own = clientOf({ port: proxy.port }).on('error', () => undefined)
    await own.connect()
    await add(redis, 1)
    proxy.setDelay(600_000)
    const starting = take(consumerOf(own), 1)
    await waitUntil('the group is there', async () => (await redis.xinfoGroups('s')).length === 1)
    proxy.setDelay(0)
    proxy.cut()
    expect(numbers(await starting)).toEqual([0])
  })

  test('no busy loop while the server is away', async () => {
    const { server, redis } = await serverOf()
    await add(redis, 1)
    const consumer = consumerOf(redis)
    await take(consumer, 1)
    let sent = 0
    const stop = redis.listen(() => {
      sent++
    })
    await server.kill()
    const waiting = consumer.next()
    await new Promise(resolve => setTimeout(resolve, 1_000))
    expect(sent).toBeLessThan(25)
    stop()
    const started = performance.now()
    await consumer.return()
    expect((await waiting).done).toBe(true)
    expect(performance.now() - started).toBeLessThan(1_500)
  })
})

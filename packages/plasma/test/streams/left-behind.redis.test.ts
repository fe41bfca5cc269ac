import { startProxy } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clientOf, testClient } from '../servers.js'
import { add, consumerOf, ME, numbers, serverOf, take } from './setup.js'

describe('what others left behind', () => {
  test('is claimed after claimIdleMs when a consumer lost its connection', async () => {
    const { server, redis } = await serverOf()
    const proxy = await startProxy(server.port)
    onTestFinished(() => proxy.stop())
    const dying = clientOf({ port: proxy.port }).on('error', () => undefined)
    await add(redis, 3)
    const started = performance.now()
    await take(consumerOf(dying, { consumer: 'dying' }), 2)
    proxy.refuse()
    const survivor = consumerOf(redis, { consumer: 'survivor', claimIdleMs: 400, autoAck: true })
    const entries = await take(survivor, 3)
    expect(performance.now() - started).toBeGreaterThan(390)
    expect(numbers(entries)).toEqual([0, 1, 2])
    expect(entries.map(it => it.deliveries)).toEqual([2, 2, 2])
  })

  test('is left alone with claimIdleMs: false', async () => {
    const redis = testClient()
    await add(redis, 1)
    await take(consumerOf(redis, { consumer: 'other' }), 1)
    const consumer = consumerOf(redis, { claimIdleMs: false, blockMs: 50 })
    const waiting = take(consumer, 1)
    await new Promise(resolve => setTimeout(resolve, 200))
    const [id] = await add(redis, 1)
    expect((await waiting)[0]?.id).toBe(id)
  })

  test('a slow consumer does not deliver what was taken from it meanwhile', async () => {
    const redis = testClient()
    await add(redis, 5)
    const slow = consumerOf(redis, { consumer: 'slow', claimIdleMs: 300 })
    const mine = await take(slow, 1)
    await new Promise(resolve => setTimeout(resolve, 400))
    const quick = consumerOf(redis, { consumer: 'quick', claimIdleMs: 300, autoAck: true })
    const taken = await take(quick, 5)
    const waiting = take(slow, 1)
    const [id] = await add(redis, 1)
    expect([...mine, ...(await waiting)].map(it => it.id)).toEqual([taken[0]?.id, id])
  })

  test('a slow consumer alone keeps what it fetched, delivered once', async () => {
    const redis = testClient()
    await add(redis, 4)
    const seen: number[] = []
    for await (const entry of redis.consume('s', { ...ME, claimIdleMs: 200, autoAck: true })) {
      await new Promise(resolve => setTimeout(resolve, 120))
      seen.push(entry.deliveries)
      if (seen.length === 4) break
    }
    expect(seen).toEqual([1, 1, 1, 1])
  })

  test('an entry deleted while it was pending is skipped and acknowledged', async () => {
    const redis = testClient()
    const ids = await add(redis, 3)
    await take(consumerOf(redis), 3)
    await redis.xdel('s', ids[1] ?? '')
    expect(numbers(await take(consumerOf(redis), 2))).toEqual([0, 2])
    const rows = await redis.xpending('s', 'g', { count: 9 })
    expect(rows.map(({ id }) => id)).toEqual([ids[0], ids[2]])
  })
})

describe('dead letters', () => {
  test('an entry that failed too often is moved, bytes and all, and the rest goes on', async () => {
    const redis = testClient()
    const bytes = Buffer.from([0xff, 0x00, 0xfe])
    const poison = await redis.xadd('s', { bytes, text: 'x' })
    await redis.xadd('s', { n: 1 })
    const options = { ...ME, maxDeliveries: 2, deadLetter: 'dead', autoAck: true }
    const seen: [number, string | undefined][] = []
    for (let run = 0; run < 3; run++) {
      for await (const { fields, deliveries } of redis.consume('s', options)) {
        seen.push([deliveries, fields.n])
        break
      }
    }
    expect(seen).toEqual([
      [1, undefined],
      [2, undefined],
      [1, '1'],
    ])
    const [letter, ...others] = await redis.buffers.xrange('dead', '-', '+')
    expect(others).toEqual([])
    expect(letter?.fields.bytes).toEqual(bytes)
    expect(
      Object.entries(letter?.fields ?? {})
        .slice(1)
        .map(([name, it]) => [name, String(it)]),
    ).toEqual([
      ['text', 'x'],
      ['deadLetter.stream', 's'],
      ['deadLetter.id', poison],
      ['deadLetter.group', 'g'],
      ['deadLetter.deliveries', '2'],
    ])
    expect(await redis.xpending('s', 'g')).toMatchObject({ pending: 1 })
    expect(await redis.xlen('s')).toBe(2)
  })

  test('an entry stays pending when it cannot be moved', async () => {
    const redis = testClient()
    await add(redis, 1)
    await redis.set('dead', 'no stream')
    const options = { maxDeliveries: 2, deadLetter: 'dead' }
    await take(consumerOf(redis, options), 1)
    await take(consumerOf(redis, options), 1)
    await expect(take(consumerOf(redis, options), 1)).rejects.toMatchObject({ code: 'WRONGTYPE' })
    expect(await redis.xpending('s', 'g')).toMatchObject({ pending: 1 })
  })

  test('what was fetched and never reached the loop does not count as failed', async () => {
    const redis = testClient()
    await add(redis, 3)
    const options = { ...ME, maxDeliveries: 3, deadLetter: 'dead' }
    for (let run = 0; run < 5; run++) for await (const _ of redis.consume('s', options)) break
    expect(await redis.xlen('dead')).toBe(1)
    expect((await redis.xpending('s', 'g', { count: 9 })).map(it => it.deliveries)).toEqual([2, 0])
  })

  test('what was fetched and never reached the loop is free for others when the loop ends', async () => {
    const redis = testClient()
    await add(redis, 3)
    for await (const _ of redis.consume('s', { ...ME, autoAck: true })) break
    const other = consumerOf(redis, { consumer: 'other' })
    const entries = await take(other, 2)
    expect(numbers(entries)).toEqual([1, 2])
    expect(entries.map(it => it.deliveries)).toEqual([1, 1])
  })
})

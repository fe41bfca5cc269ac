import { waitUntil } from '@gravito/redis-testing'
import { describe, expect, inject, test } from 'vitest'
import {
  ConnectionFailedError,
  type ConsumeOptions,
  createManager,
  InvalidArgumentError,
} from '../../src/index.js'
import { clientOf, isBlocked, testClient } from '../servers.js'
import { add, consumerOf, ME, numbers, take } from './setup.js'

describe('a consumer', () => {
  test('makes the group and delivers what is there and what comes', async () => {
    const redis = testClient()
    const [first] = await add(redis, 1)
    const consumer = consumerOf(redis)
    const [entry] = await take(consumer, 1)
    expect(entry).toMatchObject({ id: first, key: 's', fields: { n: '0' }, deliveries: 1 })
    expect(await entry?.ack()).toBe(true)
    expect(await entry?.ack()).toBe(false)
    const waiting = take(consumer, 2)
    await add(redis, 2)
    expect(numbers(await waiting)).toEqual([0, 1])
    expect((await redis.xpending('s', 'g')).pending).toBe(2)
  })

  test('makes the stream too, and starts at its end when told so', async () => {
    const redis = testClient()
    const consumer = consumerOf(redis, { from: '$' }, ['s', 't'])
    await add(redis, 1, 't')
    const waiting = take(consumer, 1)
    await waitUntil('the groups are there', async () => (await redis.exists('s', 't')) === 2)
    await waitUntil('both', async () => (await redis.xinfoGroups('t')).length === 1)
    await add(redis, 1, 's')
    expect((await waiting)[0]?.key).toBe('s')
  })

  test('works off several streams, fetching no more than count of each', async () => {
    const redis = testClient()
    await add(redis, 5, 's')
    await add(redis, 5, 't')
    const consumer = consumerOf(redis, { count: 2 }, ['s', 't', 's'])
    await take(consumer, 1)
    expect((await redis.xpending('s', 'g')).pending).toBe(2)
    expect((await redis.xpending('t', 'g')).pending).toBe(2)
    const rest = await take(consumer, 9)
    expect(rest.filter(({ key }) => key === 't')).toHaveLength(5)
  })

  test('two share the work, each entry once', async () => {
    const redis = testClient()
    await add(redis, 300)
    const done: string[] = []
    const perConsumer = [0, 0]
    const stop = new AbortController()
    await Promise.all(
      ['one', 'two'].map(async (consumer, i) => {
        const options = { ...ME, consumer, count: 3, autoAck: true, signal: stop.signal }
        for await (const { id } of redis.consume('s', options)) {
          done.push(id)
          perConsumer[i] = (perConsumer[i] ?? 0) + 1
          if (done.length === 300) stop.abort()
        }
      }),
    )
    expect(new Set(done).size).toBe(300)
    expect(done).toHaveLength(300)
    expect(Math.min(...perConsumer)).toBeGreaterThan(0)
    expect((await redis.xpending('s', 'g')).pending).toBe(0)
  })

  test('belongs to the facade and to managers as well', async () => {
    const redis = testClient()
    await add(redis, 1)
    const url = inject('redisUrl')
    const manager = createManager({ connections: { default: { url, keyPrefix: redis.keyPrefix } } })
    for await (const entry of manager.consume('s', ME)) {
      expect(entry.fields).toEqual({ n: '0' })
      break
    }
    await manager.disconnect()
  })
})

describe('acknowledging', () => {
  test('break leaves the entry pending, and it comes first the next time', async () => {
    const redis = testClient()
    await add(redis, 3)
    for await (const entry of redis.consume('s', { ...ME, autoAck: true })) {
      if (entry.fields.n === '1') break
    }
    expect((await redis.xpending('s', 'g', { count: 9 })).map(it => it.deliveries)).toEqual([1, 0])
    await add(redis, 1)
    const entries = await take(consumerOf(redis), 3)
    expect(numbers(entries)).toEqual([1, 2, 0])
    expect(entries.map(it => it.deliveries)).toEqual([2, 1, 1])
  })

  test('a body that throws leaves it pending too', async () => {
    const redis = testClient()
    await add(redis, 2)
    const run = async () => {
      for await (const { fields } of redis.consume('s', { ...ME, autoAck: true }))
        if (fields.n === '1') throw new Error('out of stock')
    }
    await expect(run()).rejects.toThrow('out of stock')
    expect(await redis.xpending('s', 'g')).toMatchObject({ pending: 1 })
  })

  test('an abort in the body still acknowledges what the body has finished', async () => {
    const redis = testClient()
    await add(redis, 2)
    const stop = new AbortController()
    for await (const { fields } of redis.consume('s', {
      ...ME,
      autoAck: true,
      signal: stop.signal,
    })) {
      expect(fields.n).toBe('0')
      stop.abort()
    }
    expect(await redis.xpending('s', 'g')).toMatchObject({ pending: 1 })
  })

  test('what is not acknowledged comes again after claimIdleMs, and no sooner', async () => {
    const redis = testClient()
    await add(redis, 1)
    const consumer = consumerOf(redis, { claimIdleMs: 300, blockMs: 60_000 })
    const started = performance.now()
    await take(consumer, 1)
    const [again] = await take(consumer, 1)
    expect(performance.now() - started).toBeGreaterThan(290)
    expect(again).toMatchObject({ deliveries: 2, fields: { n: '0' } })
  })
})

describe('the end of the loop', () => {
  test('an abort ends it at once while it waits, and what comes later is for the next one', async () => {
    const redis = testClient()
    const stop = new AbortController()
    const consumer = redis.consume('s', { ...ME, blockMs: 60_000, signal: stop.signal })
    const waiting = consumer.next()
    await waitUntil('it waits', () => isBlocked(redis))
    const started = performance.now()
    stop.abort()
    expect(await waiting).toEqual({ value: undefined, done: true })
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(await consumer.next()).toEqual({ value: undefined, done: true })
    await add(redis, 1)
    const [entry] = await take(consumerOf(redis, { consumer: 'other' }), 1)
    expect(entry?.deliveries).toBe(1)
  })

  test('so does leaving it from outside', async () => {
    const redis = testClient()
    const consumer = redis.consume('s', { ...ME, blockMs: 60_000 })
    const waiting = consumer.next()
    await waitUntil('it waits', () => isBlocked(redis))
    const started = performance.now()
    await consumer.return()
    expect(await waiting).toEqual({ value: undefined, done: true })
    expect(performance.now() - started).toBeLessThan(1_500)
  })

  test('a signal that was aborted before asks Redis for nothing', async () => {
    const redis = testClient()
    const consumer = redis.consume('s', { ...ME, signal: AbortSignal.abort() })
    expect((await consumer.next()).done).toBe(true)
    expect(await redis.exists('s')).toBe(0)
  })

  test('disconnect ends it and leaves no connection behind', async () => {
    const connectionName = `consumer-${Math.random()}`
    const redis = testClient()
    const own = clientOf({ url: inject('redisUrl'), keyPrefix: redis.keyPrefix, connectionName })
    const mine = async () => {
      const lines = (await redis.client<string>('LIST')).split('\n')
      return lines.filter(line => line.includes(`name=${connectionName} `))
    }
    const loop = (async () => {
      for await (const entry of own.consume('s', { ...ME, blockMs: 60_000 })) await entry.ack()
    })()
    const isWaiting = (line: string) => line.includes('cmd=xreadgroup') && line.includes('flags=b')
    await waitUntil('it waits', async () => (await mine()).some(isWaiting))
    expect(await mine()).toHaveLength(2)
    const started = performance.now()
    await own.disconnect()
    await loop
    expect(performance.now() - started).toBeLessThan(1_500)
    await waitUntil('all are closed', async () => (await mine()).length === 0)
  })

  test('what no retry mends ends it with an error', async () => {
    const redis = testClient()
    await redis.set('text', 'x')
    await expect(redis.consume('text', ME).next()).rejects.toMatchObject({ code: 'WRONGTYPE' })
    const away = clientOf({ port: 1, maxRetries: 1 })
    await expect(away.consume('s', ME).next()).rejects.toBeInstanceOf(ConnectionFailedError)
  })
})

describe('bad options are refused by name', () => {
  const redis = clientOf.bind(undefined, { port: 1 })
  test.each([
    ['no streams', [], {}, 'streams'],
    ['an empty name', [''], {}, 'streams'],
    ['a stream that is no text', 7, {}, 'streams'],
    ['no group', 's', { group: undefined }, 'group'],
    ['no consumer', 's', { consumer: '' }, 'consumer'],
    ['count: 0', 's', { count: 0 }, 'count'],
    ['waiting for ever', 's', { blockMs: 0 }, 'blockMs'],
    ['an idle time of NaN', 's', { claimIdleMs: Number.NaN }, 'claimIdleMs'],
    ['autoAck that is no boolean', 's', { autoAck: 1 }, 'autoAck'],
    ['a start that is none', 's', { from: null }, 'from'],
    ['one delivery only', 's', { maxDeliveries: 1, deadLetter: 'd' }, 'maxDeliveries'],
    ['dead letters without a limit', 's', { deadLetter: 'd' }, 'maxDeliveries'],
    ['a limit without dead letters', 's', { maxDeliveries: 3 }, 'deadLetter'],
    ['dead letters into the same stream', 's', { maxDeliveries: 3, deadLetter: 's' }, 'deadLetter'],
    ['an unknown option', 's', { block: 5 }, 'block'],
  ])('%s', (_, streams, options, argument) => {
    const call = () => redis().consume(streams as string, { ...ME, ...options } as ConsumeOptions)
    expect(call).toThrow(InvalidArgumentError)
    expect(call).toThrow(expect.objectContaining({ argument }))
  })
})

test('a group and a script that are there already, or not yet, are no failures', async () => {
  const redis = testClient()
  const failures: unknown[] = []
  redis.listen(({ error }) => failures.push(error), { failed: true })
  await add(redis, 2)
  await take(consumerOf(redis), 2)
  await take(consumerOf(redis), 2)
  await redis.scriptFlush()
  await take(consumerOf(redis), 2)
  expect(failures).toEqual([])
  expect(redis.stats()).toMatchObject({ errors: 0 })
  await expect(redis.xgroupCreate('s', ME.group)).rejects.toMatchObject({ code: 'BUSYGROUP' })
  expect(failures).toMatchObject([{ code: 'BUSYGROUP' }])
  expect(redis.stats()).toMatchObject({ errors: 1 })
})

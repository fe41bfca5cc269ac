import { startProxy, startRedis, waitUntil } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import {
  ConnectionFailedError,
  type ConsumedEntry,
  type ConsumeOptions,
  createManager,
  InvalidArgumentError,
  type RedisClient,
  type StreamConsumer,
} from '../src/index.js'
import { clientOf, isBlocked, testClient } from './servers.js'

const ME: ConsumeOptions = { group: 'g', consumer: 'me', blockMs: 1_000 }

async function add(redis: RedisClient, count: number, key = 's'): Promise<string[]> {
  return redis.pipeline(c => Array.from({ length: count }, (_, n) => c.xadd(key, { n })))
}

/** The next entries of a loop that goes on. */
async function take(consumer: StreamConsumer, count: number): Promise<ConsumedEntry[]> {
  const entries: ConsumedEntry[] = []
  while (entries.length < count) {
    const { value } = await consumer.next()
    if (!value) throw new Error('the loop has ended')
    entries.push(value)
  }
  return entries
}

/** A loop that is left when the test ends. */
function consumerOf(
  redis: RedisClient,
  options: Partial<ConsumeOptions> = {},
  keys: string | string[] = 's',
) {
  const consumer = redis.consume(keys, { ...ME, ...options } as ConsumeOptions)
  onTestFinished(async () => {
    await consumer.return()
  })
  return consumer
}

const numbers = (entries: readonly ConsumedEntry[]) => entries.map(({ fields }) => Number(fields.n))

async function serverOf(args: readonly string[] = []) {
  const server = await startRedis({ args })
  onTestFinished(() => server.stop())
  return { server, redis: clientOf({ port: server.port }).on('error', () => undefined) }
}

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

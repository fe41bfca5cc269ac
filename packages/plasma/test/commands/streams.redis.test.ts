import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRedisError } from '../../src/index.js'
import { testClient } from '../servers.js'

const FIRST = { id: '1-1', fields: { n: '1' } }
const SECOND = { id: '2-1', fields: { n: '2', more: 'x' } }

/** Two entries, and a group with both pending at `one`. */
async function pending() {
  const redis = testClient()
  await redis.xadd('s', { n: 1 }, { id: '1-1' })
  await redis.xadd('s', { n: 2, more: 'x' }, { id: '2-1' })
  await redis.xgroupCreate('s', 'g', '0')
  await redis.xreadgroup('g', 'one', { s: '>' })
  return redis
}

describe('entries', () => {
  test('are added, with ids of the server or our own', async () => {
    const redis = testClient()
    expect(await redis.xadd('s', { n: 1 }, { id: '1-1' })).toBe('1-1')
    expect(await redis.xadd('s', ['n', '2', 'more', 'x'], { id: '2-*' })).toBe('2-0')
    expect(await redis.xadd('s', '*', 'n', 3)).toMatch(/^\d{13}-\d+$/)
    expect(await redis.xadd('none', { n: 1 }, { noMkStream: true })).toBeNull()
    expect(await redis.xlen('s')).toBe(3)
    await expect(redis.xadd('s', { n: 1 }, { id: '1-1' })).rejects.toSatisfy(error =>
      isRedisError(error, 'ERR'),
    )
  })

  test('are read as objects, from both ends', async () => {
    const redis = await pending()
    expect(await redis.xrange('s', '-', '+')).toEqual([FIRST, SECOND])
    expect(await redis.xrange('s', '(1-1', '+', { count: 5 })).toEqual([SECOND])
    expect(await redis.xrange('s', '-', '+', 'COUNT', 1)).toEqual([FIRST])
    expect(await redis.xrevrange('s', '+', '-', { count: 1 })).toEqual([SECOND])
    expect(await redis.xrevrange('s', '+', '-', 'COUNT', 1)).toEqual([SECOND])
    expect(await redis.xrange('none', '-', '+')).toEqual([])
  })

  test('are trimmed and deleted', async () => {
    const redis = testClient()
    for (let i = 1; i <= 5; i++) await redis.xadd('s', { i }, { id: `${i}-0`, maxLen: 4 })
    expect(await redis.xtrim('s', { minId: '3-0' })).toBe(1)
    expect(await redis.xtrim('s', { maxLen: 1, approx: true, limit: 10 })).toBe(0)
    expect(await redis.xtrim('s', 'MAXLEN', '=', 2)).toBe(1)
    expect(await redis.xdel('s', '4-0', '9-9')).toBe(1)
    expect(await redis.xrange('s', '-', '+')).toEqual([{ id: '5-0', fields: { i: '5' } }])
    expect(await redis.xsetid('s', '9-0', { entriesAdded: 20, maxDeletedId: '4-0' })).toBe('OK')
    expect(await redis.xinfoStream('s')).toMatchObject({
      lastGeneratedId: '9-0',
      entriesAdded: 20,
      maxDeletedEntryId: '4-0',
    })
  })

  test('any fields come back as they went in', async () => {
    const redis = testClient()
    const text = fc.string({ unit: 'binary' })
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, text, { minKeys: 1 }), async fields => {
        const id = await redis.xadd('s', fields)
        const [entry] = await redis.xrange('s', id, id)
        expect(entry?.id).toBe(id)
        expect(Object.entries(entry?.fields ?? {}).sort()).toEqual(Object.entries(fields).sort())
      }),
      { numRuns: 200 },
    )
  })
})

describe('reading streams', () => {
  test('gives key and entries, keys as the application knows them, and null for nothing', async () => {
    const redis = await pending()
    await redis.xadd('t', { x: 1 }, { id: '7-0' })
    expect(await redis.xread({ s: '1-1', t: '0', none: '0' }, { count: 10 })).toEqual([
      { key: 's', entries: [SECOND] },
      { key: 't', entries: [{ id: '7-0', fields: { x: '1' } }] },
    ])
    expect(await redis.xread('COUNT', 1, 'STREAMS', 's', '0')).toEqual([
      { key: 's', entries: [FIRST] },
    ])
    expect(await redis.xread({ s: '$' })).toBeNull()
    expect(await redis.xread({ s: '$' }, { block: 5 })).toBeNull()
  })

  test('waits for entries', async () => {
    const redis = testClient()
    const waiting = redis.duplicate()
    const read = waiting.xread({ s: '$' }, { block: 5_000 })
    const writing = setInterval(() => redis.xadd('s', { n: 1 }), 20)
    expect((await read)?.[0]).toMatchObject({ key: 's', entries: [{ fields: { n: '1' } }] })
    clearInterval(writing)
    await waiting.disconnect()
  })

  test('works in pipelines and transactions', async () => {
    const redis = await pending()
    const [length, read] = await redis.multi(c => [c.xlen('s'), c.xread({ s: '1-1' })])
    expect(length).toBe(2)
    expect(read).toEqual([{ key: 's', entries: [SECOND] }])
    const [[, claimed]] = await redis.pipeline().xclaim('s', 'g', 'two', 0, '1-1').exec()
    expect(claimed).toEqual([FIRST])
  })
})

describe('groups', () => {
  test('are created, moved and destroyed', async () => {
    const redis = testClient()
    await expect(redis.xgroupCreate('s', 'g')).rejects.toMatchObject({ code: 'ERR' })
    expect(await redis.xgroupCreate('s', 'g', '$', { mkStream: true })).toBe('OK')
    await expect(redis.xgroupCreate('s', 'g')).rejects.toMatchObject({ code: 'BUSYGROUP' })
    expect(await redis.xgroupCreateConsumer('s', 'g', 'one')).toBe(1)
    expect(await redis.xgroupCreateConsumer('s', 'g', 'one')).toBe(0)
    expect(await redis.xgroupSetId('s', 'g', '0', { entriesRead: 0 })).toBe('OK')
    await redis.xadd('s', { n: 1 })
    await redis.xreadgroup('g', 'one', { s: '>' })
    expect(await redis.xgroupDelConsumer('s', 'g', 'one')).toBe(1)
    expect(await redis.xgroupDestroy('s', 'g')).toBe(1)
    expect(await redis.xgroupDestroy('s', 'g')).toBe(0)
    expect(await redis.xgroup('CREATE', 's', 'h', '0')).toBe('OK')
  })

  test('deliver new entries once and pending ones again, deleted ones without fields', async () => {
    const redis = await pending()
    expect(await redis.xreadgroup('g', 'one', { s: '>' })).toBeNull()
    await redis.xdel('s', '1-1')
    expect(await redis.xreadgroup('g', 'one', { s: '0' })).toEqual([
      { key: 's', entries: [{ id: '1-1', fields: null }, SECOND] },
    ])
    expect(await redis.xack('s', 'g', '1-1', '2-1')).toBe(2)
    expect(await redis.xreadgroup('GROUP', 'g', 'one', 'STREAMS', 's', '0')).toEqual([
      { key: 's', entries: [] },
    ])
    await redis.xadd('s', { n: 3 }, { id: '3-1' })
    await redis.xreadgroup('g', 'one', { s: '>' }, { noAck: true, count: 1, block: 5 })
    expect((await redis.xpending('s', 'g')).pending).toBe(0)
  })

  test('say what is pending', async () => {
    const redis = await pending()
    expect(await redis.xpending('s', 'g')).toEqual({
      pending: 2,
      firstId: '1-1',
      lastId: '2-1',
      consumers: [{ name: 'one', pending: 2 }],
    })
    const first = { id: '1-1', consumer: 'one', idleMs: expect.any(Number), deliveries: 1 }
    expect(await redis.xpending('s', 'g', { count: 1 })).toEqual([first])
    expect(await redis.xpending('s', 'g', '-', '+', 10, 'one')).toEqual([
      first,
      { ...first, id: '2-1' },
    ])
    expect(await redis.xpending('s', 'g', { count: 10, consumer: 'two' })).toEqual([])
    expect(await redis.xpending('s', 'g', { count: 10, idle: 60_000 })).toEqual([])
    await redis.xack('s', 'g', '1-1', '2-1')
    expect(await redis.xpending('s', 'g')).toEqual({
      pending: 0,
      firstId: null,
      lastId: null,
      consumers: [],
    })
  })

  test('hand pending entries over', async () => {
    const redis = await pending()
    expect(await redis.xclaim('s', 'g', 'two', 0, '1-1')).toEqual([FIRST])
    expect(await redis.xclaim('s', 'g', 'two', 60_000, '1-1')).toEqual([])
    expect(await redis.xclaim('s', 'g', 'two', 0, ['1-1', '2-1'], { justId: true })).toEqual([
      '1-1',
      '2-1',
    ])
    expect(await redis.xclaim('s', 'g', 'two', 0, '1-1', '2-1', 'JUSTID')).toEqual(['1-1', '2-1'])
    expect(await redis.xclaim('s', 'g', 'two', 0, '1-1', { retryCount: 7, idle: 0 })).toEqual([
      FIRST,
    ])
    expect(await redis.xpending('s', 'g', { count: 1 })).toMatchObject([
      { deliveries: 7, consumer: 'two' },
    ])
    expect(await redis.xautoclaim('s', 'g', 'three', 0, '0', { count: 1, justId: true })).toEqual({
      cursor: '2-1',
      ids: ['1-1'],
      deleted: [],
    })
    await redis.xdel('s', '1-1')
    expect(await redis.xautoclaim('s', 'g', 'three', 0, '0')).toEqual({
      cursor: '0-0',
      entries: [SECOND],
      deleted: ['1-1'],
    })
    expect(await redis.xautoclaim('s', 'g', 'three', 0, '0', 'COUNT', 5, 'JUSTID')).toEqual({
      cursor: '0-0',
      ids: ['2-1'],
      deleted: [],
    })
  })
})

describe('what the server knows of a stream', () => {
  test('of the stream', async () => {
    const redis = await pending()
    expect(await redis.xinfoStream('s')).toEqual({
      length: 2,
      radixTreeKeys: 1,
      radixTreeNodes: 2,
      lastGeneratedId: '2-1',
      maxDeletedEntryId: '0-0',
      entriesAdded: 2,
      recordedFirstEntryId: '1-1',
      groups: 1,
      firstEntry: FIRST,
      lastEntry: SECOND,
    })
    await redis.xgroupCreate('empty', 'g', '$', { mkStream: true })
    expect(await redis.xinfoStream('empty')).toMatchObject({ firstEntry: null, lastEntry: null })
    expect(await redis.xinfo('STREAM', 's')).toContain('radix-tree-keys')
  })

  test('of its groups and consumers', async () => {
    const redis = await pending()
    expect(await redis.xinfoGroups('s')).toEqual([
      { name: 'g', consumers: 1, pending: 2, lastDeliveredId: '2-1', entriesRead: 2, lag: 0 },
    ])
    expect(await redis.xinfoConsumers('s', 'g')).toMatchObject([
      { name: 'one', pending: 2, idle: expect.any(Number) },
    ])
  })

  test('of all of it', async () => {
    const redis = await pending()
    const time = expect.any(Number)
    expect(await redis.xinfoStream('s', { full: true, count: 1 })).toMatchObject({
      length: 2,
      lastGeneratedId: '2-1',
      entries: [FIRST],
      groups: [
        {
          name: 'g',
          lastDeliveredId: '2-1',
          entriesRead: 2,
          lag: 0,
          pelCount: 2,
          pending: [{ id: '1-1', consumer: 'one', deliveredAt: time, deliveries: 1 }],
          consumers: [
            {
              name: 'one',
              seenTime: time,
              pelCount: 2,
              pending: [{ id: '1-1', deliveredAt: time, deliveries: 1 }],
            },
          ],
        },
      ],
    })
  })
})

test('the view of bytes gives what is data as bytes, and ids, keys of objects and numbers as they are', async () => {
  const redis = await pending()
  const { buffers } = redis
  const first = { id: '1-1', fields: { n: Buffer.from('1') } }
  const one = Buffer.from('one')
  expect(await buffers.xadd('t', { n: 1 }, { id: '1-1' })).toBe('1-1')
  expect(await buffers.xrange('s', '-', '+', { count: 1 })).toEqual([first])
  expect(await buffers.xread({ t: '0' })).toEqual([{ key: Buffer.from('t'), entries: [first] }])
  expect(await buffers.xpending('s', 'g')).toEqual({
    pending: 2,
    firstId: '1-1',
    lastId: '2-1',
    consumers: [{ name: one, pending: 2 }],
  })
  expect(await buffers.xpending('s', 'g', { count: 1 })).toMatchObject([
    { id: '1-1', consumer: one },
  ])
  expect(await buffers.xclaim('s', 'g', 'two', 0, '1-1')).toEqual([first])
  expect(await buffers.xclaim('s', 'g', 'two', 0, '1-1', { justId: true })).toEqual(['1-1'])
  expect(await buffers.xautoclaim('s', 'g', 'two', 0, '0', { count: 1 })).toEqual({
    cursor: '2-1',
    entries: [first],
    deleted: [],
  })
  expect(await buffers.xinfoStream('s')).toMatchObject({
    lastGeneratedId: '2-1',
    firstEntry: first,
  })
  expect(await buffers.xinfoStream('s', { full: true })).toMatchObject({
    groups: [{ name: Buffer.from('g'), pelCount: 2, pending: [{ id: '1-1' }, { id: '2-1' }] }],
  })
  expect(await buffers.xinfoGroups('s')).toMatchObject([{ name: Buffer.from('g'), pending: 2 }])
  expect(await buffers.xgroupCreate('s', 'h')).toBe('OK')
})

import { randomBytes } from 'node:crypto'
import { startRedis } from '@gravito/redis-testing'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isRedisError } from '../../src/index.js'
import { clientOf, testClient } from '../servers.js'

describe('strings', () => {
  test('the longest common subsequence, as text, as a length and by position', async () => {
    const redis = testClient()
    await redis.mset({ a: 'ohmytext', b: 'mynewtext' })
    expect(await redis.lcs('a', 'b')).toBe('mytext')
    expect(await redis.lcs('a', 'b', { len: true })).toBe(6)
    expect(await redis.lcs('a', 'b', 'LEN')).toBe(6)
    expect(await redis.lcs('a', 'b', { idx: true })).toEqual({
      matches: [
        { a: [4, 7], b: [5, 8] },
        { a: [2, 3], b: [0, 1] },
      ],
      length: 6,
    })
    expect(
      await redis.buffers.lcs('a', 'b', { idx: true, minMatchLen: 3, withMatchLen: true }),
    ).toEqual({ matches: [{ a: [4, 7], b: [5, 8], length: 4 }], length: 6 })
    expect(await redis.lcs('a', 'none', { idx: true })).toEqual({ matches: [], length: 0 })
  })

  test('substr is getrange', async () => {
    const redis = testClient()
    await redis.set('a', 'abcdef')
    expect(await redis.substr('a', 1, -2)).toBe('bcde')
  })
})

describe('hashes', () => {
  test('random fields with their values', async () => {
    const redis = testClient()
    await redis.hset('h', { a: 1, b: 2 })
    expect(await redis.hrandfield('h', 5, { withValues: true })).toEqual({ a: '1', b: '2' })
    expect(await redis.buffers.hrandfield('h', 5, { withValues: true })).toEqual({
      a: Buffer.from('1'),
      b: Buffer.from('2'),
    })
    expect((await redis.hrandfield('h', 5)).sort()).toEqual(['a', 'b'])
    expect(await redis.hrandfield('none', 5, { withValues: true })).toEqual({})
    expect(await redis.hrandfield('none')).toBeNull()
  })
})

describe('sorted sets', () => {
  test('random members with their scores', async () => {
    const redis = testClient()
    await redis.zadd('z', { member: 'a', score: 1.5 }, { member: 'b', score: 2 })
    const members = await redis.zrandmember('z', 5, { withScores: true })
    expect(members.sort((x, y) => x.score - y.score)).toEqual([
      { member: 'a', score: 1.5 },
      { member: 'b', score: 2 },
    ])
    expect((await redis.zrandmember('z', 5)).sort()).toEqual(['a', 'b'])
    expect(await redis.zrandmember('none')).toBeNull()
  })
})

describe('keys', () => {
  test('any bytes survive a dump and a restore, in a pipeline and a transaction too', async () => {
    const redis = testClient()
    expect(await redis.dump('none')).toBeNull()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async bytes => {
        await redis.set('a', bytes)
        const dump = await redis.dump('a')
        expect(dump).toBeInstanceOf(Buffer)
        expect(await redis.restore('b', 0, dump as Buffer, { replace: true })).toBe('OK')
        expect(await redis.buffers.get('b')).toEqual(Buffer.from(bytes))
        expect(await redis.pipeline(c => [c.dump('a'), c.get('none')])).toEqual([dump, null])
        expect(await redis.multi(c => [c.dump('a')])).toEqual([dump])
        expect(await redis.call('DUMP', 'a')).toEqual(dump)
      }),
      { numRuns: 20, examples: [[randomBytes(3_000)]] },
    )
  })

  test('how a value is kept', async () => {
    const redis = testClient()
    await redis.set('n', 12_345)
    await redis.hset('h', 'f', 'v')
    expect(await redis.objectEncoding('n')).toBe('int')
    expect(await redis.buffers.objectEncoding('h')).toBe('listpack')
    expect(await redis.objectEncoding('none')).toBeNull()
    expect(await redis.objectIdletime('n')).toBeLessThan(60)
    expect(await redis.objectRefcount('n')).toBeTypeOf('number')
    await expect(redis.objectFreq('n')).rejects.toSatisfy(error => isRedisError(error, 'ERR'))
    expect(await redis.object('ENCODING', 'n')).toBe('int')
  })

  test('how often a key was used, where the server counts it', async () => {
    const server = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lfu'] })
    onTestFinished(() => server.stop())
    const redis = clientOf({ url: server.url })
    await redis.set('a', '1')
    // Redis 8 counts from 0.
    for (let i = 0; i < 3; i++) await redis.get('a')
    expect(await redis.objectFreq('a')).toBeGreaterThan(0)
    expect(await redis.objectFreq('none')).toBeNull()
  })

  test('sort_ro sorts as sort does', async () => {
    const redis = testClient()
    await redis.rpush('l', 3, 1, 2)
    await redis.mset({ w_1: 3, w_2: 2, w_3: 1 })
    expect(await redis.sortRo('l', { by: 'w_*', get: '#' })).toEqual(['3', '2', '1'])
  })

  test('keys move to another server', async () => {
    const server = await startRedis({ args: ['--requirepass', 'secret'] })
    onTestFinished(() => server.stop())
    const redis = testClient()
    const target = { host: server.host, port: server.port, password: 'secret' }
    const there = clientOf({ url: server.url, password: 'secret', keyPrefix: redis.keyPrefix })
    await redis.mset({ a: 1, b: 2 })
    expect(await redis.migrate(target, ['a', 'b'])).toBe('OK')
    expect(await redis.exists('a', 'b')).toBe(0)
    expect(await there.mget('a', 'b')).toEqual(['1', '2'])
    expect(await redis.migrate(target, 'a')).toBe('NOKEY')
    await redis.set('a', 9)
    await expect(redis.migrate(target, 'a')).rejects.toSatisfy(
      error => isRedisError(error, 'BUSYKEY') || isRedisError(error, 'ERR'),
    )
    expect(
      await redis.migrate({ ...target, username: 'default' }, 'a', { replace: true, copy: true }),
    ).toBe('OK')
    expect([await redis.get('a'), await there.get('a')]).toEqual(['9', '9'])
  })
})

describe('the positional forms of ioredis', () => {
  test('scans give the pair that Redis sends', async () => {
    const redis = testClient()
    await redis.hset('h', { a: 1 })
    await redis.sadd('s', 'a')
    await redis.zadd('z', 1, 'a')
    expect(await redis.hscan('h', '0', 'MATCH', '*')).toEqual(['0', ['a', '1']])
    expect(await redis.sscan('s', 0, 'COUNT', 10)).toEqual(['0', ['a']])
    expect(await redis.zscan('z', '0', 'MATCH', '*')).toEqual(['0', ['a', '1']])
    expect(await redis.buffers.sscan('s', 0, 'COUNT', 10)).toEqual(['0', [Buffer.from('a')]])
    expect(await redis.hscan('h', 0)).toEqual({ cursor: '0', fields: { a: '1' } })
    expect(await redis.sscan('s', 0)).toEqual({ cursor: '0', members: ['a'] })
    expect(await redis.zscan('z', 0)).toEqual({
      cursor: '0',
      members: [{ member: 'a', score: 1 }],
    })
  })

  test('keys behind their number', async () => {
    const redis = testClient()
    await redis.zadd('a', 1, 'x', 2, 'y')
    await redis.zadd('b', 5, 'y')
    expect(await redis.zunion(2, 'a', 'b', 'WITHSCORES')).toEqual(['x', '1', 'y', '7'])
    expect(await redis.zinter(2, 'a', 'b')).toEqual(['y'])
    expect(await redis.zdiff(2, 'a', 'b')).toEqual(['x'])
    expect(await redis.zunionstore('d', 2, 'a', 'b', 'AGGREGATE', 'MAX')).toBe(2)
    expect(await redis.zscore('d', 'y')).toBe(5)
    expect(await redis.zintercard(2, 'a', 'b')).toBe(1)
    expect(await redis.zmpop(2, 'none', 'a', 'MIN')).toEqual({
      key: 'a',
      members: [{ member: 'x', score: 1 }],
    })
    await redis.rpush('l', 'e')
    expect(await redis.lpos('l', 'e', 'COUNT', 0)).toEqual([0])
    expect(await redis.lmpop(1, 'l', 'LEFT', 'COUNT', 5)).toEqual({ key: 'l', elements: ['e'] })
  })

  test('sorting by other keys, and storing', async () => {
    const redis = testClient()
    await redis.rpush('l', 3, 1, 2)
    await redis.mset({ w_1: 3, w_2: 2, w_3: 1 })
    expect(await redis.sort('l', 'BY', 'w_*', 'GET', '#', 'DESC')).toEqual(['1', '2', '3'])
    expect(await redis.sort('l', 'BY', 'w_*', 'STORE', 'd')).toBe(3)
    expect(await redis.lrange('d', 0, -1)).toEqual(['3', '2', '1'])
  })
})

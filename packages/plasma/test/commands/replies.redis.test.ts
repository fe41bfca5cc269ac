import { describe, expect, test } from 'vitest'
import { ReplyError } from '../../src/index.js'
import { testClient } from '../servers.js'

describe('replies have the promised shape', () => {
  test('strings', async () => {
    const redis = testClient()
    expect(await redis.set('a', '1')).toBe('OK')
    expect(await redis.set('a', '2', { nx: true })).toBeNull()
    expect(await redis.set('a', '2', { get: true })).toBe('1')
    expect(await redis.get('a')).toBe('2')
    expect(await redis.get('none')).toBeNull()
    expect(await redis.mset({ b: 'x', c: 3 })).toBe('OK')
    expect(await redis.mget('a', 'none', 'c')).toEqual(['2', null, '3'])
    expect(await redis.incrbyfloat('a', 0.5)).toBe(2.5)
    expect(await redis.getdel('a')).toBe('2.5')
    expect(await redis.exists('a')).toBe(0)
    expect(await redis.getrange('b', 0, -1)).toBe('x')
  })

  test('expiry in every form', async () => {
    const redis = testClient()
    await redis.set('ex', 'v', { ex: 100 })
    await redis.set('px', 'v', { px: 100_000 })
    await redis.set('positional', 'v', 'PX', 100_000, 'NX')
    await redis.set('at', 'v', { pxat: Date.now() + 100_000 })
    for (const key of ['ex', 'px', 'positional', 'at']) {
      expect(await redis.pttl(key)).toBeGreaterThan(90_000)
      expect(await redis.ttl(key)).toBeLessThanOrEqual(100)
    }
    await redis.set('ex', 'w', { keepTtl: true })
    expect(await redis.ttl('ex')).toBeGreaterThan(90)
    await redis.set('ex', 'w')
    expect(await redis.ttl('ex')).toBe(-1)
    expect(await redis.expire('ex', 0)).toBe(1)
    expect(await redis.ttl('ex')).toBe(-2)
  })

  test('hashes, with any field name', async () => {
    const redis = testClient()
    expect(await redis.hset('h', { name: 'Nova', __proto__x: '1' })).toBe(2)
    await redis.hset('h', '__proto__', 'safe')
    const hash = await redis.hgetall('h')
    expect(Object.entries(hash)).toContainEqual(['__proto__', 'safe'])
    expect(Object.getPrototypeOf(hash)).toBe(Object.prototype)
    expect(await redis.hgetall('none')).toEqual({})
    expect(await redis.hmget('h', 'name', 'none')).toEqual(['Nova', null])
    expect(await redis.hincrbyfloat('h', 'n', 1.5)).toBe(1.5)
    expect(await redis.hscan('h', 0, { match: 'name' })).toEqual({
      cursor: '0',
      fields: { name: 'Nova' },
    })
  })

  test('sorted sets, with scores as numbers, infinite ones too', async () => {
    const redis = testClient()
    await redis.zadd(
      'z',
      { member: 'low', score: Number.NEGATIVE_INFINITY },
      { member: 'ada', score: 0.5 },
    )
    await redis.zadd('z', [{ member: 'high', score: Number.POSITIVE_INFINITY }], { nx: true })
    expect(await redis.zrange('z', 0, -1, { withScores: true })).toEqual([
      { member: 'low', score: Number.NEGATIVE_INFINITY },
      { member: 'ada', score: 0.5 },
      { member: 'high', score: Number.POSITIVE_INFINITY },
    ])
    expect(await redis.zrange('z', 0, -1, { rev: true })).toEqual(['high', 'ada', 'low'])
    expect(await redis.zrange('z', '0', '1', { by: 'score' })).toEqual(['ada'])
    expect(await redis.zrange('z', 0, 1, 'WITHSCORES')).toEqual(['low', '-inf', 'ada', '0.5'])
    expect(await redis.zrevrange('z', 0, 0)).toEqual(['high'])
    expect(await redis.zscore('z', 'ada')).toBe(0.5)
    expect(await redis.zscore('z', 'none')).toBeNull()
    expect(await redis.zmscore('z', 'ada', 'none')).toEqual([0.5, null])
    expect(await redis.zrank('z', 'ada')).toBe(1)
    expect(await redis.zrank('z', 'none')).toBeNull()
    expect(await redis.zincrby('z', 1, 'ada')).toBe(1.5)
    expect(await redis.zscan('z', 0, { match: 'ada' })).toEqual({
      cursor: '0',
      members: [{ member: 'ada', score: 1.5 }],
    })
    expect(await redis.zpopmin('z')).toEqual([{ member: 'low', score: Number.NEGATIVE_INFINITY }])
    expect(await redis.zmpop(['none', 'z'], 'min')).toMatchObject({
      members: [{ member: 'ada', score: 1.5 }],
    })
    await redis.zadd('w', 1, 'high')
    expect(await redis.zunion(['z', 'w'], { withScores: true })).toEqual([
      { member: 'high', score: Number.POSITIVE_INFINITY },
    ])
    expect(await redis.zinterstore('d', ['z', 'w'], { aggregate: 'min' })).toBe(1)
  })

  test('lists and sets', async () => {
    const redis = testClient()
    expect(await redis.rpush('l', 'a', 'b', 'c')).toBe(3)
    expect(await redis.lpop('l')).toBe('a')
    expect(await redis.lpop('l', 2)).toEqual(['b', 'c'])
    expect(await redis.lpop('l')).toBeNull()
    expect(await redis.lmpop(['none', 'l'], 'left')).toBeNull()
    await redis.rpush('l', 'a', 'b')
    expect(await redis.lmpop(['none', 'l'], 'left', { count: 2 })).toMatchObject({
      elements: ['a', 'b'],
    })
    expect(await redis.sadd('s', 'a', 'b')).toBe(2)
    expect((await redis.smembers('s')).sort()).toEqual(['a', 'b'])
    expect(await redis.smismember('s', 'a', 'x')).toEqual([1, 0])
    expect(await redis.sscan('s', 0, { match: 'a' })).toEqual({ cursor: '0', members: ['a'] })
    await redis.sadd('n', 3, 1, 2)
    await redis.mset({ w_1: 3, w_2: 2, w_3: 1 })
    expect(await redis.sort('n', { by: 'w_*', get: ['#', 'w_*'] })).toEqual([
      '3',
      '1',
      '2',
      '2',
      '1',
      '3',
    ])
    expect(await redis.sortStore('n', 'sorted')).toBe(3)
    expect(await redis.lrange('sorted', 0, -1)).toEqual(['1', '2', '3'])
  })

  test('the server', async () => {
    const redis = testClient()
    expect(await redis.ping()).toBe('PONG')
    expect(await redis.echo('hi')).toBe('hi')
    expect((await redis.time()).seconds).toBeGreaterThan(1_700_000_000)
    expect(await redis.configGet('maxmemory')).toHaveProperty('maxmemory')
    expect(await redis.info('server')).toContain('redis_version')
    expect(await redis.client<number>('ID')).toBeTypeOf('number')
    expect(await redis.call('OBJECT', 'HELP')).toBeInstanceOf(Array)
  })

  test('an error carries its code, command and connection, and no argument', async () => {
    const redis = testClient()
    await redis.hset('h', 'a', 1)
    const error = await redis
      .set('x', 'v', { xx: true })
      .then(() => redis.incrby('h', 42))
      .catch(it => it)
    expect(error).toBeInstanceOf(ReplyError)
    expect(error).toMatchObject({ code: 'WRONGTYPE', command: 'incrby', connection: 'test' })
    const secret = await redis.call('AUTH', 'user', 'hunter2').then(
      () => new Error('was let in'),
      (it: Error) => it,
    )
    expect(secret).toBeInstanceOf(ReplyError)
    expect(JSON.stringify(secret) + secret.message + String(secret.cause)).not.toContain('hunter2')
  })

  test('binary values survive when they are text in UTF-8', async () => {
    const redis = testClient()
    await redis.set('emoji', Buffer.from('日本語 🦊\r\n$5\r\n'))
    expect(await redis.get('emoji')).toBe('日本語 🦊\r\n$5\r\n')
    expect(await redis.strlen('emoji')).toBe(20)
  })
})

describe('the key prefix is put on and taken off', () => {
  test('keys, scans and iterators show keys as the application knows them', async () => {
    const redis = testClient({ keyPrefix: `odd*[x]?${Math.random()}:` })
    const other = testClient()
    await other.set('user:foreign', '1')
    await redis.mset({ 'user:1': 'a', 'user:2': 'b', other: 'c' })
    expect((await redis.keys('user:*')).sort()).toEqual(['user:1', 'user:2'])
    const seen: string[] = []
    for (let cursor = ''; cursor !== '0'; ) {
      const step = await redis.scan(cursor || '0', { match: 'user:*', count: 100 })
      seen.push(...step.keys)
      cursor = step.cursor
    }
    expect(seen.sort()).toEqual(['user:1', 'user:2'])
    const all: string[] = []
    for await (const key of redis.scanIterator({ count: 1_000 })) all.push(key)
    expect(all.sort()).toEqual(['other', 'user:1', 'user:2'])
    expect(await redis.ioredis.get(`${redis.keyPrefix}other`)).toBe('c')
  })

  test('scripts, pipelines, transactions and unknown commands use it', async () => {
    const redis = testClient()
    expect(await redis.eval('return redis.call("SET", KEYS[1], ARGV[1])', 1, 'k', 'v')).toBe('OK')
    await redis.pipeline().append('k', 'w').exec()
    await redis.multi().append('k', 'x').exec()
    await redis.call('APPEND', 'k', 'y')
    expect(await redis.ioredis.get(`${redis.keyPrefix}k`)).toBe('vwxy')
  })
})

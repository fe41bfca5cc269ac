import { describe, expect, test } from 'vitest'
import { testClient } from '../servers.js'

describe('blocking commands of lists', () => {
  test('take what is there, and say from which list', async () => {
    const redis = testClient()
    await redis.rpush('jobs', 'a', 'b', 'c', 'd', 'e', 'f')
    expect(await redis.blpop('jobs', 1)).toEqual({ key: 'jobs', element: 'a' })
    expect(await redis.blpop(['none', 'jobs'], 1)).toEqual({ key: 'jobs', element: 'b' })
    expect(await redis.blpop('none', 'jobs', 1)).toEqual({ key: 'jobs', element: 'c' })
    expect(await redis.brpop(['none', 'jobs'], 1)).toEqual({ key: 'jobs', element: 'f' })
    expect(await redis.blmove('jobs', 'done', 'left', 'right', 1)).toBe('d')
    expect(await redis.brpoplpush('jobs', 'done', 1)).toBe('e')
    expect(await redis.lrange('done', 0, -1)).toEqual(['e', 'd'])
    expect(await redis.blmpop(1, ['none', 'done'], 'right', { count: 9 })).toEqual({
      key: 'done',
      elements: ['d', 'e'],
    })
  })

  test('resolve with null when nothing came', async () => {
    const redis = testClient()
    const nothing = [
      redis.blpop('none', 0.01),
      redis.brpop(['none', 'nothing'], 0.01),
      redis.blmove('none', 'd', 'left', 'right', 0.01),
      redis.brpoplpush('none', 'd', 0.01),
      redis.blmpop(0.01, ['none'], 'left'),
      redis.bzpopmin('none', 0.01),
      redis.bzpopmax(['none', 'nothing'], 0.01),
      redis.bzmpop(0.01, ['none'], 'min'),
    ]
    expect(await Promise.all(nothing)).toEqual(nothing.map(() => null))
  })

  test('wait for what comes', async () => {
    const redis = testClient()
    const waiting = redis.blpop('later', 5)
    const ranked = redis.bzpopmax('ranks', 5)
    await redis.rpush('later', 'came')
    await redis.zadd('ranks', 1.5, 'ada')
    expect(await waiting).toEqual({ key: 'later', element: 'came' })
    expect(await ranked).toEqual({ key: 'ranks', member: 'ada', score: 1.5 })
  })

  test('keep their bytes', async () => {
    const redis = testClient()
    const bytes = Buffer.from([0xff, 0])
    await redis.rpush('l', bytes)
    await redis.zadd('z', 2, bytes)
    expect(await redis.buffers.blpop('l', 1)).toEqual({ key: Buffer.from('l'), element: bytes })
    expect(await redis.buffers.bzpopmin('z', 1)).toEqual({
      key: Buffer.from('z'),
      member: bytes,
      score: 2,
    })
  })
})

describe('blocking commands of sorted sets', () => {
  test('take what is there, with its score and from which sorted set', async () => {
    const redis = testClient()
    await redis.zadd('z', [
      { member: 'low', score: Number.NEGATIVE_INFINITY },
      { member: 'ada', score: 1.5 },
      { member: 'bob', score: 2 },
      { member: 'high', score: 9 },
    ])
    expect(await redis.bzpopmin(['none', 'z'], 1)).toEqual({
      key: 'z',
      member: 'low',
      score: Number.NEGATIVE_INFINITY,
    })
    expect(await redis.bzpopmax('none', 'z', 1)).toEqual({ key: 'z', member: 'high', score: 9 })
    expect(await redis.bzmpop(1, ['none', 'z'], 'max', { count: 5 })).toEqual({
      key: 'z',
      members: [
        { member: 'bob', score: 2 },
        { member: 'ada', score: 1.5 },
      ],
    })
  })

  test('lmpop and zmpop say keys as the application knows them too', async () => {
    const redis = testClient()
    await redis.rpush('l', 'a')
    await redis.zadd('z', 1, 'm')
    expect(await redis.lmpop(['none', 'l'], 'left')).toEqual({ key: 'l', elements: ['a'] })
    expect(await redis.zmpop(['none', 'z'], 'min')).toEqual({
      key: 'z',
      members: [{ member: 'm', score: 1 }],
    })
  })
})

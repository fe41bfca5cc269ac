import { describe, expect, test } from 'vitest'
import { defineScript, InvalidArgumentError, ReplyError } from '../src/index.js'
import { testClient } from './servers.js'

describe.each(['pipeline', 'multi'] as const)('%s', kind => {
  test('chained: one [error, reply] per command, options kept', async () => {
    const redis = testClient()
    const results = await redis[kind]()
      .set('a', '1', { ex: 100 })
      .incr('a')
      .hset('h', { name: 'Nova' })
      .hgetall('h')
      .zadd('z', { member: 'm', score: 1 })
      .zrange('z', 0, -1, { withScores: true })
      .exec()
    expect(results).toEqual([
      [null, 'OK'],
      [null, 2],
      [null, 1],
      [null, { name: 'Nova' }],
      [null, 1],
      [null, [{ member: 'm', score: 1 }]],
    ])
    expect(await redis.ttl('a')).toBeGreaterThan(90)
  })

  test('kept in a variable', async () => {
    const redis = testClient()
    const batch = redis[kind]()
    batch.set('a', '1')
    batch.incr('a').get('a')
    expect(batch.length).toBe(3)
    expect(await batch.exec()).toEqual([
      [null, 'OK'],
      [null, 2],
      [null, '2'],
    ])
    expect(batch.length).toBe(0)
    expect(await batch.exec()).toEqual([])
  })

  test('as a list: the replies alone', async () => {
    const redis = testClient()
    const [ok, sum, hash] = await redis[kind](c => [c.set('a', 41), c.incr('a'), c.hgetall('h')])
    expect(ok).toBe('OK')
    expect(sum + 1).toBe(43)
    expect(hash).toEqual({})
  })

  test('a failing command stands in its place and stops no other', async () => {
    const redis = testClient()
    await redis.set('text', 'abc')
    const results = await redis[kind]().set('a', '1').incr('text').get('a').exec()
    expect(results[0]).toEqual([null, 'OK'])
    expect(results[1][0]).toBeInstanceOf(ReplyError)
    expect(results[1][0]).toMatchObject({ command: 'incr' })
    expect(results[2]).toEqual([null, '1'])
    await expect(redis[kind](c => [c.get('a'), c.incr('text')])).rejects.toBeInstanceOf(ReplyError)
  })

  test('a bad argument throws at its own line, and nothing is sent', async () => {
    const redis = testClient()
    const batch = redis[kind]().set('a', '1')
    expect(() => batch.set('b', undefined as never)).toThrow(InvalidArgumentError)
    expect(await redis.exists('a')).toBe(0)
    await expect(
      redis[kind](c => [c.set('a', '1'), c.set('b', '2', { ex: 0 })]),
    ).rejects.toBeInstanceOf(InvalidArgumentError)
    expect(await redis.exists('a')).toBe(0)
  })

  test('scripts', async () => {
    const redis = testClient()
    const script = defineScript({
      keys: ['key'],
      args: ['value'],
      lua: `redis.call('SET', key, value) return redis.call('GET', key)`,
      reply: (value: string) => value.toUpperCase(),
    })
    await redis.script('FLUSH')
    expect(await redis[kind]().run(script, ['k'], ['v']).exec()).toEqual([[null, 'V']])
  })

  test('a thousand commands in order', async () => {
    const redis = testClient()
    const replies = await redis[kind](c => Array.from({ length: 1_000 }, () => c.incr('n')))
    expect(replies).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1))
  })
})

test('a transaction with an unknown command executes none', async () => {
  const redis = testClient()
  const batch = redis.multi().set('a', '1').send('nosuchcommand', [], [])
  await expect(batch.exec()).rejects.toMatchObject({ code: 'EXECABORT' })
  expect(await redis.exists('a')).toBe(0)
})

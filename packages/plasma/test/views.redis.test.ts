import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { CommandTimeoutError, defineScript, InvalidArgumentError } from '../src/index.js'
import { testClient } from './servers.js'

describe('buffers', () => {
  test('replies keep their bytes in every shape; what Redis itself says stays text', async () => {
    const redis = testClient()
    const bytes = Buffer.from([0, 255, 13, 10, 128])
    expect(await redis.buffers.set('a', bytes)).toBe('OK')
    expect(await redis.buffers.get('a')).toEqual(bytes)
    expect(await redis.buffers.get('none')).toBeNull()
    await redis.hset('h', 'field', bytes)
    expect(await redis.buffers.hgetall('h')).toEqual({ field: bytes })
    await redis.zadd('z', Number.POSITIVE_INFINITY, bytes)
    expect(await redis.buffers.zrange('z', 0, -1, { withScores: true })).toEqual([
      { member: bytes, score: Number.POSITIVE_INFINITY },
    ])
    await redis.rpush('l', bytes, 'text')
    expect(await redis.buffers.lrange('l', 0, -1)).toEqual([bytes, Buffer.from('text')])
    expect(await redis.buffers.mget('a', 'none')).toEqual([bytes, null])
    expect(await redis.buffers.type('a')).toBe('string')
    expect(await redis.buffers.incr('n')).toBe(1)
    expect(
      await redis.buffers.pipeline(c => [c.get('a'), c.hgetall('h'), c.set('b', 'x')]),
    ).toEqual([bytes, { field: bytes }, 'OK'])
    expect(await redis.buffers.multi(c => [c.get('a')])).toEqual([bytes])
    const script = defineScript({ keys: ['key'], lua: `return redis.call('GET', key)` })
    expect(await redis.buffers.run(script, ['a'], [])).toEqual(bytes)
  })

  test('any bytes go there and back, as key, field and value', async () => {
    const redis = testClient()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), fc.uint8Array(), async (key, value) => {
        await redis.set(key, value)
        expect(await redis.buffers.get(key)).toEqual(Buffer.from(value))
        await redis.lpush('list', value)
        expect(await redis.buffers.lpop('list')).toEqual(Buffer.from(value))
      }),
      { numRuns: 50 },
    )
  })
})

describe('with', () => {
  test('a signal gives one call up; it rejects with its reason', async () => {
    const redis = testClient()
    const reason = new Error('request closed')
    await expect(redis.with({ signal: AbortSignal.abort(reason) }).set('a', '1')).rejects.toBe(
      reason,
    )
    expect(await redis.exists('a')).toBe(0)
    const controller = new AbortController()
    const sleeping = redis.with({ signal: controller.signal }).send('blpop', ['none', 5], [0])
    controller.abort(reason)
    await expect(sleeping).rejects.toBe(reason)
    await expect(
      redis.with({ signal: AbortSignal.abort(reason) }).pipeline(c => [c.get('a')]),
    ).rejects.toBe(reason)
    expect(await redis.ping()).toBe('PONG')
  })

  test('a thousand calls with one signal leave no listener behind', async () => {
    const redis = testClient()
    const { signal } = new AbortController()
    let listening = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: unknown[]) => {
      listening++
      addEventListener.apply(signal, args as never)
    }
    signal.removeEventListener = (...args: unknown[]) => {
      listening--
      removeEventListener.apply(signal, args as never)
    }
    const view = redis.with({ signal })
    await Promise.all(Array.from({ length: 1_000 }, () => view.incr('n')))
    await view.multi(c => [c.incr('n')])
    expect(listening).toBe(0)
  })

  test('a time of its own', async () => {
    const redis = testClient()
    const slow = redis
      .with({ commandTimeout: 50 })
      .eval('local t = redis.call("TIME") for i = 1, 2e7 do t = i end return 1', 0)
    const error: unknown = await slow.catch(it => it)
    expect(error).toBeInstanceOf(CommandTimeoutError)
    expect(error).toMatchObject({ timeoutMs: 50 })
  })
})

describe('call', () => {
  test('any command, its keys prefixed', async () => {
    const redis = testClient()
    await redis.call('SET', 'a', '1', 'EX', 100)
    expect(await redis.get('a')).toBe('1')
    expect(await redis.call('object', 'ENCODING', 'a')).toBe('int')
  })

  test.each(['SUBSCRIBE', 'multi', 'WATCH', 'monitor', 'quit'])(
    '%s, which would change the shared connection, is refused with what to call instead',
    async name => {
      const redis = testClient()
      const error = await redis.call(name, 'x').catch(it => it)
      expect(error).toBeInstanceOf(InvalidArgumentError)
      expect((error as Error).message).toMatch(/\w+\(.*\)/)
      expect(await redis.ping()).toBe('PONG')
    },
  )
})

test('iterators over the elements of one value', async () => {
  const redis = testClient()
  const names = Array.from({ length: 1_000 }, (_, i) => `n${i}`)
  await redis.hset('h', Object.fromEntries(names.map((name, i) => [name, i])))
  await redis.sadd('s', names)
  await redis.zadd(
    'z',
    names.map((member, score) => ({ member, score })),
  )
  const fields = new Map<string, string>()
  for await (const [field, value] of redis.hscanIterator('h')) fields.set(field, value)
  expect(fields.size).toBe(1_000)
  expect(fields.get('n7')).toBe('7')
  const members = new Set<string>()
  for await (const member of redis.sscanIterator('s', { match: 'n1*', count: 100 }))
    members.add(member)
  expect(members.size).toBe(111)
  const scores = new Map<string, number>()
  for await (const { member, score } of redis.zscanIterator('z')) scores.set(member, score)
  expect(scores.get('n999')).toBe(999)
})

test('exec with throwOnError: the replies alone, or the first error', async () => {
  const redis = testClient()
  const replies = await redis.pipeline().set('a', '1').incr('a').exec({ throwOnError: true })
  expectTypeOf(replies).toEqualTypeOf<['OK' | null, number]>()
  expect(replies).toEqual(['OK', 2])
  await redis.set('text', 'abc')
  await expect(
    redis.multi().incr('text').incr('n').exec({ throwOnError: true }),
  ).rejects.toMatchObject({ command: 'incr' })
})

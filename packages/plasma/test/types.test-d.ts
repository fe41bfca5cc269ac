import { describe, expectTypeOf, test } from 'vitest'
import { defineScript, type RedisClient, type ScoredMember } from '../src/index.js'

declare const redis: RedisClient

describe('types', () => {
  test('a command answers with its reply', () => {
    expectTypeOf(redis.get('a')).resolves.toEqualTypeOf<string | null>()
    expectTypeOf(redis.set('a', '1')).resolves.toEqualTypeOf<'OK' | null>()
    expectTypeOf(redis.set('a', '1', { get: true })).resolves.toEqualTypeOf<string | null>()
    expectTypeOf(redis.zrange('z', 0, -1)).resolves.toEqualTypeOf<string[]>()
    expectTypeOf(redis.zrange('z', 0, -1, { withScores: true })).resolves.toEqualTypeOf<
      ScoredMember[]
    >()
    expectTypeOf(redis.lpop('l', 2)).resolves.toEqualTypeOf<string[] | null>()
  })

  test('a pipeline knows its replies by position', () => {
    const results = redis.pipeline().get('a').incr('n').hgetall('h').exec()
    expectTypeOf(results).resolves.toEqualTypeOf<
      [
        [error: Error | null, reply: string | null],
        [error: Error | null, reply: number],
        [error: Error | null, reply: Record<string, string>],
      ]
    >()
    const replies = redis.pipeline(c => [c.get('a'), c.incr('n')])
    expectTypeOf(replies).resolves.toEqualTypeOf<[string | null, number]>()
    const many = redis.multi(c => ['a', 'b'].map(key => c.incr(key)))
    expectTypeOf(many).resolves.toEqualTypeOf<number[]>()
  })

  test('buffers know which replies are bytes', () => {
    const { buffers } = redis
    expectTypeOf(buffers.get('a')).resolves.toEqualTypeOf<Buffer | null>()
    expectTypeOf(buffers.set('a', '1')).resolves.toEqualTypeOf<'OK' | null>()
    expectTypeOf(buffers.hgetall('a')).resolves.toEqualTypeOf<{ [x: string]: Buffer }>()
    expectTypeOf(buffers.incr('a')).resolves.toEqualTypeOf<number>()
    expectTypeOf(buffers.pipeline(c => [c.get('a'), c.incr('n')])).resolves.toEqualTypeOf<
      [Buffer | null, number]
    >()
  })

  test('a pipeline kept in a variable has unknown replies', () => {
    const batch = redis.pipeline()
    batch.get('a')
    expectTypeOf(batch.exec()).resolves.toEqualTypeOf<[error: Error | null, reply: unknown][]>()
  })

  test('a script knows how many keys and arguments it takes', () => {
    const script = defineScript({
      keys: ['a', 'b'],
      args: ['x'],
      lua: '',
      reply: (n: number) => n > 0,
    })
    expectTypeOf(redis.run(script, ['k', 'l'], [1])).resolves.toEqualTypeOf<boolean>()
    // @ts-expect-error one key is missing
    redis.run(script, ['k'], [1])
    // @ts-expect-error one argument too many
    redis.run(script, ['k', 'l'], [1, 2])
  })

  test('calls that Redis would refuse do not compile', () => {
    // @ts-expect-error nx and xx exclude each other
    redis.set('a', '1', { nx: true, xx: true })
    // @ts-expect-error two expiries
    redis.set('a', '1', { ex: 1, px: 1 })
    // @ts-expect-error no such option
    redis.set('a', '1', { exx: 1 })
    // @ts-expect-error undefined is no value
    redis.set('a', undefined)
    // @ts-expect-error an object is no value
    redis.set('a', { a: 1 })
  })
})

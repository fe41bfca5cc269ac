import { describe, expectTypeOf, test } from 'vitest'
import {
  type ClientInfo,
  type ClusterNode,
  type CommonParts,
  type DeliveredEntry,
  defineScript,
  type EntryId,
  type GeoPosition,
  type PendingEntry,
  type PendingSummary,
  type PoppedElement,
  type RedisClient,
  type ScoredMember,
  type StreamEntry,
  type StreamRead,
  type Text,
} from '../src/index.js'

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

  test('fields are an object of any type whose properties are values', () => {
    interface User {
      name: string
      age: number
    }
    const user: User = { name: 'Ada', age: 36 }
    expectTypeOf(redis.hset('h', user)).resolves.toEqualTypeOf<number>()
    expectTypeOf(redis.hset('h', { ...user, born: 1815n })).resolves.toEqualTypeOf<number>()
    expectTypeOf(redis.hset('h', new Map([['a', 1]]))).resolves.toEqualTypeOf<number>()
    expectTypeOf(redis.mset(user)).resolves.toEqualTypeOf<'OK'>()
    expectTypeOf(redis.msetnx(user)).resolves.toEqualTypeOf<0 | 1>()
    expectTypeOf(redis.xadd('s', user)).resolves.toEqualTypeOf<EntryId>()
    expectTypeOf(redis.xadd('s', ['a', 1])).resolves.toEqualTypeOf<EntryId>()
    expectTypeOf(redis.msetex(user)).resolves.toEqualTypeOf<0 | 1>()
    expectTypeOf(redis.hsetex('h', user)).resolves.toEqualTypeOf<0 | 1>()
    expectTypeOf(
      redis.pipeline(c => [c.hset('h', user), c.xadd('s', user)]),
    ).resolves.toEqualTypeOf<[number, EntryId]>()
    // @ts-expect-error a Date is no value
    redis.hset('h', { born: new Date() })
    // @ts-expect-error nor is what may be missing
    redis.hset('h', { name: undefined })
    // @ts-expect-error a Date has no values
    redis.hset('h', new Date())
  })

  test('a reply has what the options ask for', () => {
    const fields = { a: 1 }
    expectTypeOf(redis.xadd('s', fields)).resolves.toEqualTypeOf<EntryId>()
    expectTypeOf(
      redis.xadd('s', fields, { maxLen: 9, approx: true }),
    ).resolves.toEqualTypeOf<EntryId>()
    expectTypeOf(
      redis.xadd('s', fields, { noMkStream: true }),
    ).resolves.toEqualTypeOf<EntryId | null>()
    expectTypeOf(redis.xreadgroup('g', 'c', { s: '>' })).resolves.toEqualTypeOf<
      StreamRead<StreamEntry>[] | null
    >()
    expectTypeOf(redis.xreadgroup('g', 'c', { s: '0' })).resolves.toEqualTypeOf<
      StreamRead<DeliveredEntry>[] | null
    >()
    expectTypeOf(redis.xpending('s', 'g')).resolves.toEqualTypeOf<PendingSummary>()
    expectTypeOf(redis.xpending('s', 'g', { count: 1 })).resolves.toEqualTypeOf<PendingEntry[]>()
    expectTypeOf(redis.xclaim('s', 'g', 'c', 0, '1-1')).resolves.toEqualTypeOf<StreamEntry[]>()
    expectTypeOf(redis.xclaim('s', 'g', 'c', 0, '1-1', { justId: true })).resolves.toEqualTypeOf<
      EntryId[]
    >()
    const area = { radius: 1 }
    expectTypeOf(redis.geosearch('k', 'm', area)).resolves.toEqualTypeOf<string[]>()
    expectTypeOf(redis.geosearch('k', 'm', area, { sort: 'asc' })).resolves.toEqualTypeOf<
      string[]
    >()
    const found = redis.geosearch('k', 'm', area, { withDist: true, withCoord: true })
    expectTypeOf(found).resolves.items.toMatchTypeOf<
      GeoPosition & { member: string; distance: number }
    >()
    const withDist = {} as boolean
    expectTypeOf(redis.geosearch('k', 'm', area, { withDist })).resolves.toEqualTypeOf<
      string[] | { member: string }[]
    >()
    // @ts-expect-error the hash was not asked for
    found.then(([first]) => first?.hash)
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

  test('the shape of a reply follows the options', () => {
    expectTypeOf(redis.blpop('l', 5)).resolves.toEqualTypeOf<PoppedElement | null>()
    expectTypeOf(redis.blpop('l', 'm', 5)).resolves.toEqualTypeOf<PoppedElement | null>()
    expectTypeOf(redis.lcs('a', 'b')).resolves.toEqualTypeOf<string>()
    expectTypeOf(redis.lcs('a', 'b', { len: true })).resolves.toEqualTypeOf<number>()
    expectTypeOf(redis.lcs('a', 'b', { idx: true })).resolves.toEqualTypeOf<CommonParts>()
    expectTypeOf(redis.zrank('z', 'm')).resolves.toEqualTypeOf<number | null>()
    expectTypeOf(redis.zrank('z', 'm', { withScore: true })).resolves.toEqualTypeOf<{
      rank: number
      score: number
    } | null>()
    expectTypeOf(redis.hscan('h', 0, 'COUNT', 5)).resolves.toEqualTypeOf<[string, string[]]>()
    expectTypeOf(redis.hrandfield('h', 2, { withValues: true })).resolves.toEqualTypeOf<
      Record<string, string>
    >()
    expectTypeOf(redis.clientKill('127.0.0.1:1')).resolves.toEqualTypeOf<'OK'>()
    expectTypeOf(redis.clientKill({ id: 1 })).resolves.toEqualTypeOf<number>()
    expectTypeOf(redis.dump('a')).resolves.toEqualTypeOf<Buffer | null>()
    redis.role().then(role => {
      if (role.role === 'master')
        expectTypeOf(role.replicas[0]?.port).toEqualTypeOf<number | undefined>()
    })
  })

  test('what Redis itself says stays text where data is bytes', () => {
    const { buffers } = redis
    expectTypeOf(buffers.blpop('l', 5)).resolves.toEqualTypeOf<{
      key: Buffer
      element: Buffer
    } | null>()
    expectTypeOf(buffers.clientInfo()).resolves.toEqualTypeOf<ClientInfo>()
    expectTypeOf(buffers.objectEncoding('a')).resolves.toEqualTypeOf<Text | null>()
    expectTypeOf(buffers.clusterNodes()).resolves.toEqualTypeOf<ClusterNode[]>()
    expectTypeOf(buffers.infoOf('memory')).resolves.toEqualTypeOf<Record<string, Text>>()
    const text: Text = '' as Text
    expectTypeOf(text).toExtend<string>()
    expectTypeOf<'any' | '' | 'Text' | '日本'>().toExtend<Text>()
  })

  test('calls that Redis would refuse do not compile', () => {
    // @ts-expect-error nx and xx exclude each other
    redis.set('a', '1', { nx: true, xx: true })
    // @ts-expect-error two expiries
    redis.set('a', '1', { ex: 1, px: 1 })
    // @ts-expect-error a condition and a comparison
    redis.set('a', '1', { nx: true, ifEq: 'b' })
    // @ts-expect-error a type and numbers
    redis.clientList({ type: 'normal', ids: [1] })
    // @ts-expect-error two states of a slot
    redis.clusterSetSlot(1, { importing: 'a', migrating: 'b' })
    // @ts-expect-error no such option
    redis.set('a', '1', { exx: 1 })
    // @ts-expect-error undefined is no value
    redis.set('a', undefined)
    // @ts-expect-error two bounds
    redis.xadd('s', { a: 1 }, { maxLen: 1, minId: '0' })
    // @ts-expect-error a bound is missing
    redis.xadd('s', { a: 1 }, { approx: true })
    // @ts-expect-error any needs count
    redis.geosearch('k', 'm', { radius: 1 }, { any: true })
    // @ts-expect-error a circle or a box
    redis.geosearch('k', 'm', { radius: 1, width: 1, height: 1 })
    // @ts-expect-error a wrong encoding
    redis.bitfield('k', [{ get: 'int8', offset: 0 }])
    // @ts-expect-error an object is no value
    redis.set('a', { a: 1 })
  })
})

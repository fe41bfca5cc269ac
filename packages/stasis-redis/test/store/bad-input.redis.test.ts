import { describe, expect, test } from 'vitest'
import {
  type CacheContract,
  cached,
  RedisCacheProvider,
  RedisStore,
  redis,
  revalidateTag,
} from '../../src/index.js'
import { MemoryStore } from '../../src/testing/index.js'
import { setup } from '../setup.js'

type Call = (store: CacheContract) => Promise<unknown>
const none = undefined as never

const CALLS: [string, string, Call][] = [
  ['remember without a factory', 'factory', store => store.remember('k', 60, none)],
  ['rememberForever with a value', 'factory', store => store.rememberForever('k', 5 as never)],
  ['flexible without a factory', 'factory', store => store.flexible('k', [1, 2], none)],
  ['flexible with one time', 'times', store => store.flexible('k', 60 as never, () => 1)],
  ['flexible with half a pair', 'times', store => store.flexible('k', [1] as never, () => 1)],
  [
    'flexible with times in the wrong order',
    'times',
    store => store.flexible('k', [2, 1], () => 1),
  ],
  ['remember with no options', 'options', store => store.remember('k', 60, () => 1, null as never)],
  ['remember with a number', 'options', store => store.remember('k', 60, () => 1, 5 as never)],
  [
    'remember with an option that is none',
    'grace',
    store => store.remember('k', 60, () => 1, { grace: 5 } as never),
  ],
  ['many of one key', 'keys', store => store.many('k' as never)],
  ['forgetMany of one key', 'keys', store => store.forgetMany('k' as never)],
  [
    'remember with a TTL that is none',
    'ttl',
    store =>
      store.remember(
        'k',
        () => 'soon' as never,
        () => 1,
      ),
  ],
  ['many of nothing', 'keys', store => store.many(none)],
  ['putMany of nothing', 'values', store => store.putMany(none)],
  ['putMany of a Map', 'values', store => store.putMany(new Map([['k', 1]]) as never)],
  ['putMany of a list', 'values', store => store.putMany([['k', 1]] as never)],
  ['keys like a number', 'glob', store => store.keys(5 as never)],
  ...(['get', 'put', 'forget', 'has', 'increment', 'pull', 'ttl'] as const).flatMap(
    (method): [string, string, Call][] =>
      [none, null, 5, ''].map(key => [
        `${method} of ${JSON.stringify(key)}`,
        'key',
        store => store[method](key as never, 1 as never),
      ]),
  ),
]

describe.each(['RedisStore', 'MemoryStore'])('%s refuses', kind => {
  test.each(CALLS)('%s, naming %s', async (_, argument, call) => {
    const store: CacheContract = kind === 'RedisStore' ? setup().store : new MemoryStore()
    const refused = { code: 'ARGUMENT_INVALID', argument }
    await expect(call(store)).rejects.toMatchObject(refused)
    store.tagKey('k', ['a'])
    await expect(call(store)).rejects.toMatchObject(refused)
  })
})

test.each(['RedisStore', 'MemoryStore'])('%s refuses what nobody would hear', async kind => {
  const store: CacheContract = kind === 'RedisStore' ? setup().store : new MemoryStore()
  expect(() => store.on('hits' as never, () => {})).toThrow('is none of hit, miss,')
  expect(() => store.on('hit', none)).toThrow('listener must be a function')
  expect(() => store.limiter(null as never)).toThrow('options must be')
})

test('what is no client is refused by name', () => {
  for (const make of [
    () => new RedisStore({ client: null as never }),
    () => new RedisCacheProvider(null as never),
    () => redis(null as never),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', path: 'client' }))
  }
})

test('a tag is revalidated in a store, a function is cached', async () => {
  const refused = { code: 'ARGUMENT_INVALID', argument: 'store' }
  await expect(revalidateTag('a', {} as never)).rejects.toMatchObject(refused)
  await expect(revalidateTag('a', null as never)).rejects.toMatchObject(refused)
  expect(() => cached('fn' as never)).toThrow(expect.objectContaining({ argument: 'fn' }))
})

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
  ['many of one key', 'keys', store => store.many('k' as never)],
  ['many of nothing', 'keys', store => store.many(none)],
  ['putMany of nothing', 'values', store => store.putMany(none)],
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

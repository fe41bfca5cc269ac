import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict'
import type { CacheContract } from '../../store/contract.js'
import type { Case } from './compliance.js'

const LONG_S = 60
const SHORT_MS = 60
const argument = (name: string) => (error: unknown) =>
  (error as { argument?: unknown }).argument === name

/** What a cache of this package does beyond Stasis' contract. */
export const BEYOND: readonly Case<CacheContract>[] = [
  [
    'values are exact: Date, BigInt, Map, Set, Buffer, undefined, NaN, -0',
    async ({ store }) => {
      const value = {
        date: new Date(5),
        big: 2n ** 70n,
        map: new Map([[{ a: 1 }, new Set([undefined])]]),
        bytes: Buffer.from([0, 255]),
        numbers: [Number.NaN, Number.NEGATIVE_INFINITY, -0],
      }
      await store.put('k', value, LONG_S)
      deepEqual(await store.get('k'), value)
    },
  ],
  [
    'nobody shares an object with the cache',
    async ({ store }) => {
      const value = { list: [1] }
      await store.put('k', value, LONG_S)
      value.list.push(2)
      const read = await store.get<typeof value>('k')
      read?.list.push(3)
      deepEqual(await store.get('k'), { list: [1] })
    },
  ],
  [
    'what cannot be written is refused, and the old entry stays',
    async ({ store }) => {
      await store.put('k', 'old', LONG_S)
      await rejects(store.put('k', { run: () => 1 }, LONG_S), { code: 'CACHE_SERIALIZATION' })
      await rejects(store.putMany({ k: 'new', other: Symbol('x') }, LONG_S), {
        code: 'CACHE_SERIALIZATION',
      })
      equal(await store.get('k'), 'old')
    },
  ],
  [
    'bad arguments are refused by name',
    async ({ store }) => {
      await rejects(store.put('k', 1, Number.NaN), argument('ttl'))
      await rejects(store.put('k', 1, new Date(Number.NaN)), argument('ttl'))
      await rejects(store.get(''), argument('key'))
      await rejects(store.add('k', null), argument('value'))
      await rejects(store.increment('k', 1.5), argument('value'))
      throws(() => store.tagKey('k', ['']), argument('tag'))
      throws(() => store.lock('k', 0), argument('seconds'))
      await rejects(store.flushTags('a' as never), argument('tags'))
    },
  ],
  [
    'has, many, putMany, forever',
    async ({ store }) => {
      await store.putMany({ a: 1, b: { c: 2 }, gone: null }, LONG_S)
      await store.forever('ever', 3)
      deepEqual(await store.many(['a', 'b', 'gone', 'ever']), {
        a: 1,
        b: { c: 2 },
        gone: null,
        ever: 3,
      })
      deepEqual([await store.has('a'), await store.has('gone')], [true, false])
      equal(await store.ttl('ever'), null)
    },
  ],
  [
    'forgetMany removes what is there, and says how many that were',
    async ({ store }) => {
      const tagged = store.tagKey('a', ['x'])
      await store.putMany({ a: 1, b: 2, c: 3, [tagged]: 4 }, LONG_S)
      equal(await store.forgetMany([]), 0)
      equal(await store.forgetMany(['a', 'none', 'b', 'a', tagged]), 3)
      deepEqual(await store.many(['a', 'b', 'c', tagged]), {
        a: null,
        b: null,
        c: 3,
        [tagged]: null,
      })
      await rejects(store.forgetMany(['c', '']), argument('key'))
      equal(await store.has('c'), true)
    },
  ],
  [
    'pull gives the value to one of many, and removes it',
    async ({ store }) => {
      for (const key of ['k', store.tagKey('k', ['a'])]) {
        await store.put(key, 'once', LONG_S)
        const pulled = await Promise.all(Array.from({ length: 10 }, () => store.pull(key)))
        deepEqual(
          pulled.filter(it => it !== null),
          ['once'],
        )
        equal(await store.has(key), false)
      }
    },
  ],
  [
    'touch and ttl',
    async ({ store, wait }) => {
      await store.put('k', 1, LONG_S)
      const left = await store.ttl('k')
      ok(left !== null && left > LONG_S - 30 && left <= LONG_S, `${left} s are left`)
      equal(await store.touch('k', SHORT_MS / 1_000), true)
      await wait(SHORT_MS * 2)
      deepEqual(
        [await store.get('k'), await store.ttl('k'), await store.touch('k', 1)],
        [null, null, false],
      )
      await store.put('k', 1, LONG_S)
      equal(await store.touch('k', null), true)
      equal(await store.ttl('k'), null)
      equal(await store.touch('k', 0), true)
      equal(await store.has('k'), false)
    },
  ],
  [
    'keys by glob',
    async ({ store }) => {
      await store.putMany({ 'user:1': 1, 'user:22': 1, 'post:1': 1, '[x]': 1 }, LONG_S)
      await store.put(store.tagKey('user:tagged', ['a']), 1, LONG_S)
      const keys = async (glob?: string) => (await store.keys(glob)).sort()
      deepEqual(await keys('user:*'), ['user:1', 'user:22'])
      deepEqual(await keys('user:?'), ['user:1'])
      deepEqual(await keys('[pu]*1'), ['post:1', 'user:1'])
      deepEqual(await keys('\\[x\\]'), ['[x]'])
      equal((await keys()).length, 4)
    },
  ],
  [
    'a lock is given back by its owner only, ends by itself, and is waited for',
    async ({ store, wait }) => {
      const [one, other] = [store.lock('job', LONG_S), store.lock('job', LONG_S)]
      deepEqual([await one.acquire(), await other.acquire()], [true, false])
      await other.release()
      equal(await other.acquire(), false)
      const order: string[] = []
      const waiting = other.block(30, () => order.push('second'))
      order.push('first')
      await one.release()
      equal(await waiting, 2)
      deepEqual(order, ['first', 'second'])
      equal(await store.lock('job', SHORT_MS / 1_000).acquire(), true)
      await rejects(
        other.block(0, () => order.push('never')),
        { code: 'LOCK_TIMEOUT' },
      )
      await wait(SHORT_MS * 2)
      equal(await other.acquire(), true)
      await other.release()
    },
  ],
  [
    'a limiter allows what it says, however many ask at once',
    async ({ store }) => {
      const limiter = store.limiter()
      const all = await Promise.all(
        Array.from({ length: 40 }, () => limiter.attempt('k', 5, LONG_S)),
      )
      const allowed = all.filter(it => it.allowed).map(it => it.remaining)
      deepEqual(allowed.sort(), [0, 1, 2, 3, 4])
      const refused = all.find(it => !it.allowed)
      const aheadS = (refused?.reset ?? 0) - Date.now() / 1_000
      ok(aheadS > LONG_S - 30 && aheadS < LONG_S + 30, `reset is ${aheadS} s ahead`)
      ok((refused?.retryAfterMs ?? 0) > 0)
      await store.flush()
      equal((await limiter.attempt('k', 5, LONG_S)).allowed, false)
      await limiter.clear('k')
      equal((await limiter.attempt('k', 5, LONG_S)).remaining, 4)
      await rejects(limiter.attempt('k', 1.5, 1), argument('maxAttempts'))
    },
  ],
  [
    'listeners hear of hits, misses, writes and what is removed, until they leave',
    async ({ store }) => {
      const heard: string[] = []
      const hit = ({ key }: { key: string }) => heard.push(`hit ${key}`)
      store.on('hit', hit).on('miss', ({ key }) => heard.push(`miss ${key}`))
      store.on('write', ({ key, ttlMs }) => heard.push(`write ${key} ${ttlMs}`))
      store.on('forget', ({ key }) => heard.push(`forget ${key}`))
      await store.get('k')
      await store.put('k', 1, LONG_S)
      await store.get('k')
      await store.forget('k')
      store.off('hit', hit)
      await store.put('k', 1, null)
      await store.get('k')
      const expected = ['miss k', `write k ${LONG_S * 1_000}`, 'hit k', 'forget k', 'write k null']
      deepEqual(heard, expected)
    },
  ],
  [
    'it counts what it does',
    async ({ store }) => {
      await store.put('k', 1, LONG_S)
      await store.get('k')
      await store.get('none')
      await store.forget('k')
      await store.forget('k')
      const { hits, misses, sets, deletes, hitRate } = store.stats()
      deepEqual([hits, misses, sets, deletes, hitRate], [1, 1, 1, 1, 0.5])
    },
  ],
]

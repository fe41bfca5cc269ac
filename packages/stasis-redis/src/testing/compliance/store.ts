import { deepEqual, equal, rejects } from 'node:assert/strict'
import type { CacheStore, TaggableStore } from '../../store/stasis.js'
import type { Case } from './compliance.js'

/** Far longer than any case takes. */
const LONG_S = 60
const SHORT_MS = 60

/** Stasis' contract. */
export const STORE: readonly Case<CacheStore & TaggableStore>[] = [
  [
    'get gives what put wrote, and null for what is not there',
    async ({ store }) => {
      equal(await store.get('none'), null)
      for (const value of ['text', '', 0, -1.5, false, [1, [null]], { a: { b: 'c' } }]) {
        await store.put('k', value, LONG_S)
        deepEqual(await store.get('k'), value)
      }
    },
  ],
  [
    'putting null forgets the entry',
    async ({ store }) => {
      await store.put('k', 1, LONG_S)
      await store.put('k', null, LONG_S)
      equal(await store.get('k'), null)
      equal(await store.add('k', 2, LONG_S), true)
    },
  ],
  [
    'a TTL of 0, below 0 or in the past forgets the entry, and add then adds nothing',
    async ({ store }) => {
      for (const ttl of [0, -1, new Date(0)]) {
        await store.put('k', 1, LONG_S)
        await store.put('k', 2, ttl)
        equal(await store.get('k'), null)
        equal(await store.add('k', 3, ttl), false)
        equal(await store.get('k'), null)
      }
    },
  ],
  [
    'an entry ends with its TTL: in seconds, fractions too, or at a date; null and undefined are for ever',
    async ({ store, wait }) => {
      await store.put('seconds', 1, SHORT_MS / 1_000)
      await store.put('date', 1, new Date(Date.now() + SHORT_MS))
      await store.put('long', 1, new Date(Date.now() + LONG_S * 1_000))
      await store.put('ever', 1, null)
      await store.put('default', 1, undefined)
      await wait(SHORT_MS * 2)
      const left = await Promise.all(
        ['seconds', 'date', 'long', 'ever', 'default'].map(it => store.get(it)),
      )
      deepEqual(left, [null, null, 1, 1, 1])
    },
  ],
  [
    'add writes only when there is nothing, of many at once only one',
    async ({ store }) => {
      const added = await Promise.all([1, 2, 3, 4].map(it => store.add('k', it, LONG_S)))
      equal(added.filter(Boolean).length, 1)
      equal(await store.add('k', 5, LONG_S), false)
      equal(await store.get('k'), added.indexOf(true) + 1)
    },
  ],
  [
    'forget says whether there was an entry',
    async ({ store }) => {
      await store.put('k', 1, LONG_S)
      equal(await store.forget('k'), true)
      equal(await store.forget('k'), false)
      equal(await store.get('k'), null)
    },
  ],
  [
    'increment and decrement count, from 0, without losing any, and keep the expiry',
    async ({ store, wait }) => {
      equal(await store.increment('n'), 1)
      equal(await store.increment('n', 4), 5)
      equal(await store.decrement('n', 7), -2)
      equal(await store.get('n'), -2)
      await Promise.all(Array.from({ length: 30 }, () => store.increment('many')))
      equal(await store.get('many'), 30)
      await store.put('brief', 7, SHORT_MS / 1_000)
      equal(await store.increment('brief'), 8)
      await wait(SHORT_MS * 2)
      equal(await store.get('brief'), null)
    },
  ],
  [
    'what is no whole number is not counted and stays',
    async ({ store }) => {
      await store.put('k', 'text', LONG_S)
      await rejects(store.increment('k'))
      equal(await store.get('k'), 'text')
    },
  ],
  [
    'a tagged entry is invisible without its tags, whose order does not matter',
    async ({ store }) => {
      await store.put(store.tagKey('k', ['a', 'b']), 'tagged', LONG_S)
      equal(await store.get('k'), null)
      equal(await store.get(store.tagKey('k', ['a'])), null)
      equal(await store.get(store.tagKey('k', ['b', 'a'])), 'tagged')
      await store.put('k', 'plain', LONG_S)
      equal(await store.get(store.tagKey('k', ['a', 'b'])), 'tagged')
      equal(store.tagKey('k', []), 'k')
    },
  ],
  [
    'any of its tags flushes an entry, and no other entry',
    async ({ store }) => {
      const [ab, b, c] = [
        store.tagKey('x', ['a', 'b']),
        store.tagKey('y', ['b']),
        store.tagKey('z', ['c']),
      ]
      for (const key of [ab, b, c, 'plain']) {
        await store.put(key, key.length, LONG_S)
        store.tagIndexAdd(['ignored'], key)
      }
      await store.flushTags(['a', 'unknown'])
      equal(await store.get(ab), null)
      equal(await store.get(b), b.length)
      await store.flushTags(['b', 'c'])
      deepEqual([await store.get(b), await store.get(c), await store.get('plain')], [null, null, 5])
      store.tagIndexRemove(ab)
      await store.put(ab, 'again', LONG_S)
      equal(await store.get(ab), 'again')
    },
  ],
  [
    'tagged entries are added, counted, forgotten like others',
    async ({ store }) => {
      const key = store.tagKey('n', ['a'])
      equal(await store.add(key, 1, LONG_S), true)
      equal(await store.add(key, 9, LONG_S), false)
      equal(await store.increment(key, 2), 3)
      await store.flushTags(['a'])
      equal(await store.increment(key), 1)
      equal(await store.forget(key), true)
      equal(await store.get(key), null)
    },
  ],
  [
    'flush removes every entry, and no lock',
    async ({ store }) => {
      const lock = store.lock?.('job', LONG_S)
      if (lock) equal(await lock.acquire(), true)
      const tagged = store.tagKey('k', ['a'])
      await store.put('k', 1, LONG_S)
      await store.put(tagged, 2, null)
      await store.flush()
      deepEqual([await store.get('k'), await store.get(tagged)], [null, null])
      if (lock) equal(await store.lock?.('job', LONG_S)?.acquire(), false)
      await lock?.release()
    },
  ],
]

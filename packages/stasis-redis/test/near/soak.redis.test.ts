import { uniquePrefix } from '@gravito/redis-testing'
import { expect, test } from 'vitest'
import { pause } from '../setup.js'
import { isLive, nearAt, nearOwn, placeOf } from './setup.js'

const KEYS = Array.from({ length: 30 }, (_, i) => `k${i}`)
const TAGS = ['a', 'b', 'c']

/** The same numbers in each run. */
function random(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('60 rounds of writes, expiries, flushes and killed connections by several clients: 0 stale', async () => {
  const { server, foreign, store } = await nearOwn()
  const stores = [store, nearAt(server).store, nearAt(server, { near: { maxEntries: 20 } }).store]
  const judge = nearAt(server, { near: false }).store
  await Promise.all(stores.map(isLive))
  const pick = random(20_260_101)
  const one = <Value>(list: readonly Value[]) => list[pick(list.length)] as Value
  const tagged = (key: string) => judge.tagKey(key, [one(TAGS), one(TAGS)])
  const all = KEYS.flatMap(key => [
    key,
    ...TAGS.flatMap(tag => TAGS.map(other => judge.tagKey(key, [tag, other]))),
  ])
  const seenKeys = [...new Set(all)]
  const acts = [
    () => one(stores).put(one(KEYS), pick(1e6), 600),
    () => one(stores).put(tagged(one(KEYS)), pick(1e6), 600),
    () => one(stores).put(one(KEYS), uniquePrefix('v'), 0.02),
    () => one(stores).forget(one(KEYS)),
    () =>
      one(stores)
        .increment(`n${pick(3)}`)
        .catch(() => 0),
    () => one(stores).pull(one(KEYS)),
    () => one(stores).flushTags([one(TAGS)]),
    () => one(stores).remember(tagged(one(KEYS)), 600, () => pick(1e6)),
    () => one(stores).get(one(KEYS)),
    () => one(stores).many(KEYS),
    () => foreign.set(placeOf(one(KEYS)), pick(1e6)),
    () => foreign.pexpire(placeOf(one(KEYS)), 30),
  ]
  let stale = 0
  let compared = 0
  for (let round = 0; round < 60; round++) {
    await Promise.all(stores.map(it => it.many(seenKeys)))
    const doing: Promise<unknown>[] = Array.from({ length: 40 }, () => one(acts)())
    if (round % 10 === 3) doing.push(foreign.call('CLIENT', 'KILL', 'TYPE', 'pubsub'))
    if (round % 10 === 6) doing.push(foreign.flushdb())
    if (round % 10 === 9) doing.push(one(stores).flush())
    await Promise.all(doing)
    await pause(80)
    const right = await judge.many(seenKeys)
    for (const it of stores) {
      const seen = await it.many(seenKeys)
      for (const key of seenKeys) {
        compared++
        if (JSON.stringify(seen[key]) !== JSON.stringify(right[key])) stale++
      }
    }
  }
  expect(stale).toBe(0)
  expect(compared).toBeGreaterThan(30_000)
  expect(store.stats().nearHits).toBeGreaterThan(1_000)
}, 120_000)

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CacheStore, TaggableStore } from '../../src/index.js'
import { setup } from '../setup.js'
import { ReferenceStore } from './reference-store.js'

type Store = CacheStore & TaggableStore
type Step = (store: Store) => Promise<unknown>

const tags = fc.uniqueArray(fc.constantFrom('a', 'b,c', '{🦊}'), { maxLength: 2 })
const place = fc.record({ key: fc.constantFrom('k', 't:a', 'k:{x}'), tags })
const value = fc.constantFrom<unknown>(1, -7, 'text', 0, '', false, { deep: [null] }, null)
const ttl = fc.constantFrom(60, null, undefined, 0, -1, new Date(0))
const at = (store: Store, { key, tags }: { key: string; tags: string[] }) => store.tagKey(key, tags)
const named = (name: string, step: Step) => Object.assign(step, { toString: () => name })

const step: fc.Arbitrary<Step> = fc.oneof(
  place.map(it => named(`get ${JSON.stringify(it)}`, store => store.get(at(store, it)))),
  fc
    .tuple(place, value, ttl)
    .map(([it, value, ttl]) =>
      named(`put ${JSON.stringify([it, value, ttl])}`, store =>
        store.put(at(store, it), value, ttl),
      ),
    ),
  fc
    .tuple(
      place,
      value.filter(it => it !== null),
      ttl,
    )
    .map(([it, value, ttl]) =>
      named(`add ${JSON.stringify([it, value, ttl])}`, store =>
        store.add(at(store, it), value, ttl),
      ),
    ),
  place.map(it => named(`forget ${JSON.stringify(it)}`, store => store.forget(at(store, it)))),
  fc
    .tuple(place, fc.integer({ min: -9, max: 9 }))
    .map(([it, by]) =>
      named(`increment ${JSON.stringify([it, by])}`, store =>
        store.increment(at(store, it), by).catch(() => 'refused'),
      ),
    ),
  tags.map(it => named(`flushTags ${JSON.stringify(it)}`, store => store.flushTags(it))),
  fc.constant(named('flush', store => store.flush())),
)

describe("Stasis' contract", () => {
  test('any sequence of calls answers as the reference does', async () => {
    const { store } = setup()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
        await store.flush()
        const reference = new ReferenceStore()
        for (const step of steps) expect(await step(store)).toEqual(await step(reference))
      }),
      { numRuns: 200 },
    )
  }, 60_000)

  test('the calls that its repository makes: a key first, then the write, then the index, not awaited', async () => {
    const { store } = setup()
    const key = store.tagKey('app:report', ['reports'])
    await store.put(key, 'data', 60)
    store.tagIndexAdd(['reports'], key)
    const freshUntil = `fresh-until:${key}`
    store.tagIndexAdd(['reports'], freshUntil)
    await store.put(freshUntil, 1_700_000_000_000, 60)
    expect(await store.get(key)).toBe('data')
    expect(await store.get(freshUntil)).toBe(1_700_000_000_000)
    const lock = store.lock(`flexible:${freshUntil}`, 5)
    expect(await lock.acquire()).toBe(true)
    await lock.release()
    await store.flushTags(['reports'])
    expect(await store.get(key)).toBeNull()
    expect(await store.get(freshUntil)).toBeNull()
    store.tagIndexRemove(key)
  })
})

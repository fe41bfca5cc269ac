import { describe, expect, test } from 'vitest'
import type { RedisStore } from '../../src/index.js'
import { deferred, setup } from '../setup.js'

describe('remember', () => {
  test('calls the factory once for all callers of the process', async () => {
    const { store } = setup()
    let calls = 0
    const factory = async () => {
      calls++
      return { n: calls }
    }
    const values = await Promise.all(
      Array.from({ length: 200 }, () => store.remember('k', 60, factory)),
    )
    expect(calls).toBe(1)
    expect(new Set(values.map(it => it.n))).toEqual(new Set([1]))
    expect(await store.remember('k', 60, factory)).toEqual({ n: 1 })
    expect(calls).toBe(1)
  })

  test('a failing factory fails its callers and keeps nothing', async () => {
    const { store } = setup()
    await expect(
      store.remember('k', 60, () => {
        throw new Error('no data')
      }),
    ).rejects.toThrow('no data')
    expect(await store.remember('k', 60, () => 'good')).toBe('good')
    expect(await store.remember('none', 60, () => null)).toBeNull()
    expect(await store.has('none')).toBe(false)
    await expect(store.remember('k', Number.NaN, () => 1)).rejects.toMatchObject({
      argument: 'ttl',
    })
    expect(await store.remember('past', -1, () => 'made')).toBe('made')
    expect(await store.has('past')).toBe(false)
  })

  const endings: [string, (store: RedisStore, key: string) => Promise<unknown>][] = [
    ['forgotten', (store, key) => store.forget(key)],
    ['pulled', (store, key) => store.pull(key)],
    ['written', (store, key) => store.put(key, 'new', 60)],
    ['flushed', store => store.flush()],
    ['flushed by a tag', store => store.flushTags(['a'])],
  ]
  test.each(endings)('what is %s meanwhile is not joined and not kept', async (_, end) => {
    const { store } = setup()
    const key = store.tagKey('k', ['a'])
    let data = 'old'
    const started = deferred()
    const proceed = deferred()
    const slow = store.remember(key, 60, async () => {
      const read = data
      started.resolve()
      await proceed.promise
      return read
    })
    await started.promise
    data = 'new'
    await end(store, key)
    expect(await store.remember(key, 60, () => data)).toBe('new')
    proceed.resolve()
    expect(await slow).toBe('old')
    expect(await store.get(key)).toBe('new')
  })
})

import { waitUntil } from '@gravito/redis-testing'
import { describe, expect, test } from 'vitest'
import { RedisStore, type Serializer } from '../../src/index.js'
import { deferred, pause, setup } from '../setup.js'

describe('flexible', () => {
  test('serves the old value at once while one caller in the fleet makes a new one', async () => {
    const { redis, store } = setup()
    const other = new RedisStore({ client: redis, deadlineMs: 5_000 })
    const release = deferred()
    let calls = 0
    const factory = async () => {
      calls++
      if (calls > 1) await release.promise
      return calls
    }
    const read = (it: RedisStore) => it.flexible('k', [0.1, 60], factory)
    expect(await read(store)).toBe(1)
    expect(await read(other)).toBe(1)
    await pause(150)
    const all = Array.from({ length: 100 }, (_, i) => read(i % 2 ? store : other))
    expect(new Set(await Promise.all(all))).toEqual(new Set([1]))
    await waitUntil('a refresh runs', () => calls > 1)
    expect(await read(store)).toBe(1)
    expect(await store.get('k')).toBe(1)
    release.resolve()
    await waitUntil('the new value is there', async () => (await store.get('k')) === 2)
    expect(calls).toBe(2)
    expect(store.stats().stale).toBeGreaterThan(0)
  })

  test('what was forgotten or written during the refresh stays so', async () => {
    const { redis, store } = setup()
    const other = new RedisStore({ client: redis, deadlineMs: 5_000 })
    for (const end of ['forget', 'put'] as const) {
      const [started, release] = [deferred(), deferred()]
      let first = true
      const factory = async () => {
        if (first) {
          first = false
          return 'old'
        }
        started.resolve()
        await release.promise
        return 'refreshed'
      }
      await store.flexible('k', [0.05, 60], factory)
      await pause(80)
      expect(await store.flexible('k', [0.05, 60], factory)).toBe('old')
      await started.promise
      if (end === 'forget') await other.forget('k')
      else await other.put('k', 'written', 60)
      release.resolve()
      await pause(50)
      expect(await store.get('k')).toBe(end === 'forget' ? null : 'written')
      await store.forget('k')
    }
  })

  test('a refresh that fails is told, and the old value served until it is gone', async () => {
    const told: [unknown, string][] = []
    const { store } = setup({ onError: (error, key) => told.push([error, key]) })
    await store.flexible('k', [0.05, 0.4], () => 'old')
    await pause(80)
    const fail = () => {
      throw new Error('no data')
    }
    expect(await store.flexible('k', [0.05, 0.4], fail)).toBe('old')
    await waitUntil('the failure is told', () => told.length === 1)
    expect(told[0]).toEqual([expect.objectContaining({ message: 'no data' }), 'k'])
    expect(store.stats().errors).toBe(1)
    await pause(400)
    await expect(store.flexible('k', [0.05, 0.4], fail)).rejects.toThrow('no data')
  })

  test('a flushed tag ends the old value, too', async () => {
    const { store } = setup()
    const key = store.tagKey('k', ['a'])
    await store.flexible(key, [0.05, 60], () => 'old')
    await pause(80)
    await store.flushTags(['a'])
    expect(await store.flexible(key, [0.05, 60], () => 'new')).toBe('new')
  })
})

describe('options of remember', () => {
  test('negativeTtl remembers that there is nothing, until the entry is touched', async () => {
    const { store } = setup()
    const key = store.tagKey('k', ['a'])
    let calls = 0
    const none = () => {
      calls++
      return null
    }
    const read = () => store.remember<unknown>(key, 60, none, { negativeTtl: 0.2 })
    expect(await Promise.all([read(), read()])).toEqual([null, null])
    expect(await read()).toBeNull()
    expect(calls).toBe(1)
    expect(await store.has(key)).toBe(false)
    expect(await store.get(key)).toBeNull()
    await pause(250)
    await read()
    expect(calls).toBe(2)
    await store.flushTags(['a'])
    await read()
    expect(calls).toBe(3)
    await store.forget(key)
    await read()
    expect(calls).toBe(4)
    await store.put(key, 'now', 60)
    expect(await read()).toBe('now')
  })

  test('beta refreshes early, in the background', async () => {
    const { store } = setup()
    let calls = 0
    const factory = async () => {
      calls++
      await pause(20)
      return calls
    }
    const read = (beta: number) => store.remember('k', 60, factory, { beta })
    expect(await read(1)).toBe(1)
    for (let i = 0; i < 20; i++) expect(await read(1)).toBe(1)
    expect(await read(1e9)).toBe(1)
    await waitUntil('the refresh is kept', async () => (await store.get('k')) === 2)
  })

  test('jitter spreads the ends of lives and never prolongs one', async () => {
    const { store } = setup()
    const ttls = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        await store.remember(`k${i}`, 100, () => i, { jitter: 0.5 })
        return (await store.ttl(`k${i}`)) ?? 0
      }),
    )
    expect(Math.max(...ttls)).toBeLessThanOrEqual(100)
    expect(Math.min(...ttls)).toBeGreaterThanOrEqual(49)
    expect(Math.max(...ttls) - Math.min(...ttls)).toBeGreaterThan(10)
  })

  test.each(['staleSeconds', 'negativeTtl', 'beta', 'jitter'])('%s must be sane', async name => {
    const { store } = setup()
    for (const value of [-1, Number.NaN, '1' as unknown as number]) {
      const call = store.remember('k', 60, () => 1, { [name]: value })
      await expect(call).rejects.toMatchObject({ argument: name })
    }
    await expect(store.remember('k', 60, () => 1, { jitter: 1.1 })).rejects.toThrow('at most 1')
  })

  test('text that looks like an envelope stays what it was', async () => {
    const own: Serializer = { serialize: String, deserialize: text => text }
    const { store } = setup({ serializer: own })
    for (const text of ['\u0003', '\u00031,2\nx', '\u00030,0\n\u00031,2\n']) {
      await store.put('k', text, 60)
      expect(await store.get('k')).toBe(text)
      await store.forget('k')
      const options = { staleSeconds: 60 }
      expect(await store.remember('k', 60, () => text, options)).toBe(text)
      expect(await store.remember('k', 60, () => 'not called', options)).toBe(text)
      expect(await store.pull('k')).toBe(text)
    }
  })
})

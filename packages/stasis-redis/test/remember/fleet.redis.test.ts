import { RedisClient } from '@gravito/plasma'
import { startCluster, uniquePrefix } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { startWorker } from '../processes.js'
import { deferred, pause, setup } from '../setup.js'

/** Two stores on the same entries that share nothing in this process. */
function fleet(leaseSeconds = 3) {
  const { redis, store } = setup({ leaseSeconds })
  return {
    redis,
    one: store,
    other: new RedisStore({ client: redis, leaseSeconds, deadlineMs: 5_000 }),
  }
}

describe('processes', () => {
  test('4 with 200 callers each call one factory once', async () => {
    const { redis, keyPrefix } = setup()
    const workers = await Promise.all([1, 2, 3, 4].map(() => startWorker(keyPrefix, 200, 100)))
    for (const worker of workers) worker.go()
    const values = await Promise.all(workers.map(worker => worker.says('values')))
    expect(values).toEqual(['[1]', '[1]', '[1]', '[1]'])
    expect(await redis.get('calls')).toBe('1')
  })

  test('one that is killed while it computes is followed by another within its lease', async () => {
    const { keyPrefix } = setup()
    const [victim, heir] = await Promise.all([
      startWorker(keyPrefix, 1, 60_000),
      startWorker(keyPrefix, 200, 10),
    ])
    victim.go()
    await victim.says('computing')
    heir.go()
    await pause(100)
    victim.child.kill('SIGKILL')
    const start = performance.now()
    expect(await heir.says('values')).toBe('[2]')
    expect(performance.now() - start).toBeLessThan(1_500)
  })
})

describe('a computation elsewhere', () => {
  test('is waited for, without polling, also when it outlasts the lease', async () => {
    const { redis, one, other } = fleet(0.6)
    const done = deferred()
    const started = deferred()
    const computing = one.remember('k', 60, async () => {
      started.resolve()
      await done.promise
      return 'one'
    })
    await started.promise
    const waiting = other.remember('k', 60, () => 'other')
    await pause(1_800)
    done.resolve()
    expect(await Promise.all([computing, waiting])).toEqual(['one', 'one'])
    expect(other.stats().factoryCalls).toBe(0)
    expect(await redis.keys('cache:f*')).toEqual([])
  })

  test('wakes who waits at its end, long before its lease ends', async () => {
    const { one, other } = fleet(30)
    const started = deferred()
    const computing = one.remember('k', 60, async () => {
      started.resolve()
      await pause(300)
      throw new Error('no data')
    })
    const failed = expect(computing).rejects.toThrow('no data')
    await started.promise
    const start = performance.now()
    expect(await other.remember('k', 60, () => 'other')).toBe('other')
    expect(performance.now() - start).toBeLessThan(3_000)
    await failed
  })

  const endings: [string, (store: RedisStore, key: string) => Promise<unknown>][] = [
    ['forgotten', (store, key) => store.forget(key)],
    ['pulled', (store, key) => store.pull(key)],
    ['written', (store, key) => store.put(key, 'new', 60)],
    ['flushed', store => store.flush()],
    ['flushed by a tag', store => store.flushTags(['a'])],
  ]
  test.each(endings)(
    'whose entry was %s by another process is not kept, 50 of 50',
    async (_, end) => {
      const { redis, one, other } = fleet()
      for (let i = 0; i < 50; i++) {
        const key = one.tagKey(`k${i}`, ['a'])
        let data = 'old'
        const value = one.remember(key, 60, async () => {
          const read = data
          data = 'new'
          await end(other, key)
          return read
        })
        expect(await value).toBe('old')
        expect(await other.remember(key, 60, () => data)).toBe('new')
        expect(await one.get(key)).toBe('new')
      }
      expect(await redis.keys('cache:f*')).toEqual([])
    },
  )

  test('in a Cluster, whatever the key looks like', async () => {
    const cluster = await startCluster({ replicas: 0 })
    const redis = new RedisClient({ cluster: true, nodes: cluster.nodes })
    onTestFinished(async () => {
      await redis.disconnect()
      await cluster.stop()
    })
    const prefix = uniquePrefix('fleet')
    const [one, other] = [1, 2].map(
      () => new RedisStore({ client: redis, prefix, deadlineMs: 5_000 }),
    ) as [RedisStore, RedisStore]
    const names = [
      'plain',
      '{user}:1',
      '}x',
      '}',
      '{}',
      'a}b',
      '{',
      'x'.repeat(500),
      `}${'y'.repeat(500)}`,
    ]
    let calls = 0
    for (const key of [...names, ...names.map(name => one.tagKey(name, ['a', '{b}']))]) {
      const factory = async () => {
        calls++
        await pause(20)
        return key
      }
      const both = [one.remember(key, 60, factory), other.remember(key, 60, factory)]
      expect(await Promise.all(both)).toEqual([key, key])
      expect(await one.pull(key)).toBe(key)
      expect(await one.forget(key)).toBe(false)
    }
    expect(calls).toBe(names.length * 2)
  })
})

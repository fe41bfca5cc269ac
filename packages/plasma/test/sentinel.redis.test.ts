import { type RedisSentinel, startSentinel, waitUntil } from '@gravito/redis-testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RedisError } from '../src/index.js'
import { clientOf } from './servers.js'

let group: RedisSentinel
beforeAll(async () => {
  group = await startSentinel()
}, 60_000)
afterAll(() => group.stop())

const config = () => ({ sentinels: group.sentinels, name: group.name })

test('reads from a replica on demand or by configuration; writes go to the master', async () => {
  const redis = clientOf(config())
  const replica = redis.with({ readFrom: 'replica' })
  await replica.set('a', '1')
  await waitUntil('replicated', async () => (await replica.get('a')) === '1')
  expect(await redis.health()).toMatchObject({ role: 'master' })
  const reader = clientOf({ ...config(), readFrom: 'replica' })
  expect(await reader.health()).toMatchObject({ role: 'replica' })
})

test('a failover under load: every promise settles, every acknowledged write is there', async () => {
  const redis = clientOf({ ...config(), commandTimeout: 3_000, maxRetries: 50 })
  const acknowledged: number[] = []
  const untyped: unknown[] = []
  let next = 0
  let running = true
  const load = Array.from({ length: 10 }, async () => {
    while (running) {
      const n = next++
      try {
        await redis.sadd('written', n)
        // What one replica has acknowledged survives the master.
        if ((await redis.wait(1, 100)) === 1) acknowledged.push(n)
      } catch (error) {
        if (!(error instanceof RedisError)) untyped.push(error)
        await new Promise(resolve => setTimeout(resolve, 5))
      }
    }
  })
  await waitUntil('load', () => acknowledged.length > 200)
  await group.master.kill()
  await waitUntil(
    'the replica is master',
    async () =>
      (await redis.sadd('after', 1).then(
        () => true,
        () => false,
      )) === true,
    { timeoutMs: 30_000 },
  )
  running = false
  await Promise.all(load)
  expect(untyped).toEqual([])
  const written = new Set(await redis.smembers('written'))
  expect(acknowledged.filter(n => !written.has(String(n)))).toEqual([])
}, 60_000)

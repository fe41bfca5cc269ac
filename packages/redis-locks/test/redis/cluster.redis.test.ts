import { RedisClient } from '@gravito/plasma'
import { type RedisCluster, startCluster, waitUntil } from '@gravito/redis-testing'
import { Cluster } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createLocks, type Locks } from '../../src/index.js'
import { pause } from '../setup.js'

let cluster: RedisCluster
let names = 0

beforeAll(async () => {
  cluster = await startCluster({ replicas: 0 })
}, 60_000)
afterAll(() => cluster.stop())

function clients(amount: number) {
  return Array.from({ length: amount }, () => {
    const redis = new RedisClient({ cluster: true, nodes: cluster.nodes })
    onTestFinished(() => redis.disconnect())
    return { redis, locks: createLocks(redis, { waitMs: 20_000 }) }
  }) as [Client, Client, ...Client[]]
}

interface Client {
  redis: RedisClient
  locks: Locks
}

/** Everything that can be held alone, by name. */
const kinds = {
  mutex: ['', (locks: Locks, name: string) => locks.mutex(name)],
  semaphore: [':sem', (locks: Locks, name: string) => locks.semaphore(name, { permits: 1 })],
  'read-write lock': [':rw', (locks: Locks, name: string) => locks.readWrite(name).write()],
} as const

describe.each(Object.entries(kinds))('%s on a Cluster', (_, [suffix, of]) => {
  test('first come, first served across clients; nothing is left but the token mark', async () => {
    const [first, ...others] = clients(4)
    for (let round = 0; round < 4; round++) {
      const name = `c${names++}`
      const key = `lock:{${name}}${suffix}`
      const lease = await of(first.locks, name).acquire()
      const order: number[] = []
      const waiting: Promise<unknown>[] = []
      for (const [i, { locks }] of others.entries()) {
        waiting.push(of(locks, name).run(() => order.push(i)))
        await waitUntil('it queues', async () => (await first.redis.zcard(`${key}:q`)) === i + 1)
      }
      await lease.release()
      await Promise.all(waiting)
      expect(order).toEqual([0, 1, 2])
      await waitUntil('it is free', async () => (await first.redis.exists(key)) === 0)
      expect(await first.redis.exists(`${key}:q`, `${key}:w`)).toBe(0)
      expect(await first.redis.pttl(`${key}:fence`)).toBeLessThanOrEqual(2_000)
    }
  }, 60_000)

  test('many locks over all nodes, many callers: no two sections overlap', async () => {
    const all = clients(3)
    const inside = new Map<string, number>()
    const prefix = `m${names++}`
    const work = async (locks: Locks, seed: number) => {
      for (let i = 0; i < 20; i++) {
        const name = `${prefix}-${(seed + i) % 5}`
        await of(locks, name).run(async () => {
          expect(inside.get(name) ?? 0).toBe(0)
          inside.set(name, 1)
          await pause(1)
          inside.set(name, 0)
        })
      }
    }
    await Promise.all(all.flatMap(({ locks }, c) => [0, 1, 2].map(w => work(locks, c * 3 + w))))
  }, 60_000)
})

test('weighted permits, several locks at once and a leader work on a Cluster', async () => {
  const [one, two] = clients(2)
  const semaphore = one.locks.semaphore('weights', { permits: 3 })
  const lease = await semaphore.acquire({ weight: 2 })
  expect(await two.locks.semaphore('weights', { permits: 3 }).tryAcquire({ weight: 2 })).toBeNull()
  expect(await semaphore.info()).toMatchObject({ available: 1, held: 2 })
  await lease.release()
  const tokens = await one.locks.multi(['x', 'y', 'z']).run(it => it.tokens)
  expect(tokens.size).toBe(3)
  const leader = two.locks.leader('cron').start()
  await waitUntil('it leads', () => leader.isLeader)
  await leader.stop()
}, 60_000)

test("on the user's own ioredis Cluster", async () => {
  const own = new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port })))
  onTestFinished(() => {
    own.disconnect()
  })
  const locks = createLocks(own)
  const lease = await locks.semaphore('own', { permits: 1 }).acquire()
  const waiting = locks.semaphore('own', { permits: 1 }).run(({ token }) => token)
  await lease.release()
  expect(await waiting).toBeGreaterThan(lease.token)
}, 30_000)

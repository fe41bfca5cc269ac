import { RedisClient } from '@gravito/plasma'
import { startCluster, waitUntil } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { createLocks } from '../../src/index.js'

test('the master of a lock dies while others wait: the replica serves them, tokens rise, nothing is left', async () => {
  const cluster = await startCluster()
  onTestFinished(() => cluster.stop())
  const [one, two] = [1, 2].map(() => {
    const redis = new RedisClient({ cluster: true, nodes: cluster.nodes })
    onTestFinished(() => redis.disconnect())
    return { redis, locks: createLocks(redis, { ttlMs: 300_000, waitMs: 100_000 }) }
  }) as [Client, Client]
  const mutex = await one.locks.mutex('a').acquire()
  const permit = await one.locks.semaphore('a', { permits: 1 }).acquire()
  const waiting = [
    two.locks.mutex('a').run(({ token }) => token),
    two.locks.semaphore('a', { permits: 1 }).run(({ token }) => token),
  ]
  for (const key of ['lock:{a}:q', 'lock:{a}:sem:q']) {
    await waitUntil('it queues', async () => (await one.redis.zcard(key)) === 1)
  }
  const masters = cluster.servers.slice(0, 3)
  const owns = await Promise.all(
    masters.map(async ({ url }) => {
      const node = new Redis(url)
      const keys = await node.dbsize()
      node.disconnect()
      return keys > 0
    }),
  )
  await masters[owns.indexOf(true)]?.kill()
  // What fails now is tried again, long before the leases end.
  await Promise.allSettled([mutex.release(), permit.release()])
  const tokens = await Promise.all(waiting)
  expect(tokens[0]).toBeGreaterThan(mutex.token)
  expect(tokens[1]).toBeGreaterThan(permit.token)
  await waitUntil('nothing is left', async () => {
    const keys = ['lock:{a}', 'lock:{a}:q', 'lock:{a}:sem', 'lock:{a}:sem:q']
    return (await one.redis.exists(...keys)) === 0
  })
}, 120_000)

interface Client {
  redis: RedisClient
  locks: ReturnType<typeof createLocks>
}

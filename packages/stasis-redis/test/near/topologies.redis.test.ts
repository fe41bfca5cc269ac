import { RedisClient } from '@gravito/plasma'
import { startCluster, startSentinel, waitUntil } from '@gravito/redis-testing'
import { Cluster, Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { pause } from '../setup.js'
import { isLive, placeOf } from './setup.js'

const keys = Array.from({ length: 200 }, (_, i) => `k${i}`)

/** Write everything, and read until all of it comes from memory. */
async function fill(store: RedisStore, write: (key: string, value: number) => Promise<unknown>) {
  await Promise.all(keys.map((key, i) => write(key, i)))
  await waitUntil('everything is kept', async () => {
    const { seen, isKept } = await look(store)
    return isKept && keys.every((key, i) => seen[key] === i)
  })
}

/** Entries that show another value than the one written last, when all are kept again, or at the latest after 300 ms. */
async function staleAfter(
  store: RedisStore,
  value: number,
  write: (key: string, value: number) => Promise<unknown>,
): Promise<string[]> {
  await Promise.all(keys.map(key => write(key, value)))
  const deadline = performance.now() + 300
  for (;;) {
    const isLast = performance.now() > deadline
    const { seen, isKept } = await look(store)
    const stale = keys.filter(key => seen[key] !== value)
    if (isLast || (isKept && stale.length === 0)) return stale
    await pause(10)
  }
}

/** Everything, and whether all of it came from memory. */
async function look(store: RedisStore) {
  const { nearHits } = store.stats()
  const seen = await store.many(keys)
  return { seen, isKept: store.stats().nearHits === nearHits + keys.length }
}

test.concurrent('a Cluster: a feed for each node, coherent through a failover and a dead master', async ({
  onTestFinished,
}) => {
  const cluster = await startCluster()
  const redis = new RedisClient({ cluster: true, nodes: cluster.nodes, keyPrefix: 'app:' })
  const foreign = new Cluster([...cluster.nodes], { clusterRetryStrategy: () => 50 })
  foreign.on('error', () => undefined)
  const store = new RedisStore({ client: redis, near: true })
  onTestFinished(async () => {
    await store.close()
    await redis.disconnect({ timeoutMs: 100 })
    foreign.disconnect()
    await cluster.stop()
  })
  const write = (key: string, value: number) => foreign.set(placeOf(key), value)
  const node = (i: number) => new Redis(Number(cluster.servers[i]?.port))

  await isLive(store)
  await fill(store, write)
  expect(store.stats().near?.entries).toBe(keys.length)
  expect(await staleAfter(store, 1, write)).toEqual([])
  await fill(store, write)

  const replica = node(3)
  const [, port] = /master_port:(\d+)/.exec(await replica.info('replication')) ?? []
  const master = new Redis(Number(port))
  expect(await replica.cluster('FAILOVER')).toBe('OK')
  const isOver = async () =>
    (await replica.info('replication')).includes('role:master') &&
    (await master.info('replication')).includes('master_link_status:up')
  let stale = 0
  let after = 0
  for (let n = 2; after < 5; n++) {
    stale += (await staleAfter(store, n, write)).length
    if (await isOver()) after++
  }
  expect(stale).toBe(0)
  master.disconnect()
  replica.disconnect()

  await isLive(store)
  await fill(store, write)
  await cluster.servers[1]?.kill()
  await waitUntil(
    'the Cluster serves every slot again',
    async () => {
      // All of them, so that none comes after the next ones.
      const writes = await Promise.allSettled(keys.map(key => write(key, 20)))
      return writes.every(({ status }) => status === 'fulfilled')
    },
    { timeoutMs: 30_000 },
  )
  expect(await staleAfter(store, 21, write)).toEqual([])
  await isLive(store)
  await store.many(keys)
  expect(await staleAfter(store, 22, write)).toEqual([])

  const single = node(0)
  await fill(store, write)
  await single.flushall().catch(() => undefined)
  single.disconnect()
  await store.flush()
  expect(Object.values(await store.many(keys)).every(value => value === null)).toBe(true)
}, 120_000)

test.concurrent('Sentinel: the feed follows the master to where the client goes', async ({
  onTestFinished,
}) => {
  const sentinel = await startSentinel()
  const at = { sentinels: [...sentinel.sentinels], name: sentinel.name }
  const redis = new RedisClient({ ...at, keyPrefix: 'app:', retryDelay: 50 })
  const foreign = new Redis({ ...at, retryStrategy: () => 50, maxRetriesPerRequest: null })
  foreign.on('error', () => undefined)
  const store = new RedisStore({ client: redis, near: true })
  onTestFinished(async () => {
    await store.close()
    await redis.disconnect({ timeoutMs: 100 })
    foreign.disconnect()
    await sentinel.stop()
  })
  const write = (key: string, value: number) => foreign.set(placeOf(key), value)
  await isLive(store)
  await fill(store, write)
  expect(await staleAfter(store, 1, write)).toEqual([])
  await fill(store, write)

  await sentinel.master.kill()
  await waitUntil('the replica is the master', () => write('k0', 2).then(() => true), {
    timeoutMs: 60_000,
  })
  await waitUntil('the store reads from it', async () => (await store.get('k0')) === 2, {
    timeoutMs: 30_000,
  })
  expect(await staleAfter(store, 3, write)).toEqual([])
  await isLive(store)
  await store.many(keys)
  expect(await staleAfter(store, 4, write)).toEqual([])
}, 120_000)

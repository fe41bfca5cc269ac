import { startCluster, waitUntil } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsumeOptions, RedisClient } from '../../src/index.js'
import { clientOf } from '../servers.js'

let cluster: Awaited<ReturnType<typeof startCluster>>
beforeAll(async () => {
  cluster = await startCluster({ masters: 3, replicas: 0 })
})
afterAll(() => cluster.stop())

const ME: ConsumeOptions = { group: 'g', consumer: 'me', blockMs: 1_000, autoAck: true }
const client = () =>
  clientOf({ cluster: true, nodes: cluster.nodes, keyPrefix: 'app:' }).on('error', () => undefined)

const add = (redis: RedisClient, key: string, count: number) =>
  redis.pipeline(c => Array.from({ length: count }, (_, n) => c.xadd(key, { n })))

/** Hang up on every client of every node but for those that did this. */
async function hangUp(): Promise<void> {
  for (const { host, port } of cluster.nodes) {
    const node = new Redis(port, host)
    await node.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    node.disconnect()
  }
}

test('streams of one slot are worked off together, with dead letters in the same slot', async () => {
  const redis = client()
  await add(redis, '{a}1', 5)
  await add(redis, '{a}2', 5)
  const options = { ...ME, maxDeliveries: 2, deadLetter: '{a}dead' }
  for (let run = 0; run < 2; run++)
    for await (const _ of redis.consume(['{a}1', '{a}2'], options)) break
  const seen = new Set<string>()
  for await (const { key, fields } of redis.consume(['{a}1', '{a}2'], options)) {
    seen.add(`${key} ${fields.n}`)
    if (seen.size === 9) break
  }
  expect(seen).not.toContain('{a}1 0')
  const [letter] = await redis.xrange('{a}dead', '-', '+')
  expect(letter?.fields).toMatchObject({ n: '0', 'deadLetter.stream': '{a}1' })
})

test('streams of different slots are refused', async () => {
  await expect(client().consume(['a', 'b'], ME).next()).rejects.toThrow(/slot/i)
})

test('connections that are hung up lose nothing, and an abort ends it at once while it waits', async () => {
  const redis = client()
  await redis.connect()
  await add(redis, 'orders', 200)
  const stop = new AbortController()
  const seen = new Set<string>()
  for await (const { fields } of redis.consume('orders', {
    ...ME,
    claimIdleMs: 1_000,
    signal: stop.signal,
  })) {
    seen.add(String(fields.n))
    if (seen.size % 50 === 0 && seen.size < 200) await hangUp()
    if (seen.size === 200) break
  }
  await redis.xgroupSetId('orders', 'g', '$')
  await redis.xgroupDelConsumer('orders', 'g', 'me')
  const waiting = redis.consume('orders', { ...ME, blockMs: 60_000, signal: stop.signal }).next()
  const blocked = async () => {
    const infos = await Promise.all(
      cluster.servers.map(async ({ port, host }) => {
        const node = new Redis(port, host)
        const info = await node.info('clients')
        node.disconnect()
        return info
      }),
    )
    return infos.some(info => info.includes('blocked_clients:1'))
  }
  await waitUntil('it waits', blocked)
  const started = performance.now()
  stop.abort()
  expect((await waiting).done).toBe(true)
  expect(performance.now() - started).toBeLessThan(1_500)
})

import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RedisCluster, startCluster } from '../src/index.js'
import { isAlive } from './processes.js'

let cluster: RedisCluster
let client: Cluster

beforeAll(async () => {
  cluster = await startCluster()
  client = new Cluster([...cluster.nodes])
})
afterAll(async () => {
  client.disconnect()
  const pids = cluster.servers.map(server => server.pid)
  await cluster.stop()
  expect(pids.filter(isAlive)).toEqual([])
})

test('has three masters with a replica each', async () => {
  expect(cluster.nodes).toHaveLength(6)
  const info = cluster.servers.map(async ({ port }) => {
    const node = new Redis(port, '127.0.0.1')
    const text = await node.info('replication')
    node.disconnect()
    return /role:(\w+)/.exec(text)?.[1]
  })
  const roles = ['master', 'master', 'master', 'slave', 'slave', 'slave']
  expect(await Promise.all(info)).toEqual(roles)
})

test('keeps keys on every master', async () => {
  const keys = Array.from({ length: 60 }, (_, i) => `key:${i}`)
  await Promise.all(keys.map(key => client.set(key, key)))
  expect(await Promise.all(keys.map(key => client.get(key)))).toEqual(keys)
  const sizes = await Promise.all(client.nodes('master').map(node => node.dbsize()))
  expect(sizes).toHaveLength(3)
  expect(sizes.every(size => size > 0)).toBe(true)
  expect(sizes.reduce((a, b) => a + b)).toBe(60)
})

test('can be smaller', async () => {
  const small = await startCluster({ masters: 1, replicas: 0 })
  const one = new Cluster([...small.nodes])
  expect(await one.set('a', '1')).toBe('OK')
  one.disconnect()
  await small.stop()
})

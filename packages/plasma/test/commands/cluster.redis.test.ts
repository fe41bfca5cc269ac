import { type RedisCluster, startCluster, startRedis, waitUntil } from '@gravito/redis-testing'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { isRedisError, type RedisClient } from '../../src/index.js'
import { clientOf } from '../servers.js'

const ID = /^[0-9a-f]{40}$/
const refused = (error: unknown) => isRedisError(error, 'ERR')

describe('a Cluster', () => {
  let cluster: RedisCluster
  const node = (i: number): RedisClient => {
    const server = cluster.servers[i]
    if (!server) throw new Error(`no node ${i}`)
    return clientOf({ url: server.url, keyPrefix: '{p}:' })
  }
  beforeAll(async () => {
    cluster = await startCluster({ masters: 3, replicas: 1 })
  }, 60_000)
  afterAll(() => cluster?.stop())

  test('says how it is', async () => {
    const redis = node(0)
    expect(await redis.clusterInfo()).toMatchObject({
      state: 'ok',
      slotsAssigned: 16_384,
      slotsOk: 16_384,
      slotsFail: 0,
      knownNodes: 6,
      size: 3,
      statsMessagesSent: expect.any(Number),
    })
    expect(await redis.clusterMyId()).toMatch(ID)
    expect(await redis.buffers.clusterMyId()).toBe(await redis.clusterMyId())
    expect(await redis.cluster('MYID')).toBe(await redis.clusterMyId())
  })

  test('names its nodes', async () => {
    const redis = node(0)
    const id = await redis.clusterMyId()
    const nodes = await redis.clusterNodes()
    expect(nodes).toHaveLength(6)
    const own = nodes.find(it => it.id === id)
    expect(own).toEqual({
      id,
      host: '127.0.0.1',
      port: cluster.nodes[0]?.port,
      busPort: (cluster.nodes[0]?.port ?? 0) + 10_000,
      flags: ['myself', 'master'],
      masterId: null,
      pingSent: 0,
      pongReceived: expect.any(Number),
      configEpoch: expect.any(Number),
      linkState: 'connected',
      slots: [{ from: 0, to: 5_460 }],
      moving: [],
    })
    const replica = nodes.find(it => it.masterId === id)
    expect(replica).toMatchObject({ flags: ['slave'], slots: [] })
    expect(await redis.clusterReplicas(id)).toMatchObject([{ id: replica?.id, masterId: id }])
    expect(await redis.clusterCountFailureReports(replica?.id ?? '')).toBe(0)
    const links = await redis.clusterLinks()
    expect(links).toHaveLength(10)
    expect(links[0]).toMatchObject({
      direction: expect.stringMatching(/^(to|from)$/),
      node: expect.stringMatching(ID),
      events: expect.stringMatching(/^[rw]+$/),
      sendBufferUsed: expect.any(Number),
    })
  })

  test('names its slots and shards', async () => {
    const redis = node(0)
    // A replica is named once it has received something.
    await redis.flushall()
    await waitUntil('the replica is named', async () =>
      (await redis.clusterSlots()).some(it => it.from === 0 && it.replicas.length === 1),
    )
    const nodes = await redis.clusterNodes()
    const [first] = (await redis.clusterSlots()).sort((a, b) => a.from - b.from)
    const id = await redis.clusterMyId()
    expect(first).toEqual({
      from: 0,
      to: 5_460,
      master: { host: '127.0.0.1', port: cluster.nodes[0]?.port, id },
      replicas: [
        {
          host: '127.0.0.1',
          port: expect.any(Number),
          id: nodes.find(it => it.masterId === id)?.id,
        },
      ],
    })
    const shards = await redis.buffers.clusterShards()
    expect(shards).toHaveLength(3)
    const shard = shards.find(it => it.nodes.some(member => member.id === id))
    expect(shard?.slots).toEqual([{ from: 0, to: 5_460 }])
    expect(shard?.nodes.find(it => it.id === id)).toEqual({
      id,
      port: cluster.nodes[0]?.port,
      ip: '127.0.0.1',
      endpoint: '127.0.0.1',
      role: 'master',
      replicationOffset: expect.any(Number),
      health: 'online',
    })
  })

  test('knows where keys are', async () => {
    const redis = node(0)
    const slot = await redis.clusterKeyslot('a')
    expect(slot).toBe(await redis.clusterKeyslot('b'))
    const owners = await redis.clusterSlots()
    const owner = owners.find(it => it.from <= slot && slot <= it.to)?.master.port
    const there = node(cluster.nodes.findIndex(it => it.port === owner))
    await there.set('a', '1')
    expect(await there.clusterCountKeysInSlot(slot)).toBe(1)
    expect(await there.clusterGetKeysInSlot(slot, 5)).toEqual(['a'])
    expect(await there.buffers.clusterGetKeysInSlot(slot, 5)).toEqual([Buffer.from('a')])
    await there.unlink('a')
  })

  test('lets slots move', async () => {
    const [from, to] = [node(0), node(1)]
    const [fromId, toId] = await Promise.all([from.clusterMyId(), to.clusterMyId()])
    expect(await from.clusterSetSlot(7, { migrating: toId })).toBe('OK')
    expect(await to.clusterSetSlot(7, { importing: fromId })).toBe('OK')
    const own = async (redis: RedisClient, id: string) =>
      (await redis.clusterNodes()).find(it => it.id === id)?.moving
    expect(await own(from, fromId)).toEqual([{ slot: 7, to: toId }])
    expect(await own(to, toId)).toEqual([{ slot: 7, from: fromId }])
    for (const redis of [from, to]) {
      expect(await redis.clusterSetSlot(7, { stable: true })).toBe('OK')
    }
    await expect(from.clusterSetSlot(9_000, { node: 'none' })).rejects.toSatisfy(refused)
  })

  test('lets a replica take the place of its master', async () => {
    const master = node(2)
    const replica = node(5)
    const id = await master.clusterMyId()
    expect(await replica.readonly()).toBe('OK')
    expect(await replica.readwrite()).toBe('OK')
    await expect(master.clusterFailover()).rejects.toSatisfy(refused)
    expect(await replica.clusterFailover('takeover')).toBe('OK')
    await waitUntil('they have changed places', async () => {
      const nodes = await replica.clusterNodes()
      return nodes.find(it => it.id === id)?.masterId === (await replica.clusterMyId())
    })
    await expect(master.clusterReplicate('f'.repeat(40))).rejects.toSatisfy(refused)
    expect(await master.clusterReplicate(await replica.clusterMyId())).toBe('OK')
  }, 30_000)

  test('is asked by a client of the Cluster as well', async () => {
    const redis = clientOf({ nodes: cluster.nodes, cluster: true, keyPrefix: 'p:' })
    expect((await redis.clusterInfo()).state).toBe('ok')
    expect(await redis.scriptLoad('return 1')).toMatch(ID)
    expect(await redis.scriptExists(await redis.scriptLoad('return 1'))).toEqual([true])
    expect(await redis.latencyReset()).toBe(0)
    expect(await redis.slowlogReset()).toBe('OK')
    await redis.ssubscribe('news', () => undefined)
    expect(await redis.pubsubShardchannels()).toEqual(['news'])
  })
})

describe('a node alone', () => {
  test('gets, forgets and counts', async () => {
    const server = await startRedis({
      args: ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
    })
    onTestFinished(() => server.stop())
    const redis = clientOf({ url: server.url })
    const slots = async () => (await redis.clusterNodes())[0]?.slots
    expect(await redis.clusterSetConfigEpoch(5)).toBe('OK')
    expect(await redis.clusterAddSlots(1, 2, 9)).toBe('OK')
    expect(await redis.clusterAddSlotsRange({ from: 20, to: 30 })).toBe('OK')
    expect(await slots()).toEqual([
      { from: 1, to: 2 },
      { from: 9, to: 9 },
      { from: 20, to: 30 },
    ])
    expect(await redis.clusterDelSlots(1)).toBe('OK')
    expect(await redis.clusterDelSlotsRange(20, 29)).toBe('OK')
    expect(await slots()).toEqual([
      { from: 2, to: 2 },
      { from: 9, to: 9 },
      { from: 30, to: 30 },
    ])
    expect(await redis.clusterFlushSlots()).toBe('OK')
    expect(await slots()).toEqual([])
    expect(await redis.clusterBumpEpoch()).toMatch(/^(BUMPED|STILL) \d+$/)
    expect(await redis.clusterSaveConfig()).toBe('OK')
    expect(await redis.clusterMeet('127.0.0.1', server.port)).toBe('OK')
    await expect(redis.clusterForget('f'.repeat(40))).rejects.toSatisfy(refused)
    const before = await redis.clusterMyId()
    expect(await redis.clusterReset('hard')).toBe('OK')
    expect(await redis.clusterMyId()).not.toBe(before)
  })
})

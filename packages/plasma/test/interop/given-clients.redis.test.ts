import { startCluster, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Cluster, Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { Redis as Valkey } from 'iovalkey'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { defineScript, RedisClient } from '../../src/index.js'

const script = defineScript({
  keys: ['key'],
  args: ['by'],
  lua: `return redis.call('INCRBY', key, by)`,
})

const url = new URL(inject('redisUrl'))
const address = { host: url.hostname, port: Number(url.port) }

/** Everything that a plasma client does, over an instance that somebody else made. */
async function everything(given: Redis | Cluster) {
  const redis = RedisClient.from(given)
  const k = `{${uniquePrefix('given')}}`
  try {
    expect(await redis.set(`${k}a`, '1', { px: 60_000, nx: true })).toBe('OK')
    expect(await redis.mget(`${k}a`, `${k}none`)).toEqual(['1', null])
    await redis.hset(`${k}h`, { field: Buffer.from([0, 255]) })
    expect(await redis.buffers.hgetall(`${k}h`)).toEqual({ field: Buffer.from([0, 255]) })
    await redis.zadd(`${k}z`, { member: 'm', score: 1.5 })
    expect(await redis.zrange(`${k}z`, 0, -1, { withScores: true })).toEqual([
      { member: 'm', score: 1.5 },
    ])
    expect(
      await redis.pipeline().incr(`${k}a`).hgetall(`${k}h`).incr(`${k}h`).exec(),
    ).toMatchObject([
      [null, 2],
      [null, { field: expect.any(String) }],
      [{ code: 'WRONGTYPE' }, undefined],
    ])
    expect(await redis.multi(c => [c.incr(`${k}a`), c.zscore(`${k}z`, 'm')])).toEqual([3, 1.5])
    expect(await redis.run(script, [`${k}a`], [4])).toBe(7)
    expect(await redis.xadd(`${k}s`, { field: 'v' })).toMatch(/^\d+-\d+$/)
    await expect(redis.lpush(`${k}a`, 1)).rejects.toMatchObject({ code: 'WRONGTYPE' })
    const heard: string[] = []
    const subscription = await redis.subscribe(`${k}news`, message => heard.push(message))
    const tell = () => redis.publish(`${k}news`, 'hello')
    await tell()
    await waitUntil('heard', async () => {
      // Nodes of a Cluster tell each other at most once: not at all while they reconnect on a busy machine.
      if (heard.length === 0 && redis.isCluster) await tell()
      return heard.length > 0
    })
    await subscription.unsubscribe()
    const waiting = redis.blpop(`${k}l`, 5)
    await redis.rpush(`${k}l`, 'v')
    expect(await waiting).toEqual({ key: `${k}l`, element: 'v' })
    expect(
      await redis.transaction(async tx => {
        await tx.watch(`${k}a`)
        return tx.multi(c => [c.decr(`${k}a`)])
      }),
    ).toEqual([6])
    expect(await redis.health()).toMatchObject({ ok: true })
    const copy = redis.duplicate()
    expect(await copy.get(`${k}a`)).toBe('6')
    await copy.disconnect()
  } finally {
    await redis.unlink(...['a', 'h', 'z', 's', 'l'].map(name => `${k}${name}`))
    await redis.disconnect()
  }
  expect(await given.ping()).toBe('PONG')
}

const closing = <Instance extends { disconnect(): void }>(instance: Instance): Instance => {
  onTestFinished(() => instance.disconnect())
  return instance
}

describe('a client over a given instance does everything, and leaves it open', () => {
  test('ioredis 6', () => everything(closing(new Redis(address))))

  test('ioredis 6, lazy and with RESP2', () =>
    everything(closing(new Redis({ ...address, lazyConnect: true, protocol: 2 }))))

  test('ioredis 5', () => everything(closing(new Redis5(address)) as unknown as Redis))

  test('iovalkey', () => everything(closing(new Valkey(address)) as unknown as Redis))

  test('a Cluster of ioredis 6', async () => {
    const cluster = await startCluster({ masters: 3, replicas: 0 })
    onTestFinished(() => cluster.stop())
    await everything(closing(new Cluster([...cluster.nodes])))
  })
})

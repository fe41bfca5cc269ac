import { startRedis, waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isRedisError, type RedisClient } from '../../src/index.js'
import { clientOf } from '../servers.js'

async function server(...args: string[]) {
  const own = await startRedis({ args: ['--repl-diskless-sync-delay', '0', ...args] })
  onTestFinished(() => own.stop())
  return { own, redis: clientOf({ url: own.url, maxRetries: 1 }) }
}

const linked = (redis: RedisClient) =>
  waitUntil('the replica is linked', async () => {
    const role = await redis.role()
    return role.role === 'slave' && role.state === 'connected'
  })

describe('persistence', () => {
  test('data is written, at once and in the background', async () => {
    const { redis } = await server()
    const before = await redis.lastsave()
    expect(before).toBeGreaterThan(1_700_000_000)
    expect(await redis.save()).toBe('OK')
    expect(await redis.bgsave()).toBe('Background saving started')
    await waitUntil(
      'it is saved',
      async () => (await redis.infoOf('persistence')).rdb_bgsave_in_progress === '0',
    )
    expect(await redis.buffers.bgsave({ schedule: true })).toMatch(/^Background saving/)
    expect(await redis.bgrewriteaof()).toMatch(/^Background append only file rewriting/)
  })
})

describe('replication', () => {
  test('a replica follows, is seen, and changes places', async () => {
    const [master, replica] = await Promise.all([server(), server()])
    expect(await master.redis.role()).toEqual({ role: 'master', offset: 0, replicas: [] })
    expect(await replica.redis.replicaof(master.own.host, master.own.port)).toBe('OK')
    await linked(replica.redis)
    expect(await replica.redis.role()).toEqual({
      role: 'slave',
      host: '127.0.0.1',
      port: master.own.port,
      state: 'connected',
      offset: expect.any(Number),
    })
    await master.redis.set('a', '1')
    expect(await master.redis.wait(1, 5_000)).toBe(1)
    const role = await master.redis.buffers.role()
    expect(role).toMatchObject({
      role: 'master',
      replicas: [{ host: '127.0.0.1', port: replica.own.port, offset: expect.any(Number) }],
    })
    const [it] = await master.redis.clientList({ type: 'replica' })
    expect(it?.flags).toBe('S')

    expect(
      await master.redis.failover({
        to: { host: replica.own.host, port: replica.own.port },
        timeout: 5_000,
      }),
    ).toBe('OK')
    await linked(master.redis)
    expect((await replica.redis.role()).role).toBe('master')
    await expect(master.redis.failoverAbort()).rejects.toSatisfy(e => isRedisError(e, 'ERR'))
    expect(await master.redis.slaveof('NO', 'ONE')).toBe('OK')
    expect((await master.redis.role()).role).toBe('master')
  }, 30_000)
})

describe('the end of a server', () => {
  test('is told by a lost reply', async () => {
    const { redis } = await server()
    await redis.set('a', '1')
    await expect(redis.shutdown({ save: false, now: true, force: true })).rejects.toSatisfy(error =>
      isRedisError(error, 'REPLY_LOST'),
    )
    await expect(redis.ping()).rejects.toSatisfy(error => isRedisError(error))
  }, 30_000)

  test('is taken back', async () => {
    const { redis } = await server()
    await expect(redis.shutdownAbort()).rejects.toSatisfy(error => isRedisError(error, 'ERR'))
    expect(await redis.ping()).toBe('PONG')
  })
})

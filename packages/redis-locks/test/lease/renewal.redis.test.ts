import { createManager, RedisClient } from '@gravito/plasma'
import {
  startCluster,
  startProxy,
  startRedis,
  uniquePrefix,
  waitUntil,
} from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, type Lease, LockLostError, type LocksOptions } from '../../src/index.js'
import { runToEnd } from '../processes.js'
import { nothingLeft } from '../setup.js'

function setup(options: LocksOptions = {}, url = inject('redisUrl')) {
  const redis = new RedisClient({ url, keyPrefix: uniquePrefix('renew'), retryDelay: 20 })
  onTestFinished(() => redis.disconnect())
  return { redis, locks: createLocks(redis, options) }
}

async function ownServer(options: LocksOptions = {}) {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const admin = new IoRedis(server.url)
  onTestFinished(() => {
    admin.disconnect()
  })
  return { server, admin, ...setup(options, server.url) }
}

const calls = async (admin: IoRedis, command: string) =>
  Number(
    new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await admin.info('commandstats'))?.[1] ?? 0,
  )

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

describe('many leases', () => {
  test('600 leases are renewed by a handful of calls, not by one each', async () => {
    const { admin, locks } = await ownServer({ ttlMs: 1_500 })
    const leases = await Promise.all(
      Array.from({ length: 600 }, (_, i) => locks.mutex(`n${i}`).acquire()),
    )
    await admin.config('RESETSTAT')
    await pause(2_500)
    const scripts = (await calls(admin, 'evalsha')) + (await calls(admin, 'eval'))
    expect(leases.every(lease => lease.isHeld())).toBe(true)
    expect(scripts).toBeGreaterThan(3)
    expect(scripts).toBeLessThan(60)
    await Promise.all(leases.map(lease => lease.release()))
  })

  test('one that vanished is told, the others of its call stay', async () => {
    const { redis, locks } = setup({ ttlMs: 400 })
    const leases = await Promise.all(['a', 'b', 'c'].map(name => locks.mutex(name).acquire()))
    const [a, b, c] = leases as [Lease, Lease, Lease]
    await redis.del('lock:{b}')
    await waitUntil('b is told', () => b.signal.aborted)
    await pause(600)
    expect([a, c].map(lease => lease.isHeld())).toEqual([true, true])
    expect(await redis.exists('lock:{b}')).toBe(0)
    await Promise.all([a.release(), c.release()])
  })

  test('a key that became something else counts as lost and is left alone', async () => {
    const { redis, locks } = setup({ ttlMs: 300 })
    const lease = await locks.mutex('a').acquire()
    const other = await locks.mutex('b').acquire()
    await redis.del('lock:{a}')
    await redis.rpush('lock:{a}', 'x')
    await waitUntil('it is told', () => lease.signal.aborted)
    expect(await redis.type('lock:{a}')).toBe('list')
    expect(await redis.ttl('lock:{a}')).toBe(-1)
    expect(other.isHeld()).toBe(true)
    await Promise.all([redis.del('lock:{a}'), other.release()])
  })

  test('in a Cluster too, whose locks live on several nodes', async () => {
    const cluster = await startCluster({ replicas: 0 })
    onTestFinished(() => cluster.stop())
    const redis = new RedisClient({ cluster: true, nodes: cluster.nodes })
    onTestFinished(() => redis.disconnect())
    const locks = createLocks(redis, { ttlMs: 1_500 })
    const leases = await Promise.all(
      Array.from({ length: 12 }, (_, i) => locks.mutex(`n${i}`).acquire()),
    )
    await pause(3_500)
    expect(leases.every(lease => lease.isHeld())).toBe(true)
    await Promise.all(leases.map(lease => lease.release()))
  }, 60_000)
})

describe("nothing of the user's delays a renewal", () => {
  test('a BLPOP on the very same ioredis connection', async () => {
    const own = new IoRedis(inject('redisUrl'), { keyPrefix: uniquePrefix('blpop') })
    onTestFinished(() => {
      own.disconnect()
    })
    const lease = await createLocks(own, { ttlMs: 1_200 }).mutex('a').acquire()
    await own.blpop('nothing', 3)
    expect(lease.isHeld()).toBe(true)
    expect(lease.signal.aborted).toBe(false)
    expect(await lease.release()).toBe(true)
  })

  test('but a lease does end, and nothing else, when the manager behind it is reset', async () => {
    const redis = createManager({ connections: { default: { url: inject('redisUrl') } } })
    const name = uniquePrefix('reset')
    const lease = await createLocks(redis, { ttlMs: 400 }).mutex(name).acquire()
    await redis.reset()
    await waitUntil('it is told', () => lease.signal.aborted)
    expect(lease.isHeld()).toBe(false)
  })

  test('but a lease does end when the user closes the ioredis instance', async () => {
    const own = new IoRedis(inject('redisUrl'), { keyPrefix: uniquePrefix('closed') })
    const lease = await createLocks(own, { ttlMs: 400 }).mutex('a').acquire()
    await pause(600)
    expect(lease.isHeld()).toBe(true)
    own.disconnect()
    await waitUntil('it is told', () => lease.signal.aborted)
  })
})

test('a lease is renewed again when its client is closed and opened again', async () => {
  const { redis, locks } = setup({ ttlMs: 1_500 })
  const lease = await locks.mutex('a').acquire()
  await pause(700)
  await redis.disconnect()
  await pause(200)
  await redis.connect()
  await pause(2_000)
  expect(lease.isHeld()).toBe(true)
  expect(await lease.release()).toBe(true)
})

describe('what it leaves behind', () => {
  test('no timer and no connection after the release', async () => {
    const { admin, locks } = await ownServer({ ttlMs: 1_500 })
    const timers = () => process.getActiveResourcesInfo().filter(it => it === 'Timeout').length
    const before = timers()
    const leases = await Promise.all(['a', 'b'].map(name => locks.mutex(name).acquire()))
    await waitUntil('a second connection renews', async () => {
      return (
        String(await admin.client('LIST'))
          .split('\n')
          .filter(Boolean).length === 3
      )
    })
    await Promise.all(leases.map(lease => lease.release()))
    expect(timers()).toBeLessThanOrEqual(before + 1)
    await waitUntil('the second connection is closed', async () => {
      return (
        String(await admin.client('LIST'))
          .split('\n')
          .filter(Boolean).length === 2
      )
    })
  })

  test('a process ends by itself: with a lease held when its client closes, before or after a renewal', async () => {
    for (const heldMs of [0, 400]) {
      const { code, said } = await runToEnd('close-while-held', uniquePrefix('exit'), heldMs)
      expect({ code, said }).toEqual({ code: 0, said: ['held', 'closed'] })
    }
  })
})

describe('the signal', () => {
  test.each([
    ['stands still', 'pause'],
    ['is killed', 'kill'],
  ] as const)('fires once, at the local deadline, when Redis %s', async (_, fault) => {
    const { server, locks } = await ownServer({ ttlMs: 600 })
    const lease = await locks.mutex('a').acquire()
    let told = 0
    lease.signal.addEventListener('abort', () => told++)
    await server[fault]()
    const heldUntil = performance.now() + lease.remainingMs()
    await waitUntil('it is told', () => told > 0)
    expect(performance.now()).toBeGreaterThanOrEqual(heldUntil - 1)
    expect(lease.signal.reason).toBeInstanceOf(LockLostError)
    if (fault === 'pause') server.resume()
    else await server.restart()
    await pause(800)
    expect(told).toBe(1)
    expect(lease.isHeld()).toBe(false)
  })

  test('a blocked event loop: not held any more in the first statement after it', async () => {
    const { locks } = setup({ ttlMs: 200 })
    const lease = await locks.mutex('a').acquire()
    let told = 0
    lease.signal.addEventListener('abort', () => told++)
    const end = performance.now() + 400
    while (performance.now() < end);
    expect(lease.isHeld()).toBe(false)
    expect(() => lease.assertHeld()).toThrow(LockLostError)
    await pause(50)
    expect(told).toBe(1)
  })

  test('a renewal whose answer comes too late does not bring the lease back', async () => {
    const proxy = await startProxy(Number(new URL(inject('redisUrl')).port))
    onTestFinished(() => proxy.stop())
    const { locks } = setup({ ttlMs: 300 }, `redis://127.0.0.1:${proxy.port}`)
    const lease = await locks.mutex('a').acquire()
    proxy.setDelay(700)
    await waitUntil('it is told', () => lease.signal.aborted)
    proxy.setDelay(0)
    await pause(900)
    expect(lease.isHeld()).toBe(false)
  })

  test('extend against renewal, many times: never longer than Redis says', async () => {
    const { redis, locks } = setup({ ttlMs: 60 })
    for (let i = 0; i < 100; i++) {
      const lease = await locks.mutex('a').acquire()
      await pause(i % 25)
      const shorter = lease.extend(30 + (i % 40))
      await pause(i % 3)
      await shorter.catch(() => false)
      const left = lease.remainingMs()
      const asked = performance.now()
      const server = await redis.pttl('lock:{a}')
      if (left > 0) expect(left).toBeLessThanOrEqual(server + (performance.now() - asked) + 1)
      await lease.release()
    }
  })

  test('release against renewal, thousands of times: the lock is never brought back', async () => {
    const { redis, locks } = setup({ ttlMs: 30 })
    const round = async (worker: number) => {
      for (let i = 0; i < 100; i++) {
        const lease = await locks.mutex(`w${worker}`).acquire()
        if (i % 2) await pause(9 + (i % 4))
        await lease.release()
      }
    }
    await Promise.all(Array.from({ length: 25 }, (_, i) => round(i)))
    await pause(50)
    await nothingLeft(redis)
  }, 60_000)
})

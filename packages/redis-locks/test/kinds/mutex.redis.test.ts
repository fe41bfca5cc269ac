import { RedisClient } from '@gravito/plasma'
import { startCluster, startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import {
  createLocks,
  LockLostError,
  LockStoreError,
  type LocksOptions,
  LockTimeoutError,
  withLock,
} from '../../src/index.js'
import { startWorker } from '../processes.js'
import { nothingLeft } from '../setup.js'

function setup(options: LocksOptions = {}, url = inject('redisUrl')) {
  const redis = new RedisClient({ url, keyPrefix: uniquePrefix('locks'), retryDelay: 20 })
  onTestFinished(() => redis.disconnect())
  return { redis, locks: createLocks(redis, options) }
}

async function ownServer() {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  return { server, ...setup({}, server.url) }
}

const settled = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('holding', () => {
  test('one at a time; the lock is free again afterwards and leaves no key but the token mark, which goes soon', async () => {
    const { redis, locks } = setup()
    const mutex = locks.mutex('invoice:42')
    const lease = await mutex.acquire()
    expect(lease.isHeld()).toBe(true)
    expect(lease.remainingMs()).toBeGreaterThan(9_000)
    expect(await mutex.tryAcquire()).toBeNull()
    expect(await mutex.inspect()).toMatchObject({ token: lease.token })
    expect(await lease.release()).toBe(true)
    expect(await lease.release()).toBe(false)
    expect(lease.isHeld()).toBe(false)
    expect(await mutex.inspect()).toBeNull()
    await nothingLeft(redis)
    await waitUntil('the mark has gone', async () => (await redis.keys('*')).length === 0)
    expect((await mutex.acquire()).token).toBeGreaterThan(lease.token)
  })

  test('run gives the section its token and releases whatever happens', async () => {
    const { locks } = setup()
    expect(await locks.withLock('a', ({ token, lease }) => token === lease.token)).toBe(true)
    await expect(
      locks.withLock('a', () => {
        throw new Error('inside')
      }),
    ).rejects.toThrow('inside')
    expect(await locks.mutex('a').inspect()).toBeNull()
  })

  test('await using releases', async () => {
    const { locks } = setup()
    {
      await using lease = await locks.mutex('a').acquire()
      expect(lease.isHeld()).toBe(true)
    }
    expect(await locks.mutex('a').inspect()).toBeNull()
  })

  test('a section longer than the lease keeps it by renewal', async () => {
    const { locks } = setup({ ttlMs: 600 })
    await locks.withLock('a', async ({ signal, assertHeld }) => {
      const end = performance.now() + 1_500
      await waitUntil('two leases have passed', async () => {
        expect(await locks.mutex('a').tryAcquire()).toBeNull()
        return performance.now() > end
      })
      expect(signal.aborted).toBe(false)
      assertHeld()
    })
  })

  test('without renewal it ends by itself, and its signal fires no later than Redis frees it', async () => {
    const { locks } = setup({ ttlMs: 120, renew: false })
    const lease = await locks.mutex('a').acquire()
    const next = locks
      .mutex('a')
      .acquire()
      .then(it => ({ it, lostBefore: lease.signal.aborted }))
    const { it: after, lostBefore } = await next
    expect(lostBefore).toBe(true)
    expect(lease.signal.reason).toBeInstanceOf(LockLostError)
    expect(() => lease.assertHeld()).toThrow(LockLostError)
    expect(after.token).toBeGreaterThan(lease.token)
    expect(await lease.release()).toBe(false)
    expect(after.isHeld()).toBe(true)
    await after.release()
  })

  test('extend makes it last longer; a vanished lock is never re-created', async () => {
    const { redis, locks } = setup({ renew: false })
    const lease = await locks.mutex('a').acquire({ ttlMs: 500 })
    expect(await lease.extend(5_000)).toBe(true)
    expect(lease.remainingMs()).toBeGreaterThan(4_000)
    await redis.del('lock:{a}')
    expect(await lease.extend()).toBe(false)
    expect(lease.signal.reason).toBeInstanceOf(LockLostError)
    expect(await redis.exists('lock:{a}')).toBe(0)
  })

  test('forceRelease takes it away, and the holder learns of it at its next renewal', async () => {
    const { locks } = setup({ ttlMs: 150 })
    const lease = await locks.mutex('a').acquire()
    expect(await locks.mutex('a').forceRelease()).toBe(true)
    expect(await locks.mutex('a').forceRelease()).toBe(false)
    await waitUntil('the holder knows', () => lease.signal.aborted)
    expect(await lease.release()).toBe(false)
  })

  test('another process takes over by JSON', async () => {
    const { locks } = setup()
    const lease = await locks.mutex('a').acquire()
    const restored = await locks.restore(JSON.parse(JSON.stringify(lease)))
    expect(restored?.token).toBe(lease.token)
    expect(await restored?.release()).toBe(true)
    expect(await locks.restore(lease.toJSON())).toBeNull()
  })

  test('a lease of a month does not end at once', async () => {
    const { locks } = setup()
    const lease = await locks.mutex('a').acquire({ ttlMs: 40 * 24 * 3_600_000 })
    await new Promise(resolve => setImmediate(resolve))
    expect(lease.isHeld()).toBe(true)
    await lease.release()
  })
})

describe('waiting', () => {
  test('the waiters of a process are served in order, woken by the release', async () => {
    const { locks } = setup()
    const order: number[] = []
    const first = await locks.mutex('a').acquire()
    const waiters = [1, 2, 3, 4, 5].map(i => locks.withLock('a', () => order.push(i)))
    const started = performance.now()
    await first.release()
    await Promise.all(waiters)
    expect(order).toEqual([1, 2, 3, 4, 5])
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('ends with LockTimeoutError after waitMs, and leaves nothing behind', async () => {
    const { redis, locks } = setup()
    const lease = await locks.mutex('a').acquire()
    const error = await settled(locks.mutex('a').acquire({ waitMs: 50 }))
    expect(error).toBeInstanceOf(LockTimeoutError)
    expect(error).toMatchObject({ code: 'LOCK_TIMEOUT', lock: 'a', waitMs: 50 })
    expect(await settled(locks.mutex('a').acquire({ waitMs: 0 }))).toBeInstanceOf(LockTimeoutError)
    await lease.release()
    await waitUntil('nobody listens', async () => (await redis.pubsubChannels()).length === 0)
    expect(await locks.mutex('a').inspect()).toBeNull()
  })

  test('an aborted waiter gets the reason and never runs', async () => {
    const { locks } = setup()
    const lease = await locks.mutex('a').acquire()
    const controller = new AbortController()
    let ran = false
    const waiting = locks.withLock('a', () => (ran = true), { signal: controller.signal })
    controller.abort(new Error('changed my mind'))
    await expect(waiting).rejects.toThrow('changed my mind')
    await lease.release()
    await expect(
      locks.withLock('a', () => 1, { signal: AbortSignal.abort(new Error('before')) }),
    ).rejects.toThrow('before')
    expect(ran).toBe(false)
    expect(await locks.mutex('a').inspect()).toBeNull()
  })

  test('abort against grant, many times: whoever aborts leaves the lock free', async () => {
    const { locks } = setup()
    const mutex = locks.mutex('a')
    for (let i = 0; i < 300; i++) {
      const lease = await mutex.acquire()
      const controller = new AbortController()
      const waiting = settled(mutex.run(() => undefined, { signal: controller.signal }))
      const released = lease.release()
      if (i % 3 === 0) await Promise.resolve()
      if (i % 3 === 1) await new Promise(resolve => setImmediate(resolve))
      controller.abort(new Error('race'))
      await Promise.all([waiting, released])
    }
    await waitUntil('the lock is free', async () => (await mutex.inspect()) === null)
  })

  test('idle waiters do not poll', async () => {
    const { server, locks } = await ownServer()
    const watcher = new IoRedis(server.url)
    onTestFinished(() => {
      watcher.disconnect()
    })
    const lease = await locks.mutex('a').acquire()
    const waiters = Array.from({ length: 50 }, () => locks.mutex('a').run(() => undefined))
    await waitUntil('they listen', async () => (await watcher.pubsub('CHANNELS')).length === 1)
    await watcher.config('RESETSTAT')
    const until = performance.now() + 1_000
    await waitUntil('a second passes', () => performance.now() > until)
    const calls = /cmdstat_evalsha:calls=(\d+)/.exec(await watcher.info('commandstats'))?.[1] ?? '0'
    expect(Number(calls)).toBeLessThanOrEqual(2)
    await lease.release()
    await Promise.all(waiters)
  })
})

describe('processes', () => {
  test('four processes lose no increment, and tokens rise in the order of the grants', async () => {
    const redis = new RedisClient({ url: inject('redisUrl') })
    onTestFinished(() => redis.disconnect())
    const name = uniquePrefix('count')
    const workers = [1, 2, 3, 4].map(() => startWorker('count', name, 50))
    expect(await Promise.all(workers.map(worker => worker.exit()))).toEqual([0, 0, 0, 0])
    expect(await redis.get(`${name}:counter`)).toBe('200')
    const tokens = (await redis.lrange(`${name}:tokens`, 0, -1)).map(Number)
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b))
    expect(new Set(tokens).size).toBe(200)
    await redis.unlink(`${name}:counter`, `${name}:tokens`)
  }, 60_000)

  test('a killed holder: free after its lease, and the next token is larger', async () => {
    const redis = new RedisClient({ url: inject('redisUrl') })
    onTestFinished(() => redis.disconnect())
    const name = uniquePrefix('kill')
    const worker = startWorker('hold', name, 500)
    const token = Number(await worker.says('held'))
    worker.child.kill('SIGKILL')
    const lease = await createLocks(redis).mutex(name).acquire({ waitMs: 3_000 })
    expect(lease.token).toBeGreaterThan(token)
    await lease.release()
  })

  test('a holder frozen past its lease is told on waking and leaves the next holder alone', async () => {
    const redis = new RedisClient({ url: inject('redisUrl') })
    onTestFinished(() => redis.disconnect())
    const name = uniquePrefix('freeze')
    const worker = startWorker('hold', name, 400)
    await worker.says('held')
    worker.child.kill('SIGSTOP')
    const lease = await createLocks(redis).mutex(name).acquire({ waitMs: 5_000 })
    worker.child.kill('SIGCONT')
    expect(await worker.says('lost')).toBe('LOCK_LOST')
    expect(await worker.says('released')).toBe('false')
    expect(lease.isHeld()).toBe(true)
    expect(await createLocks(redis).mutex(name).inspect()).toMatchObject({ token: lease.token })
    await lease.release()
  })
})

describe('when Redis fails', () => {
  test('frozen: the signal fires at the local deadline, a waiter ends in time', async () => {
    const { server, locks } = await ownServer()
    const lease = await locks.mutex('a').acquire({ ttlMs: 300 })
    server.pause()
    const started = performance.now()
    const error = await settled(locks.mutex('b').acquire({ waitMs: 200 }))
    expect(error).toBeInstanceOf(LockStoreError)
    expect(performance.now() - started).toBeLessThan(1_500)
    await waitUntil('the holder is told', () => lease.signal.aborted, { timeoutMs: 1_500 })
    expect(lease.signal.reason).toBeInstanceOf(LockLostError)
    server.resume()
    await waitUntil(
      'the late grant is given back',
      async () => (await locks.mutex('b').inspect()) === null,
    )
  })

  test('gone: acquire fails with the cause within its time, and works when Redis is back', async () => {
    const { server, locks } = await ownServer()
    await locks.withLock('a', () => undefined)
    await server.kill()
    const error = await settled(locks.mutex('a').acquire({ waitMs: 300 }))
    expect(error).toBeInstanceOf(LockStoreError)
    expect(await settled(locks.mutex('a').tryAcquire())).toBeInstanceOf(LockStoreError)
    const waiting = locks.withLock('a', () => 'ran', { waitMs: 15_000 })
    await server.restart()
    expect(await waiting).toBe('ran')
  })

  test('scripts forgotten, connections killed, data gone: locks go on and tokens rise', async () => {
    const { server, redis, locks } = await ownServer()
    const tokens: number[] = []
    const admin = new IoRedis(server.url)
    onTestFinished(() => {
      admin.disconnect()
    })
    for (const fault of [
      'script flush',
      'client kill type normal skipme yes',
      'flushall',
      'script flush',
    ]) {
      const [name = '', ...args] = fault.split(' ')
      await locks.withLock('a', ({ token }) => tokens.push(token), { waitMs: 15_000 })
      await admin.call(name, ...args)
    }
    await locks.withLock('a', ({ token }) => tokens.push(token))
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
    expect(redis.status).toBe('ready')
  })

  test('FLUSHALL under a holder: it is told at its next renewal', async () => {
    const { server, locks } = await ownServer()
    const lease = await locks.mutex('a').acquire({ ttlMs: 300 })
    const admin = new IoRedis(server.url)
    await admin.flushall()
    admin.disconnect()
    await waitUntil('the holder is told', () => lease.signal.aborted)
    expect(await locks.mutex('a').inspect()).toBeNull()
  })

  test('a value that is no lock is an error, not a wait', async () => {
    const { redis, locks } = setup()
    await redis.rpush('lock:{a}', 'x')
    const error = await settled(locks.mutex('a').acquire())
    expect(error).toBeInstanceOf(LockStoreError)
    await redis.del('lock:{a}')
  })
})

describe('bad input is refused by name before any command', () => {
  test.each([
    ['an empty name', () => setup().locks.mutex(''), 'name'],
    ['a name that is a number', () => setup().locks.mutex(7 as never), 'name'],
    ['ttlMs 0', () => setup({ ttlMs: 0 }), 'ttlMs'],
    ['ttlMs -1', () => setup().locks.mutex('a', { ttlMs: -1 }), 'ttlMs'],
    ['ttlMs NaN', () => setup().locks.mutex('a').acquire({ ttlMs: Number.NaN }), 'ttlMs'],
    ['ttlMs 1.5', () => setup().locks.mutex('a').tryAcquire({ ttlMs: 1.5 }), 'ttlMs'],
    ['waitMs -1', () => setup().locks.mutex('a').acquire({ waitMs: -1 }), 'waitMs'],
    ['an unknown option', () => setup().locks.withLock('a', () => 1, { ttl: 5 } as never), 'ttl'],
    ['a prefix with braces', () => setup({ prefix: 'a{b}' }), 'prefix'],
    [
      'a signal that is none',
      () =>
        setup()
          .locks.mutex('a')
          .acquire({ signal: {} as never }),
      'signal',
    ],
  ])('%s', async (_, call, argument) => {
    const error = await settled((async () => call())())
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', argument })
  })

  test('names with braces, newlines and emoji are names like others', async () => {
    const { locks } = setup()
    for (const name of ['{a}', 'a}b{', 'line\nbreak', '🔒', '%7b']) {
      const lease = await locks.mutex(name).acquire()
      expect(await locks.mutex(name).tryAcquire()).toBeNull()
      await lease.release()
    }
  })
})

describe('what it runs on', () => {
  test('any ioredis instance', async () => {
    const own = new IoRedis(inject('redisUrl'), { keyPrefix: uniquePrefix('own') })
    expect(await withLock(own, 'a', ({ token }) => token)).toBeGreaterThan(0)
    await own.quit()
  })

  test('a Cluster, with waiters on its sharded channels', async () => {
    const cluster = await startCluster({ replicas: 0 })
    onTestFinished(() => cluster.stop())
    const redis = new RedisClient({ cluster: true, nodes: cluster.nodes })
    onTestFinished(() => redis.disconnect())
    const locks = createLocks(redis)
    const order: string[] = []
    const lease = await locks.mutex('a').acquire()
    const waiting = locks.withLock('a', () => order.push('waiter'))
    order.push('holder')
    await lease.release()
    await waiting
    expect(order).toEqual(['holder', 'waiter'])
    await Promise.all(['b', 'c', 'd', 'e'].map(name => locks.withLock(name, () => undefined)))
  }, 60_000)
})

import { RedisClient } from '@gravito/plasma'
import { startRedis, startSentinel, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  createLocks,
  LockReplicasError,
  type LocksOptions,
  LockTimeoutError,
} from '../../src/index.js'
import { startWorker } from '../processes.js'

async function ownServer() {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const admin = new IoRedis(server.url)
  onTestFinished(() => {
    admin.disconnect()
  })
  const client = (options: LocksOptions = {}) => {
    const redis = new RedisClient({ url: server.url, retryDelay: 20 })
    onTestFinished(() => redis.disconnect())
    return { redis, locks: createLocks(redis, { waitMs: 30_000, ...options }) }
  }
  const scripts = async () => {
    const stats = await admin.info('commandstats')
    const of = (name: string) =>
      Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
    return of('evalsha') + of('eval')
  }
  return { server, admin, client, scripts }
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const rising = (tokens: readonly number[]) => {
  expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
}

describe('inside one process, while no other waits', () => {
  test('hundreds of acquisitions cost a handful of commands, in order, with rising tokens', async () => {
    const { client, scripts } = await ownServer()
    const { locks, redis } = client()
    const tokens: number[] = []
    const order: number[] = []
    const before = await scripts()
    const work = async (me: number) => {
      for (let i = 0; i < 20; i++) {
        await locks.withLock('a', async ({ token, lease }) => {
          expect(lease.isHeld()).toBe(true)
          tokens.push(token)
          order.push(me)
          await pause(0)
        })
      }
    }
    await Promise.all(Array.from({ length: 30 }, (_, i) => work(i)))
    expect((await scripts()) - before).toBeLessThan(20)
    rising(tokens)
    expect(order.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, i) => i))
    expect(await redis.exists('lock:{a}')).toBe(0)
    expect((await locks.mutex('a').acquire()).token).toBeGreaterThan(tokens.at(-1) ?? 0)
  })

  test('what is not used of the reserve goes back: tokens stay behind the clock', async () => {
    const { client } = await ownServer()
    const { locks, redis } = client()
    for (let i = 0; i < 50; i++) {
      await Promise.all([1, 2, 3].map(() => locks.withLock('a', () => pause(0))))
    }
    const { seconds, microseconds } = await redis.time()
    expect(Number(await redis.get('lock:fence'))).toBeLessThan(seconds * 1e6 + microseconds)
  })

  test('a long succession is renewed under whoever holds it, and ends with the last', async () => {
    const { client } = await ownServer()
    const { locks, redis } = client({ ttlMs: 400 })
    const held: boolean[] = []
    await Promise.all(
      Array.from({ length: 12 }, () =>
        locks.withLock('a', async ({ signal }) => {
          await pause(150)
          held.push(!signal.aborted)
        }),
      ),
    )
    expect(held).toEqual(Array(12).fill(true))
    expect(await redis.exists('lock:{a}')).toBe(0)
  })

  test('a process killed in the middle of it leaves no token to be given twice', async () => {
    const { server, client } = await ownServer()
    const { locks } = client()
    const worker = startWorker('chain', 'a', 500, { url: server.url })
    await waitUntil('it is under way', () => worker.said.length > 300, { timeoutMs: 15_000 })
    worker.child.kill('SIGKILL')
    await worker.exit()
    const lease = await locks.mutex('a').acquire()
    rising([...worker.said.map(line => Number(line.slice(6))), lease.token])
    await lease.release()
  }, 40_000)

  test('one that gives up in the moment of the handover passes it on: abort and time-out, thousands of times', async () => {
    const { client } = await ownServer()
    const { locks, redis } = client()
    const outcomes = new Set<string>()
    const work = async (me: number) => {
      for (let i = 0; i < 250; i++) {
        const controller = new AbortController()
        const isPatient = (i + me) % 3 === 0
        const section = () => (i % 5 === 0 ? pause(0) : undefined)
        const options = isPatient ? {} : { waitMs: 1 + (i % 3), signal: controller.signal }
        const run = locks.withLock('a', section, options).then(
          () => 'ran',
          error => ('code' in Object(error) ? 'late' : String(error)),
        )
        if (!isPatient && i % 2) await (i % 4 === 1 ? Promise.resolve() : pause(0))
        if (!isPatient && i % 2) controller.abort('gone')
        outcomes.add(await run)
      }
    }
    await Promise.all(Array.from({ length: 12 }, (_, i) => work(i)))
    expect([...outcomes].sort()).toEqual(['gone', 'late', 'ran'])
    await waitUntil('nothing is left', async () => (await redis.keys('*')).length <= 1)
  }, 60_000)
})

describe('told of contention', () => {
  test('another process is served within the next handovers, not after all of them', async () => {
    const { client } = await ownServer()
    const [one, two] = [client(), client()]
    let stop = false
    let after = 0
    let waits = false
    const busy = async () => {
      while (!stop) {
        await one.locks.withLock('a', async () => {
          if (waits) after++
          await pause(1)
        })
      }
    }
    const working = Promise.all([busy(), busy(), busy(), busy()])
    await pause(200)
    for (let i = 0; i < 10; i++) {
      const waiting = two.locks.withLock('a', () => undefined)
      await waitUntil('it queues', async () => {
        waits = (await two.redis.zcard('lock:{a}:q')) > 0
        return waits || (await Promise.race([waiting.then(() => true), pause(0)])) === true
      })
      await waiting
      waits = false
    }
    stop = true
    await working
    expect(after / 10).toBeLessThan(40)
  })

  test('also when the message is lost: within a lease', async () => {
    const { client } = await ownServer()
    const [one, two] = [client({ ttlMs: 600 }), client({ ttlMs: 600 })]
    let stop = false
    const busy = async () => {
      while (!stop) await one.locks.withLock('a', () => pause(1))
    }
    const working = Promise.all([busy(), busy()])
    await pause(100)
    // The first process hears nothing any more, as if its connection were half dead.
    await one.redis.unsubscribe()
    await two.locks.withLock('a', () => undefined, { waitMs: 5_000 })
    stop = true
    await working
  })
})

describe('reentrant', () => {
  test('nested runs cost nothing, share the lease, and only the outermost gives it back', async () => {
    const { client, scripts } = await ownServer()
    const { locks, redis } = client({ reentrant: true })
    await locks.withLock('a', () => undefined)
    const before = await scripts()
    await locks.withLock('a', async outer => {
      await locks.withLock('a', async inner => {
        expect(inner.token).toBe(outer.token)
        const lease = await locks.mutex('a').acquire()
        expect(await lease.release()).toBe(true)
        expect(lease.isHeld()).toBe(false)
        await pause(0)
        const tried = await locks.mutex('a').tryAcquire()
        expect(tried?.isHeld()).toBe(true)
        await inner.lease.release()
      })
      outer.assertHeld()
      expect(await redis.exists('lock:{a}')).toBe(1)
    })
    expect(await redis.exists('lock:{a}')).toBe(0)
    expect((await scripts()) - before).toBe(2)
  })

  test('only inside the same asynchronous context, only the same lock, only while it is held', async () => {
    const { client } = await ownServer()
    const { locks } = client({ reentrant: true })
    let later: Promise<unknown> = Promise.resolve()
    let proceed = () => {}
    const taken = new Promise<void>(resolve => {
      proceed = resolve
    })
    await locks.withLock('a', async ({ lease }) => {
      expect((await locks.mutex('b').tryAcquire())?.token).not.toBe(lease.token)
      later = taken.then(() => locks.mutex('a').acquire({ waitMs: 10_000 }))
    })
    const other = await locks.mutex('a').acquire()
    proceed()
    await pause(60)
    await other.release()
    const own = (await later) as { token: number; release(): Promise<boolean> }
    expect(own.token).toBeGreaterThan(other.token)
    expect(await own.release()).toBe(true)
  })

  test('without the option a nested run waits, as anybody does', async () => {
    const { client } = await ownServer()
    const { locks } = client()
    const inner = locks.withLock('a', () => locks.withLock('a', () => 1, { waitMs: 50 }))
    await expect(inner).rejects.toBeInstanceOf(LockTimeoutError)
  })

  test('what is lost outside is lost inside', async () => {
    const { admin, client } = await ownServer()
    const { locks } = client({ reentrant: true, ttlMs: 200 })
    await locks.withLock('a', () =>
      locks.withLock('a', async ({ signal, assertHeld }) => {
        await admin.del('lock:{a}')
        await waitUntil('it is told', () => signal.aborted)
        expect(assertHeld).toThrow('is lost')
      }),
    )
  })
})

describe('minReplicas', () => {
  test('acquire fails, and gives the lock back, when too few replicas have it', async () => {
    const { client } = await ownServer()
    const { locks, redis } = client({ minReplicas: 1, ttlMs: 1_500 })
    const error = await locks
      .mutex('a')
      .acquire()
      .catch((it: unknown) => it)
    expect(error).toBeInstanceOf(LockReplicasError)
    expect(error).toMatchObject({ code: 'LOCK_REPLICAS', lock: 'a', minReplicas: 1, confirmed: 0 })
    await waitUntil('it is free', async () => (await redis.exists('lock:{a}')) === 0)
    await expect(locks.mutex('a').tryAcquire()).rejects.toBeInstanceOf(LockReplicasError)
  })

  test('with a replica it holds, renews and hands over; when the replica goes it is lost at its deadline', async () => {
    const sentinel = await startSentinel()
    onTestFinished(() => sentinel.stop())
    const redis = new RedisClient({ url: sentinel.master.url, keyPrefix: uniquePrefix('wait') })
    onTestFinished(() => redis.disconnect())
    const locks = createLocks(redis, { minReplicas: 1, ttlMs: 900 })
    await Promise.all([1, 2, 3].map(() => locks.withLock('a', () => pause(20))))
    const lease = await locks.mutex('a').acquire()
    await pause(1_500)
    expect(lease.isHeld()).toBe(true)
    sentinel.replica.pause()
    await waitUntil('it is told', () => lease.signal.aborted)
    sentinel.replica.resume()
    await lease.release()
  }, 60_000)

  test.each([-1, 1.5, '1'])('minReplicas %s is refused by name', async value => {
    const redis = new RedisClient()
    onTestFinished(() => redis.disconnect())
    expect(() => createLocks(redis, { minReplicas: value as number })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', argument: 'minReplicas' }),
    )
  })
})

import { RedisClient } from '@gravito/plasma'
import { startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import fc from 'fast-check'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, LockLostError, LockStoreError, LockTimeoutError } from '../../src/index.js'
import { LockStore } from '../../src/redis/store.js'
import { SEMAPHORE } from '../../src/scripts/semaphore.js'
import { startWorker } from '../processes.js'
import { type Client, clients, nothingLeft, outcome, pause, queued } from '../setup.js'

const KEY = 'lock:{db}:sem'
const db = ({ locks }: Client, permits = 2) => locks.semaphore('db', { permits })

describe('holding', () => {
  test('up to so many at a time; then nothing is left but the token mark', async () => {
    const [one, two] = clients(2)
    const leases = [await db(one).acquire(), await db(two).acquire()]
    expect(await db(one).tryAcquire()).toBeNull()
    expect(await db(two).info()).toMatchObject({ permits: 2, available: 0, held: 2, waiting: 0 })
    expect(leases[1]?.token).toBeGreaterThan(leases[0]?.token ?? 0)
    for (const lease of leases) expect(await lease.release()).toBe(true)
    expect(await leases[0]?.release()).toBe(false)
    await nothingLeft(one.redis)
  })

  test('the lease has the surface of a mutex: renewal, token, extend, dispose, JSON', async () => {
    const [one, two] = clients(2, { ttlMs: 600 })
    {
      await using lease = await db(one, 1).acquire()
      const end = performance.now() + 1_500
      await waitUntil('two leases have passed', () => performance.now() > end)
      lease.assertHeld()
      expect(await lease.extend(5_000)).toBe(true)
      expect(lease.remainingMs()).toBeGreaterThan(4_000)
      expect(await db(two, 1).tryAcquire()).toBeNull()
    }
    const lease = await db(two, 1).acquire()
    const taken = await db(one, 1).restore(JSON.parse(JSON.stringify(lease)))
    expect(taken?.token).toBe(lease.token)
    expect(await taken?.release()).toBe(true)
    expect(await db(one, 1).restore(lease.toJSON())).toBeNull()
    expect(await lease.extend()).toBe(false)
    expect(lease.signal.reason).toBeInstanceOf(LockLostError)
  })

  test('a release or an extension that comes too late loses no permit', async () => {
    const [one, two] = clients(2)
    const late = await db(one, 3).acquire({ ttlMs: 50, renew: false })
    const other = await db(one, 3).acquire({ ttlMs: 50, renew: false })
    const long = await db(two, 3).acquire()
    await waitUntil('two leases have ended', async () => (await db(two, 3).info()).held === 1)
    expect(await late.release()).toBe(false)
    expect(await db(one, 3).restore(other.toJSON())).toBeNull()
    const again = [await db(one, 3).tryAcquire(), await db(two, 3).tryAcquire()]
    expect(again).not.toContain(null)
    expect(await db(two, 3).tryAcquire()).toBeNull()
    for (const lease of [long, ...again]) expect(await lease?.release()).toBe(true)
    await nothingLeft(one.redis)
  })

  test('weights: all or nothing, and a heavy request is not overtaken', async () => {
    const [one, two] = clients(2)
    const light = await db(one, 5).acquire({ weight: 2 })
    expect(await db(two, 5).tryAcquire({ weight: 4 })).toBeNull()
    const order: string[] = []
    const heavy = db(two, 5).run(() => order.push('heavy'), { weight: 4 })
    await queued(one.redis, KEY, 1)
    const later = db(one, 5).run(() => order.push('later'), { weight: 2 })
    await queued(one.redis, KEY, 2)
    expect(await db(one, 5).tryAcquire({ weight: 1 })).toBeNull()
    expect(await db(one, 5).info()).toMatchObject({ permits: 5, available: 3, held: 2, waiting: 2 })
    expect(await db(one, 5).inspect()).toMatchObject([{ weight: 2, token: light.token }])
    await light.release()
    await Promise.all([heavy, later])
    expect(order).toEqual(['heavy', 'later'])
    await nothingLeft(one.redis)
  })

  test('an end of the lease without renewal gives the permit to who waits; the holder is told first', async () => {
    const [one, two] = clients(2, { renew: false })
    const lease = await db(one, 1).acquire({ ttlMs: 200 })
    const next = await db(two, 1).acquire()
    expect(lease.signal.aborted).toBe(true)
    expect(await lease.release()).toBe(false)
    expect(next.isHeld()).toBe(true)
    expect(await db(one, 1).info()).toMatchObject({ held: 1 })
    await next.release()
  })

  test('forceRelease: the holders are told at their renewal, who waits is served', async () => {
    const [one, two] = clients(2, { ttlMs: 300 })
    const leases = [await db(one).acquire(), await db(one).acquire()]
    const waiting = db(two).acquire()
    await queued(one.redis, KEY, 1)
    expect(await db(two).forceRelease()).toBe(true)
    await (await waiting).release()
    await waitUntil('both know', () => leases.every(lease => lease.signal.aborted))
    expect(await db(two).forceRelease()).toBe(false)
    await nothingLeft(one.redis)
  })
})

describe('the limit at run time', () => {
  test('more permits go to those who wait, of this process and of others', async () => {
    const [one, two] = clients(2)
    const held = await db(one, 1).acquire()
    const waiting = [1, 2, 3].map(() => db(two, 1).acquire())
    await queued(one.redis, KEY, 1)
    expect((await db(two, 1).info()).waiting).toBe(3)
    expect((await db(one, 1).info()).waiting).toBe(1)
    await db(one, 1).setPermits(4)
    const leases = await Promise.all(waiting)
    expect(await db(two, 1).info()).toMatchObject({ permits: 4, available: 0, held: 4, waiting: 0 })
    await db(one, 1).setPermits(2)
    expect(await db(two, 1).info()).toMatchObject({ permits: 2, available: 0, held: 4 })
    await held.release()
    await leases.pop()?.release()
    expect(await db(two, 1).tryAcquire()).toBeNull()
    await leases.pop()?.release()
    leases.push(await db(two, 1).acquire())
    expect(await db(one, 1).addPermits(3)).toBe(5)
    expect(await db(one, 1).addPermits(-9)).toBe(0)
    await db(one, 1).resetPermits()
    expect(await db(two, 1).info()).toMatchObject({ permits: 1 })
    for (const lease of leases) await lease.release()
    await nothingLeft(one.redis)
  })

  test('a limit of its own outlives the holders, but not for ever', async () => {
    const [one] = clients(1)
    await db(one).setPermits(1)
    await (await db(one).acquire()).release()
    expect(await db(one).info()).toMatchObject({ permits: 1, available: 1 })
    expect(await one.redis.pttl(KEY)).toBeGreaterThan(6 * 24 * 3_600_000)
  })
})

test('a change of the limit that is sent twice, because its reply was lost, counts once', async () => {
  const [one] = clients(1)
  const store = new LockStore(one.redis, 'lock', SEMAPHORE)
  const keys = store.keys('db')
  store.ticket = () => 'same'
  expect(await store.setLimit(keys, 'add', 3, 2)).toBe(5)
  expect(await store.setLimit(keys, 'add', 3, 2)).toBe(5)
  store.ticket = () => 'another'
  expect(await store.setLimit(keys, 'add', 3, 2)).toBe(8)
})

describe('waiting', () => {
  test('first come, first served across clients', async () => {
    const [first, ...others] = clients(5)
    const leases = [await db(first).acquire(), await db(first).acquire()]
    const waiting: Promise<number>[] = []
    for (const [i, client] of others.entries()) {
      waiting.push(db(client).run(({ token }) => token))
      await queued(first.redis, KEY, i + 1)
    }
    for (const lease of leases) await lease.release()
    const tokens = await Promise.all(waiting)
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b))
    await nothingLeft(first.redis)
  })

  test('the waiters of one process are served in order', async () => {
    const [one] = clients(1)
    const all = Array.from({ length: 60 }, () =>
      db(one, 3).run(async ({ token }) => {
        await pause(1)
        return token
      }),
    )
    const tokens = await Promise.all(all)
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b))
    await nothingLeft(one.redis)
  })

  test('time-out, abort and waitMs 0 leave no ticket; who is behind is served', async () => {
    const [one, two, three] = clients(3)
    const lease = await db(one, 3).acquire({ weight: 2 })
    const heavy = outcome(db(two, 3).acquire({ weight: 3, waitMs: 400 }))
    await queued(one.redis, KEY, 1)
    const stop = new AbortController()
    const aborted = outcome(db(two, 3).acquire({ signal: stop.signal }))
    const light = db(three as Client, 3).acquire()
    await queued(one.redis, KEY, 2)
    expect(await outcome(db(one, 3).acquire({ waitMs: 0 }))).toBe('LOCK_TIMEOUT')
    stop.abort(new Error('enough'))
    expect(await aborted).toBe('enough')
    expect(await heavy).toBe('LOCK_TIMEOUT')
    await (await light).release()
    await lease.release()
    await nothingLeft(one.redis)
  })

  test('time-out against grant, many times: every permit is free afterwards', async () => {
    const [one, two] = clients(2)
    for (let i = 0; i < 300; i++) {
      const lease = await db(one, 1).acquire()
      const waiting = db(two, 1).run(() => undefined, { waitMs: 1 + (i % 4) })
      const released = pause(i % 4).then(() => lease.release())
      await Promise.allSettled([waiting, released])
    }
    await nothingLeft(one.redis)
  }, 30_000)

  test('a contended handoff is one command, and 40 waiters on 4 clients are served evenly', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const all = clients(4, { waitMs: 30_000 }, server.url)
    const evals = async () => {
      const info = await all[0].redis.info('commandstats')
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(info)?.[1] ?? 0)
    }
    const served = new Map<number, number>()
    const rounds = 40
    const work = async (client: Client, me: number) => {
      for (let i = 0; i < rounds; i++) {
        await db(client, 5).run(async () => {
          // Long enough for a line to form: of free permits a call is one command, and so is its release.
          await pause(2)
          served.set(me, (served.get(me) ?? 0) + 1)
        })
      }
    }
    await Promise.all(all.map(client => work(client, -1)))
    served.clear()
    const before = await evals()
    await Promise.all(
      all.flatMap((client, c) => Array.from({ length: 10 }, (_, w) => work(client, c * 10 + w))),
    )
    const perAcquisition = ((await evals()) - before) / (40 * rounds)
    expect([...served.values()]).toEqual(Array(40).fill(rounds))
    expect(perAcquisition).toBeLessThanOrEqual(1.2)
  }, 30_000)
})

describe('I6', () => {
  test('whatever callers do, the weights in use never exceed the permits, and all come back', async () => {
    const all = clients(3, { waitMs: 20_000, ttlMs: 5_000 })
    const call = fc.record({
      client: fc.nat(2),
      weight: fc.integer({ min: 1, max: 4 }),
      holdMs: fc.nat(6),
      startMs: fc.nat(20),
      waitMs: fc.constantFrom(1, 5, 20_000, 20_000, 20_000),
      way: fc.constantFrom('acquire', 'acquire', 'try', 'leave'),
    })
    const property = fc.asyncProperty(
      fc.integer({ min: 4, max: 6 }),
      fc.array(call, { minLength: 1, maxLength: 40 }),
      async (permits, calls) => {
        let inUse = 0
        let most = 0
        await Promise.all(
          calls.map(async ({ client, weight, holdMs, startMs, waitMs, way }) => {
            const semaphore = db(all[client] as Client, permits)
            await pause(startMs)
            const signal = way === 'leave' ? AbortSignal.timeout(holdMs) : undefined
            const acquiring =
              way === 'try'
                ? semaphore.tryAcquire({ weight })
                : semaphore.acquire({ weight, waitMs, ...(signal && { signal }) })
            const lease = await acquiring.catch(error => {
              if (error instanceof LockStoreError && waitMs < 10) return null
              if (error instanceof LockTimeoutError || signal?.aborted) return null
              throw error
            })
            if (!lease) return
            inUse += weight
            most = Math.max(most, inUse)
            await pause(holdMs)
            inUse -= weight
            expect(await lease.release()).toBe(true)
          }),
        )
        expect(most).toBeLessThanOrEqual(permits)
        await nothingLeft(all[0].redis)
      },
    )
    await fc.assert(property, { numRuns: 40 })
  }, 120_000)

  test('permits of killed processes come back with the end of their leases, and not before', async () => {
    const redis = new RedisClient({ url: inject('redisUrl') })
    onTestFinished(() => redis.disconnect())
    const name = uniquePrefix('killed')
    const semaphore = createLocks(redis).semaphore(name, { permits: 3 })
    const workers = [1, 2, 3].map(() => startWorker('permit', name, 1_500))
    await Promise.all(workers.map(worker => worker.says('held')))
    expect(await semaphore.info()).toMatchObject({ available: 0, held: 3 })
    for (const { child } of workers.slice(0, 2)) child.kill('SIGKILL')
    await Promise.all(workers.slice(0, 2).map(worker => worker.exit()))
    expect(await semaphore.tryAcquire()).toBeNull()
    const leases = await Promise.all([semaphore.acquire(), semaphore.acquire()])
    expect(await semaphore.info()).toMatchObject({ available: 0, held: 3 })
    expect(await semaphore.tryAcquire()).toBeNull()
    workers[2]?.child.kill('SIGKILL')
    leases.push(await semaphore.acquire())
    for (const lease of leases) await lease.release()
    expect(await semaphore.inspect()).toEqual([])
  }, 60_000)
})

test('five processes, two of them killed at work: never more than the permits, by the time of Redis', async () => {
  const redis = new RedisClient({ url: inject('redisUrl') })
  onTestFinished(() => redis.disconnect())
  const now = async () => {
    const { seconds, microseconds } = await redis.time()
    return seconds * 1e6 + microseconds
  }
  const name = uniquePrefix('chaos')
  const workers = Array.from({ length: 5 }, () => startWorker('permits', name, 30))
  await Promise.all(workers.map(worker => worker.says('begins')))
  await waitUntil('they work', async () => (await redis.llen(`${name}:log`)) > 20, {
    timeoutMs: 20_000,
  })
  const killed = new Map<number, number>()
  for (const { child } of workers.slice(0, 2)) {
    killed.set(child.pid ?? 0, await now())
    child.kill('SIGKILL')
  }
  const codes = await Promise.all(workers.slice(2).map(worker => worker.exit()))
  expect(codes).toEqual([0, 0, 0])
  const ends = await redis.hgetall(`${name}:ends`)
  const events = (await redis.lrange(`${name}:log`, 0, -1)).flatMap(line => {
    const [token = '', weight, pid, start] = line.split(' ')
    // A killed one had its permits until its death, at least.
    const end = Number(ends[token] ?? killed.get(Number(pid)))
    return [
      { at: Number(start), permits: Number(weight) },
      { at: end, permits: -Number(weight) },
    ]
  })
  let inUse = 0
  let most = 0
  for (const { permits } of events.sort((a, b) => a.at - b.at || a.permits - b.permits)) {
    inUse += permits
    most = Math.max(most, inUse)
  }
  expect(events.length).toBeGreaterThan(2 * 90)
  expect(most).toBe(3)
  const semaphore = createLocks(redis).semaphore(name, { permits: 3 })
  await waitUntil('all permits are back', async () => (await semaphore.info()).available === 3)
  await redis.unlink(`${name}:log`, `${name}:ends`)
}, 90_000)

describe('when Redis fails', () => {
  test('frozen: the signal fires at the local deadline, a waiter ends in time, nothing stays', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const [one] = clients(1, {}, server.url)
    const lease = await db(one).acquire({ ttlMs: 300 })
    server.pause()
    const error = await db(one)
      .acquire({ waitMs: 200 })
      .catch((it: unknown) => it)
    expect(error).toBeInstanceOf(LockStoreError)
    await waitUntil('the holder is told', () => lease.signal.aborted, { timeoutMs: 3_000 })
    server.resume()
    await waitUntil('the late grant is back', async () => (await db(one).info()).held === 0)
  })

  test('FLUSHALL: holders are told, tokens rise, the semaphore goes on', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const [one] = clients(1, { ttlMs: 300 }, server.url)
    const lease = await db(one).acquire()
    await one.redis.flushall()
    await waitUntil('the holder is told', () => lease.signal.aborted)
    expect(await db(one).run(({ token }) => token)).toBeGreaterThan(lease.token)
    await nothingLeft(one.redis)
  })

  test('a key that is no semaphore is an error, not a wait', async () => {
    const [one] = clients(1)
    await one.redis.set(KEY, 'x')
    expect(await outcome(db(one).acquire())).toBe('LOCK_STORE')
    expect(await outcome(db(one).info())).toBe('LOCK_STORE')
    expect(await outcome(db(one).setPermits(3))).toBe('LOCK_STORE')
  })
})

describe('bad input is refused by name before any command', () => {
  const client = () => clients(1)[0]
  test.each([
    ['an empty name', () => client().locks.semaphore('', { permits: 1 }), 'name'],
    ['no permits', () => client().locks.semaphore('a', {} as never), 'permits'],
    ['permits 0', () => client().locks.semaphore('a', { permits: 0 }), 'permits'],
    ['permits 1.5', () => client().locks.semaphore('a', { permits: 1.5 }), 'permits'],
    ['no options', () => client().locks.semaphore('a', undefined as never), 'permits'],
    [
      'an unknown option',
      () => client().locks.semaphore('a', { permits: 1, max: 2 } as never),
      'max',
    ],
    ['weight 0', () => db(client()).acquire({ weight: 0 }), 'weight'],
    ['weight above the permits', () => db(client()).tryAcquire({ weight: 3 }), 'weight'],
    ['weight as text', () => db(client()).run(() => 1, { weight: '1' as never }), 'weight'],
    ['setPermits -1', () => db(client()).setPermits(-1), 'permits'],
    ['addPermits NaN', () => db(client()).addPermits(Number.NaN), 'amount'],
    ['waitMs as text', () => db(client()).acquire({ waitMs: '5' as never }), 'waitMs'],
  ])('%s', async (_, call, argument) => {
    const error = await (async () => call())().catch((it: unknown) => it)
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', argument })
  })
})

import { RedisClient } from '@gravito/plasma'
import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import fc from 'fast-check'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, LockStoreError, LockTimeoutError } from '../../src/index.js'
import { startWorker } from '../processes.js'
import { type Client, clients, nothingLeft, outcome, pause, queued } from '../setup.js'

const KEY = 'lock:{doc}:rw'
const doc = ({ locks }: Client) => locks.readWrite('doc')

describe('holding', () => {
  test('readers together, a writer alone; nothing is left but the token mark', async () => {
    const [one, two] = clients(2)
    const readers = [await doc(one).read().acquire(), await doc(two).read().acquire()]
    expect(await doc(two).write().tryAcquire()).toBeNull()
    expect((await doc(one).inspect()).readers.map(({ token }) => token)).toEqual(
      expect.arrayContaining(readers.map(({ token }) => token)),
    )
    for (const lease of readers) await lease.release()
    const writer = await doc(one).write().acquire()
    expect(writer.token).toBeGreaterThan(readers[1]?.token ?? 0)
    expect(await doc(one).inspect()).toMatchObject({
      writer: { token: writer.token },
      readers: [],
      waiting: 0,
    })
    expect(await doc(two).write().tryAcquire()).toBeNull()
    expect(await doc(two).read().tryAcquire()).toBeNull()
    await writer.release()
    await nothingLeft(one.redis)
  })

  test('run, renewal, restore, forceRelease', async () => {
    const [one, two] = clients(2, { ttlMs: 600 })
    await doc(one)
      .write()
      .run(async ({ assertHeld }) => {
        await pause(1_500)
        assertHeld()
        expect(await doc(two).read().tryAcquire()).toBeNull()
      })
    const lease = await doc(one).read().acquire()
    const taken = await doc(two).read().restore(lease.toJSON())
    expect(taken?.token).toBe(lease.token)
    expect(await doc(two).forceRelease()).toBe(true)
    expect(await doc(two).forceRelease()).toBe(false)
    await waitUntil('both know', () => lease.signal.aborted && taken?.signal.aborted === true)
    await nothingLeft(one.redis)
  })
})

describe('phase-fair', () => {
  test('a reader that comes later waits behind a writer; after a writer all readers come in', async () => {
    const [one, two, three] = clients(3)
    const order: string[] = []
    const enter = (
      client: Client,
      side: 'read' | 'write',
      name: string,
      until?: Promise<unknown>,
    ) =>
      doc(client)
        [side]()
        .run(async () => {
          order.push(name)
          await until
          order.push(`${name} ends`)
        })
    const first = await doc(one).read().acquire()
    const calls = [enter(two, 'write', 'w1')]
    await queued(one.redis, KEY, 1)
    expect(await doc(one).read().tryAcquire()).toBeNull()
    let meet = () => {}
    const met = new Promise<void>(resolve => {
      meet = resolve
    })
    calls.push(enter(one, 'read', 'r1', met))
    await queued(one.redis, KEY, 2)
    calls.push(enter(three as Client, 'write', 'w2'))
    await queued(one.redis, KEY, 3)
    calls.push(enter(three as Client, 'read', 'r2', met))
    calls.push(enter(one, 'read', 'r3', met))
    await queued(one.redis, KEY, 5)
    await first.release()
    await waitUntil('all three readers are in together', () =>
      ['r1', 'r2', 'r3'].every(name => order.includes(name)),
    )
    expect(order.slice(0, 2)).toEqual(['w1', 'w1 ends'])
    expect(order).not.toContain('w2')
    meet()
    await Promise.all(calls)
    expect(order.slice(-2)).toEqual(['w2', 'w2 ends'])
    await nothingLeft(one.redis)
  })

  test('a stream of readers that never ends does not keep a writer out, nor writers a reader', async () => {
    const all = clients(3)
    for (const [many, single] of [
      ['read', 'write'],
      ['write', 'read'],
    ] as const) {
      let stop = false
      const stream = all.flatMap(client =>
        [1, 2, 3].map(async () => {
          while (!stop)
            await doc(client)
              [many]()
              .run(() => pause(3))
        }),
      )
      for (let i = 0; i < 10; i++)
        await doc(all[1])
          [single]()
          .run(() => pause(1))
      stop = true
      await Promise.all(stream)
    }
    await nothingLeft(all[0].redis)
  })

  test('40 readers of one process come in together', async () => {
    const [one, two] = clients(2)
    const writer = await doc(two).write().acquire()
    let inside = 0
    const all = Array.from({ length: 40 }, () =>
      doc(one)
        .read()
        .run(async () => {
          inside++
          await waitUntil('all are in', () => inside === 40)
        }),
    )
    await queued(two.redis, KEY, 40)
    const behind = doc(two)
      .write()
      .run(() => inside)
    await queued(two.redis, KEY, 41)
    await writer.release()
    await Promise.all(all)
    expect(await behind).toBe(40)
  })
})

describe('exclusion', () => {
  test('whatever callers do, a writer is alone, and nothing is left', async () => {
    const all = clients(3, { waitMs: 20_000, ttlMs: 5_000 })
    const call = fc.record({
      client: fc.nat(2),
      side: fc.constantFrom('read' as const, 'read' as const, 'write' as const),
      holdMs: fc.nat(6),
      startMs: fc.nat(20),
      waitMs: fc.constantFrom(1, 5, 20_000, 20_000),
      way: fc.constantFrom('acquire', 'acquire', 'try', 'leave'),
    })
    const property = fc.asyncProperty(fc.array(call, { maxLength: 40 }), async calls => {
      const inside = { read: 0, write: 0 }
      const wrong: string[] = []
      await Promise.all(
        calls.map(async ({ client, side, holdMs, startMs, waitMs, way }) => {
          const lock = doc(all[client] as Client)[side]()
          await pause(startMs)
          const signal = way === 'leave' ? AbortSignal.timeout(holdMs) : undefined
          const acquiring =
            way === 'try' ? lock.tryAcquire() : lock.acquire({ waitMs, ...(signal && { signal }) })
          const lease = await acquiring.catch(error => {
            if (error instanceof LockTimeoutError || signal?.aborted) return null
            if (error instanceof LockStoreError && waitMs < 10) return null
            throw error
          })
          if (!lease) return
          inside[side]++
          if (inside.write > 1 || (inside.write === 1 && inside.read > 0)) {
            wrong.push(JSON.stringify(inside))
          }
          await pause(holdMs)
          inside[side]--
          expect(await lease.release()).toBe(true)
        }),
      )
      expect(wrong).toEqual([])
      await nothingLeft(all[0].redis)
    })
    await fc.assert(property, { numRuns: 40 })
  }, 120_000)

  test('a killed writer: readers come in when its lease ends', async () => {
    const redis = new RedisClient({ url: inject('redisUrl') })
    onTestFinished(() => redis.disconnect())
    const lock = createLocks(redis).readWrite(uniquePrefix('killed'))
    const worker = startWorker('write', lock.name, 800)
    const token = Number(await worker.says('held'))
    worker.child.kill('SIGKILL')
    await worker.exit()
    const leases = await Promise.all([lock.read().acquire(), lock.read().acquire()])
    for (const lease of leases) {
      expect(lease.token).toBeGreaterThan(token)
      await lease.release()
    }
  }, 30_000)

  test('time-out and abort of a waiting writer let the readers behind it in', async () => {
    const [one, two] = clients(2)
    const reader = await doc(one).read().acquire()
    const late = outcome(doc(two).write().acquire({ waitMs: 400 }))
    const stop = new AbortController()
    const aborted = outcome(doc(two).write().acquire({ signal: stop.signal }))
    await queued(one.redis, KEY, 2)
    const behind = doc(one).read().acquire()
    await queued(one.redis, KEY, 3)
    stop.abort(new Error('enough'))
    expect(await Promise.all([late, aborted])).toEqual(['LOCK_TIMEOUT', 'enough'])
    await (await behind).release()
    await reader.release()
    await nothingLeft(one.redis)
  })
})

test('bad input is refused by name; a key that is no lock is an error', async () => {
  const [one] = clients(1)
  expect(() => one.locks.readWrite('')).toThrow(expect.objectContaining({ argument: 'name' }))
  expect(() => one.locks.readWrite('a', { ttlMs: 0 })).toThrow(
    expect.objectContaining({ argument: 'ttlMs' }),
  )
  await expect(doc(one).write().acquire({ waitMs: -1 })).rejects.toMatchObject({
    argument: 'waitMs',
  })
  await one.redis.set(KEY, 'x')
  expect(await outcome(doc(one).read().acquire())).toBe('LOCK_STORE')
  expect(await outcome(doc(one).inspect())).toBe('LOCK_STORE')
})

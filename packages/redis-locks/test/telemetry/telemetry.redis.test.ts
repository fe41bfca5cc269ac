import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { RedisClient } from '@gravito/plasma'
import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import {
  createLocks,
  type LockEvent,
  type LockEventName,
  LockLostError,
  type LocksOptions,
} from '../../src/index.js'
import { Durations } from '../../src/telemetry/stats.js'
import { LOCK_CHANNEL, Telemetry } from '../../src/telemetry/telemetry.js'

const NAMES: LockEventName[] = [
  'acquire',
  'refuse',
  'timeout',
  'abort',
  'fail',
  'renew',
  'release',
  'lost',
]

function setup(options: LocksOptions = {}) {
  const redis = new RedisClient({
    url: inject('redisUrl'),
    keyPrefix: uniquePrefix('told'),
    retryDelay: 20,
  })
  onTestFinished(() => redis.disconnect())
  const locks = createLocks(redis, options)
  const events: LockEvent[] = []
  for (const name of NAMES) locks.on(name, event => events.push(event))
  return { redis, locks, events }
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

describe('events', () => {
  test('of a mutex that is waited for, refused, timed out, aborted and released', async () => {
    const { locks, events } = setup()
    const lease = await locks.mutex('a').acquire()
    expect(await locks.mutex('a').tryAcquire()).toBeNull()
    await locks
      .mutex('a')
      .acquire({ waitMs: 20 })
      .catch(() => undefined)
    const signal = AbortSignal.timeout(20)
    await locks
      .mutex('a')
      .acquire({ signal })
      .catch(() => undefined)
    const waiting = locks.withLock('a', ({ token }) => token)
    await pause(30)
    await lease.release()
    const token = await waiting
    expect(events.map(({ event }) => event)).toEqual([
      'acquire',
      'refuse',
      'timeout',
      'abort',
      'release',
      'acquire',
      'release',
    ])
    expect(events[0]).toMatchObject({ kind: 'mutex', lock: 'a', token: lease.token })
    expect(events[0]?.contended).toBe(false)
    expect(events[2]?.waitMs).toBeGreaterThanOrEqual(19)
    expect(events[4]?.holdMs).toBeGreaterThanOrEqual(60)
    expect(events[5]).toMatchObject({ token, contended: true })
    expect(events[5]?.waitMs).toBeGreaterThanOrEqual(28)
  })

  test('of renewals and of a loss, with its error', async () => {
    const { redis, locks, events } = setup({ ttlMs: 900 })
    const lease = await locks.mutex('a').acquire()
    await waitUntil('it is renewed', () => events.some(({ event }) => event === 'renew'))
    await redis.del('lock:{a}')
    await waitUntil('it is lost', () => lease.signal.aborted)
    await lease.release()
    const lost = events.at(-1)
    expect(lost).toMatchObject({ event: 'lost', lock: 'a', token: lease.token })
    expect(lost?.error).toBeInstanceOf(LockLostError)
    const renewed = events.find(({ event }) => event === 'renew')
    expect(renewed?.remainingMs).toBeGreaterThan(0)
  })

  test('of the other kinds, and of a wait that Redis ended', async () => {
    const { redis, locks, events } = setup()
    await locks.semaphore('s', { permits: 2 }).run(() => undefined)
    await locks
      .readWrite('d')
      .read()
      .run(() => undefined)
    await redis.rpush('lock:{w}', 'x')
    await locks
      .mutex('w')
      .acquire()
      .catch(() => undefined)
    await redis.del('lock:{w}')
    expect(events.map(({ kind, event }) => `${kind} ${event}`)).toEqual([
      'semaphore acquire',
      'semaphore release',
      'read-write acquire',
      'read-write release',
      'mutex fail',
    ])
    expect(events.at(-1)?.error).toMatchObject({ code: 'LOCK_STORE' })
  })

  test('off takes a listener away; one that throws becomes a warning and disturbs nobody', async () => {
    const { locks, events } = setup()
    const unwanted = vi.fn()
    locks.on('acquire', unwanted).off('acquire', unwanted)
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    onTestFinished(() => warned.mockRestore())
    const bad = () => {
      throw new Error('a bad listener')
    }
    locks.on('acquire', bad)
    expect(await locks.withLock('a', () => 1)).toBe(1)
    expect(warned).toHaveBeenCalledWith(new Error('a bad listener'))
    expect(unwanted).not.toHaveBeenCalled()
    expect(events).toHaveLength(2)
    expect(() => locks.on('acquired' as never, bad)).toThrow(
      'no event of locks; there are: acquire',
    )
  })

  test('the diagnostics channel carries all of them', async () => {
    const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('channel') })
    onTestFinished(() => redis.disconnect())
    const heard: LockEvent[] = []
    const name = uniquePrefix('heard')
    const hear = (message: unknown) => heard.push(message as LockEvent)
    subscribe('gravito:redis:lock', hear)
    await createLocks(redis).withLock(name, () => undefined)
    unsubscribe('gravito:redis:lock', hear)
    await createLocks(redis).withLock(name, () => undefined)
    const own = heard.filter(({ lock }) => lock === name)
    expect(own.map(({ event }) => event)).toEqual(['acquire', 'release'])
    expect(LOCK_CHANNEL).toBe('gravito:redis:lock')
  })

  test('no event is built while nobody listens to it', async () => {
    const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('silent') })
    onTestFinished(() => redis.disconnect())
    const told = vi.spyOn(Telemetry.prototype, 'tell')
    onTestFinished(() => told.mockRestore())
    const locks = createLocks(redis, { ttlMs: 300 })
    const useAll = async () => {
      const lease = await locks.mutex('a').acquire()
      await locks.mutex('a').tryAcquire()
      await locks
        .mutex('a')
        .acquire({ waitMs: 80 })
        .catch(() => undefined)
      await redis.del('lock:{a}')
      await waitUntil('it is lost', () => lease.signal.aborted)
      await locks.withLock('a', () => undefined)
    }
    await useAll()
    expect(told).not.toHaveBeenCalled()
    const listener = vi.fn()
    locks.on('lost', listener)
    await useAll()
    expect(told).toHaveBeenCalledTimes(1)
    expect(listener).toHaveBeenCalledTimes(1)
  })
})

describe('statistics', () => {
  test('count what happened, per lock and in total', async () => {
    const { locks } = setup()
    const lease = await locks.mutex('a').acquire()
    await locks
      .mutex('a')
      .acquire({ waitMs: 10 })
      .catch(() => undefined)
    await locks.mutex('a').tryAcquire()
    const waiting = Promise.all([1, 2, 3].map(() => locks.withLock('a', () => pause(10))))
    await pause(20)
    await lease.release()
    await waiting
    await locks.semaphore('s', { permits: 1 }).run(() => undefined)
    const { total, locks: each } = locks.stats()
    expect(each.a).toMatchObject({
      acquisitions: 4,
      contended: 3,
      timeouts: 1,
      refused: 1,
      lost: 0,
    })
    expect(each.a?.waitMs.count).toBe(5)
    expect(each.a?.holdMs.count).toBe(4)
    expect(each.a?.holdMs.max).toBeGreaterThanOrEqual(25)
    expect(each['semaphore:s']).toMatchObject({ acquisitions: 1, contended: 0 })
    expect(total.acquisitions).toBe(5)
  })

  test('a thousand locks are listed, the total knows all', async () => {
    const telemetry = new Telemetry()
    for (let i = 0; i < 2_500; i++) telemetry.acquired('mutex', `n${i}`, i, 1, false)
    const { total, locks } = telemetry.stats()
    expect(Object.keys(locks)).toHaveLength(1_000)
    expect(locks.n2499?.acquisitions).toBe(1)
    expect(total.acquisitions).toBe(2_500)
  })

  test('percentiles are at most a quarter too high, from 10 microseconds to hours', () => {
    for (const scale of [0.02, 1, 37, 5_000, 3_600_000]) {
      const durations = new Durations()
      for (let i = 1; i <= 1_000; i++) durations.record((i / 1_000) * scale)
      const { count, mean, p50, p95, p99, max } = durations.stats()
      expect([count, max]).toEqual([1_000, scale])
      expect(mean).toBeCloseTo(scale * 0.5005, 6)
      for (const [percentile, exact] of [
        [p50, 0.5],
        [p95, 0.95],
        [p99, 0.99],
      ] as const) {
        expect(percentile / scale).toBeGreaterThanOrEqual(exact - 1e-9)
        expect(percentile / scale).toBeLessThanOrEqual(exact * 1.261)
      }
    }
    expect(new Durations().stats()).toMatchObject({ count: 0, mean: 0, p50: 0, max: 0 })
  })
})

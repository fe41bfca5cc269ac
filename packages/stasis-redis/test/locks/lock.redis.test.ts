import { Redis } from '@gravito/plasma'
import { LockTimeoutError } from '@gravito/redis-locks'
import { startRedis, waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { setup } from '../setup.js'

describe('lock', () => {
  test('is given back by its owner only, and ends by itself', async () => {
    const { store } = setup()
    const one = store.lock('job', 10)
    const other = store.lock('job', 10)
    expect(await one.acquire()).toBe(true)
    expect(await other.acquire()).toBe(false)
    await other.release()
    expect(await store.lock('job').acquire()).toBe(false)
    await one.release()
    const brief = store.lock('job', 0.05)
    expect(await brief.acquire()).toBe(true)
    await waitUntil('it ended', () => other.acquire())
    await brief.release()
    expect(await store.lock('job').acquire()).toBe(false)
    await other.release()
  })

  test('lasts 10 s unless told', async () => {
    const { redis, store } = setup()
    const lock = store.lock('job')
    await lock.acquire()
    const [place = ''] = await redis.keys('cache:l:*{job}')
    expect(await redis.pttl(place)).toBeGreaterThan(9_000)
    expect(await redis.pttl(place)).toBeLessThanOrEqual(10_000)
    await lock.release()
  })

  test('block waits for it, runs, and gives it back, also when the callback fails', async () => {
    const { store } = setup()
    const order: string[] = []
    const one = store.lock('job')
    await one.acquire()
    const waiting = store.lock('job').block(5, () => order.push('second'), { sleepMillis: 1 })
    order.push('first')
    await one.release()
    expect(await waiting).toBe(2)
    expect(order).toEqual(['first', 'second'])
    const failing = store.lock('job').block(5, () => {
      throw new Error('its own failure')
    })
    await expect(failing).rejects.toThrow('its own failure')
    expect(await one.acquire()).toBe(true)
    await one.release()
  })

  test('block gives up after its seconds', async () => {
    const { store } = setup()
    const one = store.lock('job')
    await one.acquire()
    let ran = false
    const late = store.lock('job').block(0.05, () => {
      ran = true
    })
    await expect(late).rejects.toBeInstanceOf(LockTimeoutError)
    expect(ran).toBe(false)
    await one.release()
  })

  test('seconds that mean nothing are refused', async () => {
    const { store } = setup()
    for (const seconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5']) {
      expect(() => store.lock('job', seconds as number)).toThrow(/seconds/)
    }
    for (const seconds of [-1, Number.NaN, '5']) {
      await expect(store.lock('job').block(seconds as number, () => 1)).rejects.toMatchObject({
        argument: 'seconds',
      })
    }
  })

  test('may be made before the facade is configured, and follows a new configuration', async () => {
    const servers = await Promise.all([startRedis(), startRedis()])
    onTestFinished(async () => {
      await Redis.reset()
      await Promise.all(servers.map(server => server.stop()))
    })
    const store = new RedisStore()
    const lock = store.lock('job')
    await expect(lock.acquire()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
    for (const { port } of servers) {
      Redis.configure({ connections: { main: { port } } })
      expect(await store.lock('job').acquire()).toBe(true)
      expect(await store.lock('job').acquire()).toBe(false)
    }
  })
})

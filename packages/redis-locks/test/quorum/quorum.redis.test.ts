import { RedisClient } from '@gravito/plasma'
import { type RedisServer, startRedis, waitUntil } from '@gravito/redis-testing'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { LockQuorumError, type QuorumOptions, quorum } from '../../src/index.js'
import { nothingLeft, outcome, pause } from '../setup.js'

const KEY = 'lock:{x}:quorum'
let servers: RedisServer[] = []

beforeAll(async () => {
  servers = await Promise.all([1, 2, 3].map(() => startRedis()))
})
afterAll(async () => {
  await Promise.all(servers.map(server => server.stop()))
})
beforeEach(async () => {
  await Promise.all(nodes().map(node => node.flushall()))
})

function nodes() {
  return servers.map(({ url }) => {
    const redis = new RedisClient({ url, retryDelay: 20 })
    onTestFinished(() => redis.disconnect())
    return redis
  })
}

function setup(options: QuorumOptions = {}) {
  const clients = nodes()
  return { clients, mutex: quorum(clients, options).mutex('x') }
}

const holders = async () =>
  Promise.all(nodes().map(async node => (await node.get(KEY))?.split('|')[0] ?? null))

describe('a quorum of three', () => {
  test('one holder; tokens rise; only the token marks are left', async () => {
    const [one, two] = [setup(), setup()]
    const lease = await one.mutex.acquire()
    expect(await two.mutex.tryAcquire()).toBeNull()
    expect(await two.mutex.inspect()).toMatchObject({ token: lease.token })
    expect(await lease.extend(20_000)).toBe(true)
    expect(lease.remainingMs()).toBeGreaterThan(15_000)
    expect(lease.remainingMs()).toBeLessThan(20_000 * 0.99)
    expect(await lease.release()).toBe(true)
    expect(await lease.release()).toBe(false)
    const next = await two.mutex.run(({ token, assertHeld }) => {
      assertHeld()
      return token
    })
    expect(next).toBeGreaterThan(lease.token)
    expect(await one.mutex.inspect()).toBeNull()
    for (const node of one.clients) {
      await nothingLeft(node)
    }
  })

  test('no two sections overlap, whoever waits', async () => {
    const all = [1, 2, 3].map(() => setup({ waitMs: 30_000, retryMs: 5 }))
    const tokens: number[] = []
    let inside = 0
    await Promise.all(
      all.map(async ({ mutex }) => {
        for (let i = 0; i < 12; i++) {
          await mutex.run(async ({ token }) => {
            expect(++inside).toBe(1)
            tokens.push(token)
            await pause(1)
            inside--
          })
        }
      }),
    )
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
    expect(tokens).toHaveLength(36)
  }, 60_000)

  test('tokens rise although the clocks of the nodes differ, whichever majority grants', async () => {
    const { clients, mutex } = setup({ waitMs: 5_000, nodeMs: 300 })
    const [ahead, , third] = servers as [RedisServer, RedisServer, RedisServer]
    const future = Date.now() * 1_000 + 3_600e6
    await (clients[0] as RedisClient).set('lock:fence', String(future))
    await mutex.run(() => undefined)
    third.pause()
    let first = 0
    try {
      first = await mutex.run(({ token }) => token)
    } finally {
      third.resume()
    }
    expect(first).toBeGreaterThan(future)
    ahead.pause()
    try {
      expect(await mutex.run(({ token }) => token)).toBeGreaterThan(first)
    } finally {
      ahead.resume()
    }
    await waitUntil('nothing is left', async () => (await holders()).every(it => it === null))
  }, 30_000)

  test('a time-out, an abort and waitMs 0 leave nothing of the one that waited', async () => {
    const [one, two] = [setup(), setup()]
    const lease = await one.mutex.acquire()
    const mine = await holders()
    expect(await outcome(two.mutex.acquire({ waitMs: 250 }))).toBe('LOCK_TIMEOUT')
    expect(await outcome(two.mutex.acquire({ waitMs: 0 }))).toBe('LOCK_TIMEOUT')
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), 100)
    expect(await outcome(two.mutex.acquire({ signal: stop.signal }))).toBe('enough')
    expect(await holders()).toEqual(mine)
    expect(await two.mutex.forceRelease()).toBe(true)
    expect(await two.mutex.forceRelease()).toBe(false)
    expect(await lease.release()).toBe(false)
  })

  test('what a minority granted is given back', async () => {
    const { clients, mutex } = setup()
    const [a, b] = clients as [RedisClient, RedisClient]
    await a.set(KEY, 'other:1|5', { px: 60_000 })
    await b.set(KEY, 'another:1|6', { px: 60_000 })
    expect(await mutex.tryAcquire()).toBeNull()
    expect(await mutex.inspect()).toBeNull()
    expect(await holders()).toEqual(['other:1', 'another:1', null])
  })

  test('another process takes over by JSON; renewal keeps it; force is noticed', async () => {
    const [one, two] = [setup({ ttlMs: 1_500 }), setup({ ttlMs: 1_500 })]
    const lease = await one.mutex.acquire()
    const taken = await two.mutex.restore(JSON.parse(JSON.stringify(lease)))
    expect(taken?.token).toBe(lease.token)
    await pause(3_500)
    lease.assertHeld()
    taken?.assertHeld()
    await two.mutex.forceRelease()
    await waitUntil('both know', () => lease.signal.aborted && taken?.signal.aborted === true)
    expect(await one.mutex.restore(lease.toJSON())).toBeNull()
  })
})

describe('faults', () => {
  test('a node that loses its data lets no second holder in', async () => {
    const [one, two] = [setup({ ttlMs: 1_500 }), setup()]
    const lease = await one.mutex.acquire()
    await (one.clients[1] as RedisClient).flushall()
    for (let i = 0; i < 8; i++) {
      expect(await two.mutex.tryAcquire()).toBeNull()
      await pause(250)
    }
    lease.assertHeld()
    await lease.release()
  })

  test('a minority frozen: acquire, renewal and release work; its late grant is given back', async () => {
    const { mutex } = setup({ ttlMs: 2_000, nodeMs: 200 })
    await mutex.run(() => undefined)
    const frozen = servers[2] as RedisServer
    frozen.pause()
    try {
      const lease = await mutex.acquire()
      await pause(2_500)
      lease.assertHeld()
      expect(await lease.release()).toBe(true)
    } finally {
      frozen.resume()
    }
    await waitUntil('nothing is left', async () => (await holders()).every(it => it === null))
  }, 30_000)

  test('a minority down: it works; a majority down: a typed error, and the holder is told at validity end', async () => {
    const { mutex } = setup({ ttlMs: 1_000, waitMs: 3_000, nodeMs: 200 })
    const lease = await mutex.acquire()
    const [, second, third] = servers as [RedisServer, RedisServer, RedisServer]
    await third.kill()
    try {
      await pause(1_500)
      lease.assertHeld()
      expect(await lease.release()).toBe(true)
      const held = await mutex.acquire()
      await second.kill()
      const killedAt = performance.now()
      expect(await mutex.tryAcquire().catch((error: unknown) => error)).toBeInstanceOf(
        LockQuorumError,
      )
      const started = performance.now()
      const error = await mutex.acquire({ waitMs: 400 }).catch((it: unknown) => it)
      expect(error).toMatchObject({ code: 'LOCK_QUORUM', answered: 1, needed: 2, lock: 'x' })
      expect(performance.now() - started).toBeLessThan(5_000)
      await waitUntil('the holder is told', () => held.signal.aborted)
      expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST' })
      expect(performance.now() - killedAt).toBeLessThan(8_000)
      expect(await outcome(mutex.inspect())).toBe('LOCK_QUORUM')
      expect(await outcome(mutex.forceRelease())).toBe('LOCK_QUORUM')
      await second.restart()
      expect(await mutex.run(({ token }) => token, { waitMs: 20_000 })).toBeGreaterThan(held.token)
    } finally {
      await Promise.all(servers.map(server => server.restart()))
    }
  }, 90_000)
})

test('bad input is refused by name', async () => {
  const clients = nodes()
  const wrong = (sources: unknown, options?: unknown) => () =>
    quorum(sources as RedisClient[], options as object)
  expect(wrong(undefined)).toThrow(expect.objectContaining({ argument: 'sources' }))
  expect(wrong(clients.slice(1))).toThrow(expect.objectContaining({ argument: 'sources' }))
  expect(wrong([clients[0], clients[0], clients[0]])).toThrow(
    expect.objectContaining({ argument: 'sources' }),
  )
  expect(wrong(clients, { nodeMs: 0 })).toThrow(expect.objectContaining({ argument: 'nodeMs' }))
  expect(wrong(clients, { retryMs: -1 })).toThrow(expect.objectContaining({ argument: 'retryMs' }))
  expect(wrong(clients, { minReplicas: 1 })).toThrow(
    expect.objectContaining({ argument: 'minReplicas' }),
  )
  expect(() => quorum(clients).mutex('')).toThrow(expect.objectContaining({ argument: 'name' }))
  const { mutex } = setup()
  await expect(mutex.acquire({ waitMs: -1 })).rejects.toMatchObject({ argument: 'waitMs' })
})

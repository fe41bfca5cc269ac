// Rows of the table of promises in docs/locks.md.
import { waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LockLostError } from '../../src/index.js'
import { behindProxy, client, failure, ownServer, pause, queued, rising } from './setup.js'

describe('partition between a client and Redis', () => {
  test('the holder is told at its local deadline, others get it after the lease, nothing it queued takes effect', async () => {
    const { server } = await ownServer()
    const { proxy, locks } = await behindProxy(server, { ttlMs: 1_500 })
    const lease = await locks.mutex('a').acquire()
    const told: number[] = []
    lease.signal.addEventListener('abort', () => told.push(performance.now()))
    proxy.refuse()
    const heldUntil = performance.now() + lease.remainingMs()
    const other = await client(server).locks.mutex('a').acquire()
    expect(told).toHaveLength(1)
    expect(told[0]).toBeGreaterThanOrEqual(heldUntil - 1)
    expect(lease.signal.reason).toBeInstanceOf(LockLostError)
    const releasing = lease.release().catch(() => false)
    const extending = lease.extend().catch(() => false)
    proxy.accept()
    expect(await Promise.all([releasing, extending])).toEqual([false, false])
    await pause(300)
    expect(await locks.mutex('a').inspect()).toMatchObject({ token: other.token })
    expect(other.isHeld()).toBe(true)
  }, 40_000)

  test('replies that come later than the lease: never held by two, never longer than Redis says', async () => {
    const { server, admin } = await ownServer()
    const { proxy, locks } = await behindProxy(server, { ttlMs: 400 })
    await locks.withLock('a', () => undefined)
    proxy.setDelay(500)
    const { error } = await failure(locks.mutex('a').acquire({ waitMs: 1_200, renew: false }))
    expect(error).toBeDefined()
    proxy.setDelay(0)
    await waitUntil(
      'what came too late is given back',
      async () => !(await admin.exists('lock:{a}')),
    )
    expect(await locks.withLock('a', () => 'ran')).toBe('ran')
  }, 40_000)

  test('connections cut again and again: every section runs, one at a time, and nothing is left', async () => {
    const { server, admin } = await ownServer()
    const sides = await Promise.all([1, 2, 3].map(() => behindProxy(server, { ttlMs: 3_000 })))
    const cutting = setInterval(() => {
      sides[Math.floor(Math.random() * 3)]?.proxy.cut()
    }, 40)
    onTestFinished(() => clearInterval(cutting))
    let inside = 0
    let ran = 0
    const tokens: number[] = []
    await Promise.all(
      sides.flatMap(({ locks }) =>
        [1, 2].map(async () => {
          for (let i = 0; i < 15; i++) {
            await locks.withLock(
              'a',
              async ({ signal, token }) => {
                inside++
                tokens.push(token)
                await pause(5)
                if (!signal.aborted) expect(inside).toBe(1)
                inside--
                ran++
              },
              { waitMs: 60_000 },
            )
          }
        }),
      ),
    )
    clearInterval(cutting)
    expect(ran).toBe(90)
    rising(tokens)
    await waitUntil('it is free', async () => !(await admin.exists('lock:{a}')))
  }, 90_000)
})

describe('a reply lost, reconnect, resend', () => {
  test('exactly one effect by ticket, hundreds of times', async () => {
    const { server, admin } = await ownServer()
    const { proxy, redis, locks } = await behindProxy(server, { ttlMs: 20_000 })
    const incremented: number[] = []
    for (let i = 0; i < 150; i++) {
      await redis.connect()
      proxy.setDelay(3)
      const cut = setTimeout(() => proxy.cut(), i % 7)
      await locks.withLock('a', async ({ token }) => {
        incremented.push(token)
        expect(await admin.get('lock:{a}')).toMatch(new RegExp(`\\|${token}$`))
      })
      clearTimeout(cut)
    }
    rising(incremented)
    proxy.setDelay(0)
    await waitUntil('it is free', async () => !(await admin.exists('lock:{a}')))
  }, 90_000)

  test('every connection killed, of holder and waiters: held on, and served long before a heartbeat', async () => {
    const { server, admin } = await ownServer()
    const holder = client(server, { ttlMs: 4_000 })
    const lease = await holder.locks.mutex('a').acquire()
    const waiters = [client(server), client(server), client(server)]
    const served = waiters.map(({ locks }) => locks.withLock('a', ({ token }) => token))
    await queued(admin, 3)
    for (const type of ['normal', 'pubsub']) {
      await admin.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')
    }
    expect(lease.isHeld()).toBe(true)
    await pause(300)
    const started = performance.now()
    expect(await lease.release()).toBe(true)
    rising([lease.token, ...(await Promise.all(served)).sort((a, b) => a - b)])
    expect(performance.now() - started).toBeLessThan(4_000)
  }, 40_000)
})

// Rows of the table of promises in docs/locks.md.
import { waitUntil } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LockStoreError } from '../../src/index.js'
import { behindProxy, client, failure, ownServer, pause, queued } from './setup.js'

describe('errors of Redis: transparent, or typed inside the wait budget; a held lease runs on', () => {
  test('NOSCRIPT: transparent', async () => {
    const { server, admin } = await ownServer()
    const { locks } = client(server, { ttlMs: 1_200 })
    const lease = await locks.mutex('long').acquire()
    for (let i = 0; i < 20; i++) {
      await admin.script('FLUSH')
      await Promise.all([1, 2, 3].map(() => locks.withLock('a', () => admin.script('FLUSH'))))
    }
    await pause(1_500)
    expect(await lease.release()).toBe(true)
  }, 40_000)

  test('NOSCRIPT: who asked first for a mutex in one process has it first all the same', async () => {
    const { server, admin } = await ownServer()
    const { proxy, locks } = await behindProxy(server)
    proxy.setDelay(20)
    await locks.withLock('a', () => undefined)
    const order: number[] = []
    const all: Promise<unknown>[] = []
    for (let i = 0; i < 40; i++) {
      if (i % 5 === 0) await admin.script('FLUSH')
      all.push(locks.withLock('a', () => void order.push(i)))
      await pause(Math.random() * 15)
    }
    await Promise.all(all)
    expect(order).toEqual(Array.from(order.keys()))
  }, 40_000)

  test('BUSY: waits until the other script ends', async () => {
    const { server, admin } = await ownServer({ args: ['--busy-reply-threshold', '50'] })
    const { locks } = client(server)
    await locks.withLock('a', () => undefined)
    const other = new IoRedis(server.url)
    onTestFinished(() => {
      other.disconnect()
    })
    const endless = other.eval('while true do end', 0).catch((error: Error) => error.message)
    await waitUntil('it is busy', () =>
      admin.get('x').then(
        () => false,
        (error: Error) => error.message.startsWith('BUSY'),
      ),
    )
    const { error, ms } = await failure(locks.mutex('a').acquire({ waitMs: 300 }))
    expect(error).toMatchObject({ code: 'LOCK_STORE', cause: { code: 'BUSY' } })
    expect(ms).toBeLessThan(3_000)
    const waiting = locks.withLock('a', () => 'ran')
    await admin.script('KILL')
    expect(await waiting).toBe('ran')
    expect(await endless).toContain('killed by user')
  }, 40_000)

  test('CLIENT PAUSE: transparent, or LockStoreError in time', async () => {
    const { server, admin } = await ownServer()
    const { locks } = client(server)
    await locks.withLock('a', () => undefined)
    await admin.call('CLIENT', 'PAUSE', '1500', 'WRITE')
    const { error, ms } = await failure(locks.mutex('a').acquire({ waitMs: 200 }))
    expect(error).toBeInstanceOf(LockStoreError)
    expect(ms).toBeLessThan(1_400)
    expect(await locks.withLock('a', () => 'ran')).toBe('ran')
  }, 40_000)

  const states: [
    string,
    string,
    (admin: IoRedis) => Promise<unknown>,
    (admin: IoRedis) => Promise<unknown>,
  ][] = [
    [
      'OOM',
      'OOM',
      admin => admin.config('SET', 'maxmemory', '1'),
      admin => admin.config('SET', 'maxmemory', '0'),
    ],
    [
      'READONLY',
      'READONLY',
      admin => admin.replicaof('127.0.0.1', 1),
      admin => admin.call('REPLICAOF', 'NO', 'ONE'),
    ],
    [
      'NOREPLICAS',
      'NOREPLICAS',
      admin => admin.config('SET', 'min-replicas-to-write', '1'),
      admin => admin.config('SET', 'min-replicas-to-write', '0'),
    ],
    [
      'MISCONF',
      'MISCONF',
      async admin => {
        await admin.config('SET', 'dir', '/proc')
        await admin.config('SET', 'save', '900 1')
        await admin.bgsave().catch(() => undefined)
        await waitUntil('the save failed', async () =>
          (await admin.info('persistence')).includes('rdb_last_bgsave_status:err'),
        )
      },
      admin => admin.config('SET', 'save', ''),
    ],
  ]
  test.each(states)(
    '%s: LockStoreError in time with its cause; works when it is over',
    async (_, code, begin, end) => {
      const { server, admin } = await ownServer({ args: ['--enable-protected-configs', 'yes'] })
      const { locks } = client(server)
      const lease = await locks.mutex('held').acquire()
      await begin(admin)
      const { error, ms } = await failure(locks.mutex('a').acquire({ waitMs: 300 }))
      expect(error).toBeInstanceOf(LockStoreError)
      expect(error).toMatchObject({ cause: { code } })
      expect(ms).toBeLessThan(3_000)
      expect((await failure(locks.mutex('a').tryAcquire())).error).toMatchObject({
        cause: { code },
      })
      expect(lease.isHeld()).toBe(true)
      const waiting = locks.withLock('a', () => 'ran')
      await pause(200)
      await end(admin)
      expect(await waiting).toBe('ran')
      expect(await lease.release()).toBe(true)
    },
    40_000,
  )

  test('OOM at a handoff: the next one is served all the same', async () => {
    const { server, admin } = await ownServer()
    const [one, two] = [client(server), client(server)]
    const lease = await one.locks.mutex('a').acquire()
    const own = one.locks.withLock('a', () => 'own')
    await waitUntil('it listens', async () => (await admin.pubsub('CHANNELS')).length === 1)
    const remote = two.locks.withLock('a', () => 'remote')
    await queued(admin, 1)
    await admin.config('SET', 'maxmemory', '1')
    expect(await lease.release()).toBe(true)
    expect(await remote).toBe('remote')
    await admin.config('SET', 'maxmemory', '0')
    expect(await own).toBe('own')
  }, 40_000)

  test('LOADING: waits until the data is there', async () => {
    const args = ['--key-load-delay', '400', '--enable-debug-command', 'local']
    const { server, admin } = await ownServer({ args })
    const { locks } = client(server)
    await locks.withLock('a', () => undefined)
    await admin.call('DEBUG', 'POPULATE', '3000')
    await admin.save()
    const restarting = server.restart()
    const waiting = locks.withLock('a', () => 'ran', { waitMs: 30_000 })
    expect(await waiting).toBe('ran')
    await restarting
  }, 60_000)
})

test('the message names what it is that Redis failed for', async () => {
  const { server } = await ownServer()
  const { redis, locks } = client(server)
  await redis.disconnect()
  const semaphore = locks.semaphore('a', { permits: 1 })
  const { message } = await redis.get('a').catch(error => error)
  const said: [() => Promise<unknown>, string][] = [
    [() => locks.mutex('a').acquire(), 'Lock'],
    [() => locks.mutex('a').inspect(), 'Lock'],
    [() => locks.multi(['a']).tryAcquire(), 'Lock'],
    [() => semaphore.tryAcquire(), 'Semaphore'],
    [() => semaphore.setPermits(2), 'Semaphore'],
    [() => semaphore.info(), 'Semaphore'],
    [() => locks.funnel('a').run(() => undefined), 'Semaphore'],
    [() => locks.readWrite('a').read().acquire(), 'Read-write lock'],
    [() => locks.readWrite('a').inspect(), 'Read-write lock'],
    [() => locks.rateLimiter('a', { limit: 1, windowMs: 1_000 }).attempt('ada'), 'Rate limit'],
    [() => locks.rateLimiter('a', { limit: 1, windowMs: 1_000 }).reset('ada'), 'Rate limit'],
  ]
  for (const [ask, what] of said) {
    const { error } = await failure(ask())
    expect(error).toBeInstanceOf(LockStoreError)
    expect((error as Error).message).toBe(`${what} "a": Redis failed: ${message}`)
  }
  const { error } = await failure(locks.throttle('mail').run(() => undefined))
  expect((error as Error).message).toBe(`Rate limit "throttle": Redis failed: ${message}`)
})

describe('rights', () => {
  const withRules = async (...rules: string[]) => {
    const { server, admin } = await ownServer()
    await admin.call('ACL', 'SETUSER', 'locks', 'on', '>secret', '~*', '&*', '+@all', ...rules)
    const url = `redis://locks:secret@${server.host}:${server.port}`
    return { server, admin, limited: client({ url }), free: client(server) }
  }

  test('without EVAL: LockStoreError at once, with NOPERM as its cause', async () => {
    const { limited } = await withRules('-@scripting')
    const { error, ms } = await failure(limited.locks.mutex('a').acquire())
    expect(error).toMatchObject({ code: 'LOCK_STORE', cause: { code: 'NOPERM' } })
    expect(ms).toBeLessThan(5_000)
  })

  test.each([
    ['SUBSCRIBE', ['-subscribe']],
    ['channels', ['resetchannels']],
  ])('without %s: a free lock works, a taken one is LockStoreError', async (_, rules) => {
    const { limited, free, admin } = await withRules(...rules)
    expect(await limited.locks.withLock('a', () => 'ran')).toBe('ran')
    const lease = await free.locks.mutex('a').acquire()
    const { error, ms } = await failure(limited.locks.mutex('a').acquire())
    expect(error).toMatchObject({ code: 'LOCK_STORE', cause: { code: 'NOPERM' } })
    expect(ms).toBeLessThan(5_000)
    expect(await limited.locks.mutex('a').tryAcquire()).toBeNull()
    await lease.release()
    expect(await admin.exists('lock:{a}', 'lock:{a}:q')).toBe(0)
  })
})

describe('a closed client', () => {
  test('refuses, ends what waits, and ends leases at their deadline', async () => {
    const { server } = await ownServer()
    const { redis, locks } = client(server, { ttlMs: 1_200 })
    const lease = await locks.mutex('a').acquire()
    const waiting = failure(locks.mutex('a').acquire())
    await pause(50)
    await redis.disconnect()
    expect((await waiting).error).toBeInstanceOf(LockStoreError)
    const { error, ms } = await failure(locks.mutex('b').acquire())
    expect(error).toMatchObject({ code: 'LOCK_STORE', cause: { code: 'CONNECTION_CLOSED' } })
    expect(ms).toBeLessThan(2_000)
    await waitUntil('the lease ends', () => lease.signal.aborted)
  }, 40_000)
})

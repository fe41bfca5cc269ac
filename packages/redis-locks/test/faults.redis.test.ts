// The promises under faults, in the order of the table in docs/locks.md; real servers, proxies and processes.
import { defineScript, RedisClient } from '@gravito/plasma'
import {
  type RedisServer,
  type ServerOptions,
  startProxy,
  startRedis,
  startSentinel,
  waitUntil,
} from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createLocks, LockLostError, LockStoreError, type LocksOptions } from '../src/index.js'
import { startWorker } from './processes.js'

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function ownServer(options: ServerOptions = {}) {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  const admin = new IoRedis(server.url)
  admin.on('error', () => undefined)
  onTestFinished(() => {
    admin.disconnect()
  })
  return { server, admin }
}

function client(to: { url: string }, options: LocksOptions = {}) {
  const redis = new RedisClient({ url: to.url, retryDelay: 20, maxRetries: 5 })
  redis.on('error', () => undefined)
  onTestFinished(() => redis.disconnect())
  return { redis, locks: createLocks(redis, { waitMs: 20_000, ...options }) }
}

const behindProxy = async (server: RedisServer, options: LocksOptions = {}) => {
  const proxy = await startProxy(server.port)
  onTestFinished(() => proxy.stop())
  return { proxy, ...client({ url: `redis://127.0.0.1:${proxy.port}` }, options) }
}

/** The error of a promise, and how long it took. */
const failure = async (promise: Promise<unknown>) => {
  const started = performance.now()
  const error = await promise.then(
    () => undefined,
    (it: unknown) => it,
  )
  return { error, ms: performance.now() - started }
}

const queued = (redis: IoRedis, amount: number, lock = 'lock:{a}') =>
  waitUntil(`${amount} queue`, async () => (await redis.zcard(`${lock}:q`)) === amount, {
    timeoutMs: 20_000,
  })

const rising = (tokens: readonly number[]) => {
  expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
}

describe('SIGKILL', () => {
  test('of the holder: free after its lease at the latest; the next token is larger', async () => {
    const { server } = await ownServer()
    const worker = startWorker('hold', 'a', 1_500, { url: server.url })
    const token = Number(await worker.says('held'))
    worker.child.kill('SIGKILL')
    const started = performance.now()
    const lease = await client(server).locks.mutex('a').acquire()
    expect(performance.now() - started).toBeLessThan(1_500 + 2_000)
    expect(lease.token).toBeGreaterThan(token)
  }, 40_000)

  test('of waiters, any number: skipped at the handoff', async () => {
    const { server, admin } = await ownServer()
    const { locks } = client(server)
    const lease = await locks.mutex('a').acquire()
    const workers = Array.from({ length: 5 }, () =>
      startWorker('hold', 'a', 10_000, { url: server.url }),
    )
    await queued(admin, 5)
    for (const { child } of workers) child.kill('SIGKILL')
    await Promise.all(workers.map(worker => worker.exit()))
    const waiting = client(server).locks.mutex('a').acquire()
    await queued(admin, 6)
    const started = performance.now()
    await lease.release()
    await waiting
    expect(performance.now() - started).toBeLessThan(3_000)
    expect(await admin.exists('lock:{a}:q', 'lock:{a}:w')).toBe(0)
  }, 60_000)
})

describe('SIGSTOP past the lease', () => {
  test('exclusion holds in Redis, and a resource that checks the token refuses what the paused code writes', async () => {
    const { server, admin } = await ownServer()
    const worker = startWorker('fenced', 'a', 600, { url: server.url })
    const token = Number(await worker.says('held'))
    await worker.says('written')
    worker.child.kill('SIGSTOP')
    const lease = await client(server).locks.mutex('a').acquire()
    expect(lease.token).toBeGreaterThan(token)
    await admin.set('a:resource', lease.token)
    worker.child.kill('SIGCONT')
    expect(await worker.says('refused')).toBe('false')
    expect(await admin.get('a:resource')).toBe(String(lease.token))
    expect(lease.isHeld()).toBe(true)
  }, 40_000)
})

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

describe('data loss', () => {
  const losses: [string, (server: RedisServer, admin: IoRedis) => Promise<unknown>][] = [
    ['a restart without persistence', server => server.restart()],
    ['FLUSHALL', (_, admin) => admin.flushall()],
    [
      'eviction',
      async (_, admin) => {
        await admin.config('SET', 'maxmemory-policy', 'allkeys-random')
        await admin.config('SET', 'maxmemory', '1500kb')
        for (let i = 0; (await admin.exists('lock:{a}', 'lock:fence')) > 0; i++) {
          await admin.set(`filler:${i}`, 'x'.repeat(10_000)).catch(() => undefined)
        }
        await admin.config('SET', 'maxmemory', '0')
      },
    ],
  ]
  test.each(losses)(
    '%s: the first holder is told at its next renewal, tokens still increase',
    async (_, lose) => {
      const { server, admin } = await ownServer()
      const [one, two] = [client(server, { ttlMs: 1_500 }), client(server)]
      const tokens = [(await two.locks.mutex('b').acquire()).token]
      const first = await one.locks.mutex('a').acquire()
      tokens.push(first.token)
      await lose(server, admin)
      const second = await two.locks.mutex('a').acquire()
      tokens.push(second.token)
      await waitUntil('the first is told', () => first.signal.aborted)
      expect(await first.release()).toBe(false)
      expect(second.isHeld()).toBe(true)
      await second.release()
      tokens.push(await one.locks.withLock('a', ({ token }) => token))
      rising(tokens)
    },
    40_000,
  )

  test('FLUSHALL again and again while a process hands over by itself: tokens still increase', async () => {
    const { server, admin } = await ownServer()
    const { locks } = client(server)
    const tokens: number[] = []
    let isOver = false
    const work = async () => {
      while (!isOver) await locks.withLock('a', ({ token }) => tokens.push(token))
    }
    const working = Promise.all([work(), work(), work()])
    for (let i = 0; i < 200; i++) {
      await admin.flushall()
      await pause(i % 4)
    }
    isOver = true
    await working
    expect(tokens.length).toBeGreaterThan(1_000)
    expect(tokens.filter((token, i) => token <= (tokens[i - 1] ?? 0))).toEqual([])
  }, 40_000)

  test('a restart with persistence: the lease goes on, and so do the tokens', async () => {
    const { server } = await ownServer({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
    const { locks } = client(server, { ttlMs: 4_000 })
    const lease = await locks.mutex('a').acquire()
    await server.kill()
    await server.restart()
    await waitUntil('it is renewed', async () => (await locks.mutex('a').inspect()) !== null)
    await pause(1_600)
    expect(lease.isHeld()).toBe(true)
    expect(await locks.mutex('a').tryAcquire()).toBeNull()
    expect(await lease.release()).toBe(true)
    expect(await locks.withLock('a', ({ token }) => token)).toBeGreaterThan(lease.token)
  }, 40_000)
})

describe('failover', () => {
  test('waiters go on, tokens still increase; what minReplicas confirmed is on the new master', async () => {
    const sentinel = await startSentinel()
    onTestFinished(() => sentinel.stop())
    const config = { sentinels: sentinel.sentinels, name: sentinel.name, retryDelay: 50 }
    const sides = [1, 2].map(() => {
      const redis = new RedisClient({ ...config, maxRetries: 50, commandTimeout: 2_000 })
      redis.on('error', () => undefined)
      onTestFinished(() => redis.disconnect())
      return createLocks(redis, { ttlMs: 20_000, waitMs: 60_000 })
    })
    const [one, two] = sides as [(typeof sides)[0], (typeof sides)[0]]
    const tokens: number[] = []
    for (let i = 0; i < 20; i++) await one.withLock('a', ({ token }) => tokens.push(token))
    const confirmed = await one.mutex('safe', { minReplicas: 1 }).acquire()
    await sentinel.master.kill()
    for (let i = 0; i < 5; i++) await two.withLock('a', ({ token }) => tokens.push(token))
    for (let i = 0; i < 5; i++) await one.withLock('a', ({ token }) => tokens.push(token))
    rising(tokens)
    expect(await two.mutex('safe').inspect()).toMatchObject({ token: confirmed.token })
    expect(await two.mutex('safe').tryAcquire()).toBeNull()
    expect(confirmed.isHeld()).toBe(true)
    expect(await confirmed.release()).toBe(true)
  }, 120_000)
})

describe('clock jumps', () => {
  test('of a client, an hour forward and back: none', async () => {
    const { server } = await ownServer()
    const { locks } = client(server)
    const imports = [new URL('./fixtures/hour-ahead.mjs', import.meta.url).href]
    const worker = startWorker('hold', 'a', 2_000, { url: server.url, imports })
    const token = Number(await worker.says('held'))
    await pause(3_000)
    expect(worker.said).toHaveLength(1)
    expect(await locks.mutex('a').inspect()).toMatchObject({ token })
    expect((await locks.mutex('a').inspect())?.ttlMs).toBeLessThanOrEqual(2_000)
    worker.child.kill('SIGKILL')
    expect((await locks.mutex('a').acquire()).token).toBeGreaterThan(token)
  }, 40_000)

  test('of Redis, an hour back: tokens never decrease, handed over inside a process or not', async () => {
    const { server, admin } = await ownServer()
    const { locks } = client(server)
    const [seconds] = await admin.time()
    // What a server knows whose clock was an hour ahead.
    await admin.set('lock:fence', String((Number(seconds) + 3_600) * 1e6), 'PX', 86_400_000)
    const tokens: number[] = []
    const work = async (side: typeof locks) => {
      for (let i = 0; i < 30; i++) await side.withLock('a', ({ token }) => tokens.push(token))
    }
    await Promise.all([work(locks), work(locks), work(locks)])
    const other = client(server).locks
    await Promise.all([work(locks), work(locks), work(other), work(other)])
    rising(tokens)
    expect(tokens[0]).toBeGreaterThan((Number(seconds) + 3_600) * 1e6)
    // The mark stays for as long as the clock is behind.
    expect(await admin.ttl('lock:fence')).toBeGreaterThan(3_500)
  })
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

describe('races, thousands of times', () => {
  const owner = defineScript({
    keys: ['lock'],
    args: [],
    lua: `return redis.call('GET', lock)`,
    reply: (it: string | null) => it,
  })

  test.each([
    ['abort', 1_500],
    ['time-out', 1_500],
  ])(
    '%s against grant, between clients: whoever gives up leaves nothing, whoever holds is the only one',
    async (how, rounds) => {
      const { server, admin } = await ownServer()
      const [one, two, three] = [client(server), client(server), client(server)]
      const outcomes = { ran: 0, gaveUp: 0 }
      for (let i = 0; i < rounds; i++) {
        const lease = await one.locks.mutex('a').acquire()
        const controller = new AbortController()
        const options = how === 'abort' ? { signal: controller.signal } : { waitMs: 1 + (i % 3) }
        const section = async ({ token }: { token: number }) => {
          if (i % 10 === 0)
            expect(await two.redis.run(owner, ['lock:{a}'], [])).toContain(`|${token}`)
          outcomes.ran++
        }
        const racing = [two, three].map(({ locks }) =>
          locks.withLock('a', section, options).catch(error => {
            if (how === 'time-out')
              expect(error).toMatchObject({ code: expect.stringMatching(/^LOCK_(TIMEOUT|STORE)$/) })
            outcomes.gaveUp++
          }),
        )
        if (i % 4 > 0) await pause(i % 4 > 2 ? 1 : 0)
        const releasing = lease.release()
        if (i % 5 === 1) await Promise.resolve()
        if (i % 5 > 2) await pause(0)
        controller.abort(new Error('race'))
        await Promise.all([releasing, ...racing])
      }
      expect(outcomes.ran).toBeGreaterThan(10)
      expect(outcomes.gaveUp).toBeGreaterThan(10)
      await waitUntil('nothing is left', async () => (await admin.keys('*')).length <= 1, {
        timeoutMs: 25_000,
      })
    },
    120_000,
  )
})

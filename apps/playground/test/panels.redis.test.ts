import { setTimeout as pause } from 'node:timers/promises'
import { RedisClient } from '@gravito/plasma'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { CacheSnapshot } from '../src/panels/cache.js'
import type { ConnectionsSnapshot } from '../src/panels/connections.js'
import type { FeedSnapshot } from '../src/panels/feed.js'
import type { Entry } from '../src/panels/journal.js'
import type { LimiterSnapshot } from '../src/panels/limiter.js'
import type { LockSnapshot } from '../src/panels/lock.js'
import type { Kept } from '../src/panels/panel.js'
import type { SemaphoreSnapshot } from '../src/panels/semaphore.js'
import type { StreamSnapshot } from '../src/panels/stream.js'
import { type App, startApp } from './app.js'
import { waitUntil } from './patient.js'

let app: App

beforeAll(async () => {
  app = await startApp()
  // Somebody looks all the time, so that nothing is counted anew.
  app.playground.board.watch(() => undefined)
  await app.playground.board.start()
})

afterAll(() => app.close())

const look = async <Data>(name: string) => (await app.get(`/api/panels/${name}`)).body as Data
const press = (panel: string, action: string, body: object = {}) =>
  app.post(`/api/panels/${panel}/${action}`, body)
const locks = () => look<LockSnapshot>('lock')
const connections = () => look<ConnectionsSnapshot>('connections')
const journal = async () => (await look<{ entries: Entry[] }>('journal')).entries

beforeEach(async () => {
  await waitUntil('everybody works', () =>
    app.playground.crew.members.every(it => it.state === 'working'),
  )
})

async function expectKept(name: string): Promise<void> {
  const { promises } = await look<{ promises: Kept[] }>(name)
  expect(promises.length).toBeGreaterThan(0)
  expect(promises.filter(it => !it.kept)).toEqual([])
}

describe('connections', () => {
  it('shows every process with its connection, its rate and its latency', async () => {
    await waitUntil('all are at work', async () =>
      (await connections()).rows.every(row => row.commandsPerSecond > 0),
    )
    const { rows, server, isOurs } = await connections()
    expect(rows.map(row => row.name)).toEqual(['playground', 'Ada', 'Ben', 'Cleo', 'Dev'])
    expect(new Set(rows.map(row => row.pid)).size).toBe(5)
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'working', status: 'ready' })
      expect(row.p50).toBeGreaterThan(0)
      expect(row.p99).toBeGreaterThanOrEqual(row.p50)
    }
    expect(server?.version).toMatch(/^\d+\.\d+/)
    expect(server?.clients).toBeGreaterThanOrEqual(5)
    expect(isOurs).toBe(true)
  })

  it('kills a process, whose place a new one takes', async () => {
    const before = (await connections()).rows.find(row => row.name === 'Ben')
    const { status, body } = await press('connections', 'kill', { member: 'Ben' })
    expect([status, body]).toEqual([200, { member: 'Ben', pid: before?.pid }])
    await waitUntil('a new one works', async () => {
      const after = (await connections()).rows.find(row => row.name === 'Ben')
      return after?.state === 'working' && after.pid !== before?.pid && after.restarts === 1
    })
  })

  it('freezes a process and wakes it', async () => {
    expect((await press('connections', 'wake', { member: 'Cleo' })).status).toBe(409)
    expect((await press('connections', 'freeze', { member: 'Cleo' })).status).toBe(200)
    expect((await press('connections', 'freeze', { member: 'Cleo' })).status).toBe(409)
    expect((await connections()).rows.find(row => row.name === 'Cleo')?.state).toBe('frozen')
    expect((await press('connections', 'wake', { member: 'Cleo' })).status).toBe(200)
    expect((await connections()).rows.find(row => row.name === 'Cleo')?.state).toBe('working')
  })

  it.each([
    ['kill', {}],
    ['kill', { member: 'nobody' }],
    ['kill', { member: 7 }],
    ['flush-scripts', { member: 'Ada' }],
  ])('refuses %s with %j', async (action, body) => {
    expect((await press('connections', action, body)).status).toBe(400)
  })

  it('knows no other panels and actions', async () => {
    expect((await app.get('/api/panels/nothing')).status).toBe(404)
    expect((await press('connections', 'explode')).status).toBe(404)
    expect((await press('connections', 'constructor')).status).toBe(404)
    expect((await press('nothing', 'kill')).status).toBe(404)
  })
})

describe('lock', () => {
  it('shows the holder, its token and who waits, served one after the other', async () => {
    await waitUntil('ten were served', async () => (await locks()).grants >= 10)
    await waitUntil('a holder is known', async () => (await locks()).holder?.member !== undefined)
    const { holder, waiting, served } = await locks()
    expect(holder?.token).toBeGreaterThan(1e15)
    expect(holder?.ttlMs).toBeLessThanOrEqual(holder?.leaseMs ?? 0)
    expect(waiting.length).toBeGreaterThan(0)
    const tokens = served.map(it => it.token)
    expect(tokens).toEqual([...tokens].sort((a, b) => b - a))
    expect(new Set(served.slice(0, 4).map(it => it.member)).size).toBeGreaterThan(2)
    await expectKept('lock')
  })

  it('passes on when its holder is killed', async () => {
    const { status, body } = await press('lock', 'kill-holder')
    expect(status).toBe(200)
    await waitUntil('another one has it', async () =>
      (await locks()).served.some(it => it.token > body.token),
    )
    const { served } = await locks()
    expect(served.find(it => it.token === body.token)).toMatchObject({
      member: body.member,
      ended: 'killed',
    })
    const passed = new RegExp(`The lock passed from ${body.member} to \\w+ after \\d+ ms`)
    expect((await journal()).some(it => passed.test(it.text))).toBe(true)
    await expectKept('lock')
  })

  it('passes on when its holder is frozen, whose late write is refused', async () => {
    const { refused } = await locks()
    const { status, body } = await press('lock', 'freeze-holder')
    expect(status).toBe(200)
    await waitUntil('another one has written', async () =>
      (await locks()).served.some(it => it.token > body.token && it.ended === 'released'),
    )
    expect((await press('lock', 'wake')).body).toEqual({ woken: [body.member] })
    await waitUntil(
      'the late write is refused',
      async () => (await locks()).refused === refused + 1,
    )
    const late = `${body.member} wrote too late; the resource refused token ${body.token}`
    await waitUntil('the journal says so', async () =>
      (await journal()).some(it => it.text === late),
    )
    expect((await press('lock', 'wake')).status).toBe(409)
    await expectKept('lock')
  })

  it('goes on when Redis forgets its scripts', async () => {
    expect((await press('connections', 'flush-scripts')).status).toBe(200)
    const { grants } = await locks()
    await waitUntil('more are served', async () => (await locks()).grants >= grants + 5)
    await expectKept('lock')
  })
})

describe('semaphore', () => {
  const semaphore = () => look<SemaphoreSnapshot>('semaphore')

  it('shows who holds permits, never more than there are', async () => {
    await waitUntil('some were granted', async () => (await semaphore()).grants >= 6)
    await waitUntil('both are held, by names that are known', async () => {
      const { held, holders, waiting } = await semaphore()
      return held === 2 && holders.every(it => it.member) && waiting.length > 0
    })
    await expectKept('semaphore')
  })

  it('gets more permits, and fewer, while it is in use', async () => {
    for (const permits of [4, 1]) {
      const watched = Array.from({ length: 20 }, (_, i) => pause(i).then(semaphore))
      expect(await press('semaphore', 'permits', { permits })).toMatchObject({ status: 200 })
      await Promise.all(watched)
      await waitUntil(`${permits} are held`, async () => {
        const now = await semaphore()
        return now.permits === permits && now.held === permits && now.peak === permits
      })
    }
    await press('semaphore', 'permits', { permits: 2 })
    await expectKept('semaphore')
  })

  it('gets the permit of a killed process back', async () => {
    await waitUntil('Ada holds one', async () =>
      (await semaphore()).holders.some(it => it.member === 'Ada'),
    )
    const before = (await semaphore()).holders.find(it => it.member === 'Ada')
    expect((await press('connections', 'kill', { member: 'Ada' })).status).toBe(200)
    await waitUntil('it is back', async () =>
      (await semaphore()).holders.every(it => it.token !== before?.token),
    )
    await waitUntil('both are in use', async () => (await semaphore()).held === 2)
    await expectKept('semaphore')
  })

  it.each([[{ permits: 0 }], [{ permits: 5 }], [{ permits: 'two' }], [{ permit: 2 }]])(
    'refuses %j',
    async body => {
      expect((await press('semaphore', 'permits', body)).status).toBe(400)
    },
  )
})

describe('limiter', () => {
  it('allows exactly what is left, however many processes ask at once', async () => {
    await press('limiter', 'reset')
    const { body } = await press('limiter', 'burst', { attempts: 200 })
    expect(body).toEqual({ attempts: 200, processes: 4, allowed: 20 })
    expect(await look<LimiterSnapshot>('limiter')).toMatchObject({ last: body })
    await press('limiter', 'reset')
    expect((await look<LimiterSnapshot>('limiter')).remaining).toBe(20)
    await expectKept('limiter')
  })

  it('refuses nonsense', async () => {
    expect((await press('limiter', 'burst', { attempts: 0 })).status).toBe(400)
    expect((await press('limiter', 'burst', { attempts: 1_001 })).status).toBe(400)
  })
})

describe('cache', () => {
  const cache = () => look<CacheSnapshot>('cache')

  it('counts hits and misses of all processes, from memory too', async () => {
    await waitUntil('it is warm', async () => {
      const { hits, misses, nearHits, factoryCalls } = await cache()
      return hits > 200 && misses > 10 && nearHits > 50 && factoryCalls > 10
    })
    const { hits, misses, hitRate } = await cache()
    expect(hitRate).toBeCloseTo(hits / (hits + misses), 9)
  })

  it('calls the factory once for a thousand requests from four processes', async () => {
    const before = (await cache()).avoided
    const { status, body } = await press('cache', 'burst')
    expect([status, body]).toEqual([
      200,
      { requests: 1_000, processes: 4, factoryCalls: 1, values: 1, tookMs: expect.any(Number) },
    ])
    expect((await cache()).avoided).toBe(before + 999)
    await expectKept('cache')
  })

  it('flushes one tag in one step, and the other entries stay', async () => {
    const lit = async (tag: number) => {
      const { entries, tags } = await cache()
      return entries.filter((isThere, n) => isThere && n % tags.length === tag).length
    }
    await waitUntil('there are prices', async () => (await lit(0)) > 6)
    const { body } = await press('cache', 'flush-tag', { tag: 'prices' })
    expect(body.gone).toBeGreaterThan(6)
    expect(await lit(0)).toBeLessThan(body.gone)
    expect(await lit(1)).toBeGreaterThan(4)
    expect((await cache()).flushed).toEqual({ prices: 1, users: 0, pages: 0 })
    await waitUntil('they are made again', async () => (await lit(0)) >= body.gone)
  })

  it.each([
    ['burst', { requests: 0 }],
    ['burst', { requests: 5_001 }],
    ['flush-tag', {}],
    ['flush-tag', { tag: 'nothing' }],
  ])('refuses %s with %j', async (action, body) => {
    expect((await press('cache', action, body)).status).toBe(400)
  })
})

describe('stream', () => {
  const stream = () => look<StreamSnapshot>('stream')

  it('shares the orders among all consumers and handles each', async () => {
    const before = await stream()
    expect((await press('stream', 'add', { count: 150 })).body).toEqual({ added: 150 })
    await waitUntil('they are handled', async () => (await stream()).handled >= before.added + 150)
    const { consumers } = await stream()
    expect(consumers.map(it => it.name)).toEqual(['Ada', 'Ben', 'Cleo', 'Dev'])
    for (const consumer of consumers) expect(consumer.handled).toBeGreaterThan(0)
    await expectKept('stream')
  })

  it('hands what a killed consumer had taken to another one: nothing is lost', async () => {
    await press('stream', 'add', { count: 100 })
    await waitUntil('Dev has taken some', async () =>
      (await stream()).consumers.some(it => it.name === 'Dev' && it.pending > 0),
    )
    await press('connections', 'kill', { member: 'Dev' })
    const { added } = await stream()
    await waitUntil('all are handled', async () => (await stream()).handled >= added)
    await expectKept('stream')
  })

  it('puts an order that nobody can handle among the dead letters', async () => {
    const { deadLetters } = await stream()
    expect((await press('stream', 'poison')).body.id).toMatch(/^\d+-\d+$/)
    await waitUntil(
      'it is a dead letter',
      async () => (await stream()).deadLetters === deadLetters + 1,
    )
    await expectKept('stream')
  })

  it('refuses nonsense', async () => {
    expect((await press('stream', 'add', { count: 0 })).status).toBe(400)
  })
})

describe('feed', () => {
  it('hears every process, in order and without a gap', async () => {
    const heard = async () => look<FeedSnapshot>('feed')
    const { received } = await heard()
    await waitUntil('more is heard from all', async () => {
      const now = await heard()
      return now.received > received + 12 && now.senders === 4 && now.perSecond > 0
    })
    expect((await heard()).messages[0]?.text).toMatch(/\d+ hits, \d+ misses/)
    await expectKept('feed')
  })
})

describe('the events of a page', () => {
  it('carry every panel, and again when it changes', async () => {
    const seen = new Map<string, number>()
    const unwatch = app.playground.board.watch(name => seen.set(name, (seen.get(name) ?? 0) + 1))
    const names = [
      'cache',
      'connections',
      'feed',
      'journal',
      'limiter',
      'lock',
      'semaphore',
      'stream',
    ]
    await waitUntil(
      'all have come, some of them more than once',
      () => names.every(name => seen.has(name)) && (seen.get('lock') ?? 0) > 3,
    )
    unwatch()
  })
})

describe('a restart of Redis', () => {
  it('is refused while an audit runs', async () => {
    await app.post('/api/audit', {})
    const { status, body } = await press('connections', 'restart-redis')
    expect([status, body.error]).toEqual([409, expect.stringMatching(/An audit runs/)])
    await waitUntil('the audit ends', () => !app.playground.audit.isRunning)
  })

  it('is survived by every connection, and nothing is lost', async () => {
    const { writes } = await locks()
    const { rows } = await connections()
    const { status, body } = await press('connections', 'restart-redis')
    expect(status).toBe(200)
    expect(body.tookMs).toBeGreaterThan(0)
    await waitUntil('all are connected again', async () =>
      (await connections()).rows.every(
        (row, i) => row.status === 'ready' && row.reconnects > (rows[i]?.reconnects ?? 0),
      ),
    )
    expect((await locks()).writes).toBeGreaterThanOrEqual(writes)
    const { grants } = await locks()
    await waitUntil('the lock is served', async () => (await locks()).grants > grants + 4)
    expect((await app.get('/api/audit')).body.packages).toBe(41)
    for (const name of ['connections', 'lock', 'semaphore', 'cache', 'stream', 'feed'])
      await expectKept(name)
  })
})

describe('a Redis that is not ours', () => {
  it('is not restarted, and keeps nothing of us afterwards', async () => {
    const guest = await startApp({ redisUrl: inject('redisUrl') })
    try {
      const { body } = await guest.get('/api/panels/connections')
      expect(body.isOurs).toBe(false)
      const reply = await guest.post('/api/panels/connections/restart-redis', {})
      expect([reply.status, reply.body.error]).toEqual([409, expect.stringMatching(/REDIS_URL/)])
      await waitUntil(
        'the crew works',
        async () => (await guest.get('/api/panels/lock')).body.grants > 2,
      )
    } finally {
      await guest.close()
    }
    await using redis = new RedisClient({ url: inject('redisUrl') })
    expect(await redis.keys('playground:????????:*')).toEqual([])
  })
})

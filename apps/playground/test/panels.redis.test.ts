import { RedisClient } from '@gravito/plasma'
import { waitUntil } from '@gravito/redis-testing'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { ConnectionsSnapshot } from '../src/panels/connections.js'
import type { Entry } from '../src/panels/journal.js'
import type { LockSnapshot } from '../src/panels/lock.js'
import type { Kept } from '../src/panels/panel.js'
import { type App, startApp } from './app.js'

const PATIENT = { timeoutMs: 30_000 }
let app: App

beforeAll(async () => {
  app = await startApp()
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
  await waitUntil(
    'everybody works',
    () => app.playground.crew.members.every(it => it.state === 'working'),
    PATIENT,
  )
})

async function expectKept(name: string): Promise<void> {
  const { promises } = await look<{ promises: Kept[] }>(name)
  expect(promises.length).toBeGreaterThan(0)
  expect(promises.filter(it => !it.kept)).toEqual([])
}

describe('connections', () => {
  it('shows every process with its connection, its rate and its latency', async () => {
    await waitUntil(
      'all are at work',
      async () => (await connections()).rows.every(row => row.commandsPerSecond > 0),
      PATIENT,
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
    await waitUntil(
      'a new one works',
      async () => {
        const after = (await connections()).rows.find(row => row.name === 'Ben')
        return after?.state === 'working' && after.pid !== before?.pid && after.restarts === 1
      },
      PATIENT,
    )
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
    await waitUntil('ten were served', async () => (await locks()).grants >= 10, PATIENT)
    await waitUntil(
      'a holder is known',
      async () => (await locks()).holder?.member !== undefined,
      PATIENT,
    )
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
    await waitUntil(
      'another one has it',
      async () => (await locks()).served.some(it => it.token > body.token),
      PATIENT,
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
    await waitUntil(
      'another one has written',
      async () =>
        (await locks()).served.some(it => it.token > body.token && it.ended === 'released'),
      PATIENT,
    )
    expect((await press('lock', 'wake')).body).toEqual({ woken: [body.member] })
    await waitUntil(
      'the late write is refused',
      async () => (await locks()).refused === refused + 1,
      PATIENT,
    )
    const late = `${body.member} wrote too late; the resource refused token ${body.token}`
    await waitUntil(
      'the journal says so',
      async () => (await journal()).some(it => it.text === late),
      PATIENT,
    )
    expect((await press('lock', 'wake')).status).toBe(409)
    await expectKept('lock')
  })

  it('goes on when Redis forgets its scripts', async () => {
    expect((await press('connections', 'flush-scripts')).status).toBe(200)
    const { grants } = await locks()
    await waitUntil('more are served', async () => (await locks()).grants >= grants + 5, PATIENT)
    await expectKept('lock')
  })
})

describe('a restart of Redis', () => {
  it('is refused while an audit runs', async () => {
    await app.post('/api/audit', {})
    const { status, body } = await press('connections', 'restart-redis')
    expect([status, body.error]).toEqual([409, expect.stringMatching(/An audit runs/)])
    await waitUntil('the audit ends', () => !app.playground.audit.isRunning, PATIENT)
  })

  it('is survived by every connection, and nothing is lost', async () => {
    const { writes } = await locks()
    const { rows } = await connections()
    const { status, body } = await press('connections', 'restart-redis')
    expect(status).toBe(200)
    expect(body.tookMs).toBeGreaterThan(0)
    await waitUntil(
      'all are connected again',
      async () =>
        (await connections()).rows.every(
          (row, i) => row.status === 'ready' && row.reconnects > (rows[i]?.reconnects ?? 0),
        ),
      PATIENT,
    )
    expect((await locks()).writes).toBeGreaterThanOrEqual(writes)
    const { grants } = await locks()
    await waitUntil('the lock is served', async () => (await locks()).grants > grants + 4, PATIENT)
    expect((await app.get('/api/audit')).body.packages).toBe(41)
    for (const name of ['connections', 'lock']) await expectKept(name)
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
        PATIENT,
      )
    } finally {
      await guest.close()
    }
    await using redis = new RedisClient({ url: inject('redisUrl') })
    expect(await redis.keys('playground:????????:*')).toEqual([])
  })
})

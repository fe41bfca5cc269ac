import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditState } from '../src/audit/audit.js'
import { createPlayground, type Playground } from '../src/playground.js'
import { type Listening, listen } from '../src/server.js'
import { waitUntil } from './patient.js'
import { makeUntidyTree, type Tree } from './tree.js'

const folder = path.join(import.meta.dirname, '..')
let tree: Tree
let playground: Playground
let server: Listening

beforeAll(async () => {
  tree = makeUntidyTree(30)
  playground = await createPlayground({
    root: tree.root,
    workers: 2,
    workerFile: path.join(folder, 'dist/worker.js'),
    publicFolder: pathToFileURL(`${folder}/public/`),
  })
  server = await listen(playground.core.liftoff().fetch, 0)
})

afterAll(async () => {
  await server.close()
  await playground.stop()
  tree.remove()
})

async function get(at: string) {
  const response = await fetch(server.url + at)
  return { status: response.status, body: await response.json() }
}

async function post(at: string, body?: unknown, type = 'application/json') {
  const response = await fetch(server.url + at, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

/** The server's events, as they come. */
async function openEvents() {
  const abort = new AbortController()
  const response = await fetch(`${server.url}/api/events`, { signal: abort.signal })
  const events: { event: string; data: unknown }[] = []
  const reading = (async () => {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, event = '', data = 'null'] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
        events.push({ event, data: JSON.parse(data) })
      }
    }
  })().catch(() => undefined)
  const close = async () => {
    abort.abort()
    await reading
  }
  return { response, events, close }
}

describe('GET /health/redis', () => {
  it('says that Redis answers, and how fast', async () => {
    expect(await get('/health/redis')).toEqual({
      status: 200,
      body: { ok: true, status: 'ready', role: 'master', latencyMs: expect.any(Number) },
    })
  })
})

describe('/api/audit', () => {
  it('starts an audit, refuses a second one meanwhile, and shows the result', async () => {
    expect((await post('/api/audit', {})).status).toBe(202)
    expect((await post('/api/audit', {})).status).toBe(409)
    await waitUntil(
      'the audit is done',
      async () => (await get('/api/audit')).body.stage === 'done',
    )
    const state: AuditState = (await get('/api/audit')).body
    expect(state).toMatchObject({ equal: true, packages: 41, total: 41, misses: 41 })
  })

  it('hits the cache the second time, and misses after its tag was flushed', async () => {
    const runs: number[] = []
    for (const forget of [false, true]) {
      expect((await post('/api/audit', { forget })).status).toBe(202)
      await waitUntil('the audit is done', () => !playground.audit.isRunning)
      runs.push((await get('/api/audit')).body.hits)
    }
    expect(runs).toEqual([41, 0])
  })

  it('refuses what it does not know', async () => {
    expect(await post('/api/audit', { forgt: true })).toEqual({
      status: 400,
      body: { error: 'Unknown field "forgt"; known are: forget.' },
    })
    expect((await post('/api/audit', { forget: 'yes' })).status).toBe(400)
  })
})

describe('POST /api/counter', () => {
  it('counts atomically', async () => {
    const before = (await get('/api/counter')).body.value
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => post('/api/counter', { by: 2 })),
    )
    const values = new Set(replies.map(({ body }) => body.value))
    expect(values.size).toBe(50)
    expect(Math.max(...values)).toBe(before + 100)
    expect((await get('/api/counter')).body.value).toBe(before + 100)
    expect((await post('/api/counter')).body.value).toBe(before + 101)
  })

  it.each([
    ['a fraction', { by: 1.5 }],
    ['text', { by: '1' }],
    ['too much', { by: 1e9 }],
    ['an unknown field', { by: 1, x: 1 }],
    ['half of JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a long body', `{"by":${'1'.repeat(20_000)}}`],
  ])('refuses %s', async (_, body) => {
    expect((await post('/api/counter', body)).status).toBe(400)
  })

  it('refuses a form of another site', async () => {
    expect((await post('/api/counter', '{"by":1}', 'text/plain')).status).toBe(400)
  })
})

describe('GET /api/cached/:key', () => {
  it('computes once and remembers', async () => {
    const first = (await get('/api/cached/k1')).body
    const second = (await get('/api/cached/k1')).body
    expect([first.hit, second.hit]).toEqual([false, true])
    expect(second.value).toBe(first.value)
    expect(second.computedAt).toBe(first.computedAt)
  })

  it('computes once for twenty at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => get('/api/cached/k2')))
    expect(new Set(all.map(({ body }) => body.computedAt)).size).toBe(1)
    expect(all.filter(({ body }) => !body.hit)).toHaveLength(1)
  })

  it('refuses a strange key', async () => {
    expect((await get('/api/cached/a%20b')).status).toBe(400)
    expect((await get(`/api/cached/${'x'.repeat(65)}`)).status).toBe(400)
  })
})

describe('POST /api/lock/:name', () => {
  it('lets one in at a time, with tokens that grow', async () => {
    const three = await Promise.all([1, 2, 3].map(() => post('/api/lock/door', { holdMs: 100 })))
    const tokens = three.map(({ body }) => BigInt(body.token))
    expect(new Set(tokens).size).toBe(3)
    const waits = three
      .map(({ body }) => body as { waitedMs: number; token: string })
      .sort((a, b) => Number(BigInt(a.token) - BigInt(b.token)))
      .map(({ waitedMs }) => waitedMs)
    expect(waits[1]).toBeGreaterThan(90)
    expect(waits[2]).toBeGreaterThan(190)
  })

  it('gives up after waitMs', async () => {
    const held = post('/api/lock/busy', { holdMs: 600 })
    await waitUntil(
      'it is held',
      async () => (await post('/api/lock/busy', { waitMs: 0 })).status === 409,
    )
    const late = await post('/api/lock/busy', { waitMs: 50 })
    expect(late.status).toBe(409)
    expect(late.body.error).toMatch(/50 ms/)
    expect((await held).status).toBe(200)
  })

  it.each([[{ holdMs: 0 }], [{ holdMs: 5_001 }], [{ waitMs: -1 }], [{ waitMs: 'x' }]])(
    'refuses %j',
    async body => {
      expect((await post('/api/lock/door', body)).status).toBe(400)
    },
  )
})

describe('POST /api/publish and GET /api/events', () => {
  it('reaches every page, and progress of the audit does too', async () => {
    const pages = await Promise.all([openEvents(), openEvents()])
    expect(pages[0]?.response.headers.get('content-type')).toBe('text/event-stream')
    await waitUntil('both have the state', () => pages.every(page => page.events.length > 0))
    expect((await post('/api/publish', { message: 'hello' })).body).toEqual({ receivers: 1 })
    for (const { events } of pages)
      await waitUntil('the message is there', () =>
        events.some(
          it => it.event === 'message' && (it.data as { message: string }).message === 'hello',
        ),
      )
    await post('/api/audit', {})
    await waitUntil('the page sees the end', () =>
      pages.every(({ events }) => {
        const states = events.filter(it => it.event === 'audit').map(it => it.data as AuditState)
        return states.at(-1)?.stage === 'done' && states.some(it => it.stage === 'auditing')
      }),
    )
    for (const page of pages) await page.close()
    await waitUntil('nobody listens any more', async () => {
      return (await post('/api/publish', { message: 'anybody?' })).body.receivers === 0
    })
  })

  it.each([
    ['nothing', {}],
    ['an empty message', { message: '' }],
    ['a long message', { message: 'x'.repeat(501) }],
    ['a number', { message: 7 }],
  ])('refuses %s', async (_, body) => {
    expect((await post('/api/publish', body)).status).toBe(400)
  })
})

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/style.css', 'text/css; charset=utf-8'],
    ['/app.js', 'text/javascript; charset=utf-8'],
  ])('serves %s', async (at, type) => {
    const response = await fetch(server.url + at)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
  })

  it('serves nothing else', async () => {
    expect((await fetch(`${server.url}/../package.json`)).status).toBe(404)
  })
})

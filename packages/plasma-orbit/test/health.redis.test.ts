import { startRedis, uniquePrefix } from '@gravito/redis-testing'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { type HealthHandler, OrbitPlasma } from '../src/index.js'
import { useCores } from './core.js'

const newCore = useCores()
const url = inject('redisUrl')
const own = { url, keyPrefix: uniquePrefix('orbit') }
const dead = { host: '127.0.0.1', port: 1, retryDelay: 1, password: 'tr3s-secret' }

async function answer(handler: HealthHandler | undefined) {
  const response = await handler?.()
  return { status: response?.status, body: await response?.json(), headers: response?.headers }
}

describe('the health handler', () => {
  it('answers 200 with every connection, its latency and role', async () => {
    const core = newCore()
    await new OrbitPlasma({
      default: 'a',
      connections: { a: own, b: { ...own, db: 1 } },
      health: true,
    }).install(core)
    const { status, body, headers } = await answer(core.routes.get('/health/redis'))
    expect(status).toBe(200)
    expect(headers?.get('content-type')).toMatch(/^application\/json/)
    expect(headers?.get('cache-control')).toBe('no-store')
    const connection = {
      ok: true,
      status: 'ready',
      role: 'master',
      required: true,
      latencyMs: expect.any(Number),
    }
    expect(body).toEqual({ ok: true, status: 'ok', connections: { a: connection, b: connection } })
  })

  it('answers 503 when a required connection is away, within bounds, and 200 again', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const core = newCore()
    await new OrbitPlasma({ url: server.url, retryDelay: 5, health: '/ready' }).install(core)
    const handler = core.routes.get('/ready')
    server.pause()
    const { status, body } = await answer(handler)
    expect(status).toBe(503)
    expect(body).toMatchObject({
      ok: false,
      status: 'down',
      connections: { default: { ok: false } },
    })
    server.resume()
    expect((await answer(handler)).status).toBe(200)
  })

  it('stays at 200, degraded, while only an optional connection is away', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({
      default: 'main',
      connections: { main: own, cache: dead },
      boot: { cache: 'optional' },
    })
    await orbit.install(core)
    const { status, body } = await answer(orbit.healthHandler())
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ok: true,
      status: 'degraded',
      connections: { main: { ok: true }, cache: { ok: false, required: false } },
    })
    expect(JSON.stringify(body)).not.toContain('127.0.0.1')
  })

  it('tells why only when asked to, and never a password', async () => {
    const secret = 'p@ss word'
    const orbit = new OrbitPlasma({
      default: 'main',
      connections: {
        main: own,
        // The message of what fails holds the host, so this would show the password.
        a: { host: 'tr3s-secret.invalid', retryDelay: 1, maxRetries: 0, password: 'tr3s-secret' },
        b: { url: `redis://:${encodeURIComponent(secret)}@127.0.0.1:1`, maxRetries: 0 },
      },
      boot: { a: 'optional', b: 'optional' },
    })
    await orbit.install(newCore())
    const silent = JSON.stringify((await answer(orbit.healthHandler())).body)
    expect(silent).not.toMatch(/invalid|error/)
    const { body } = await answer(orbit.healthHandler({ errors: true }))
    const told = JSON.stringify(body)
    expect(told).toContain('***.invalid')
    expect(told).toContain('127.0.0.1:1')
    for (const it of ['tr3s', secret, encodeURIComponent(secret)]) expect(told).not.toContain(it)
  })

  it('asks once for many probes at the same time', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma(own)
    await orbit.install(core)
    let pings = 0
    const stop = orbit.manager.listen(({ command }) => {
      if (command === 'ping') pings++
    })
    const handler = orbit.healthHandler()
    await Promise.all(Array.from({ length: 50 }, handler))
    stop()
    expect(pings).toBe(1)
  })

  it('answers 503 before install and after shutdown', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({ ...own, health: true })
    const handler = orbit.healthHandler()
    expect((await handler()).status).toBe(503)
    await orbit.install(core)
    expect((await handler()).status).toBe(200)
    await core.hooks.doAction('core:shutdown', core)
    expect(await answer(handler)).toMatchObject({
      status: 503,
      body: { ok: false, status: 'down', connections: {} },
    })
  })

  it('is refused as a setting by a core without a router', async () => {
    const { config, container, services, hooks, logger, adapter } = newCore()
    const core = { config, container, services, hooks, logger, adapter }
    await expect(new OrbitPlasma({ ...own, health: true }).install(core)).rejects.toThrow(
      /health: needs core.router.*orbit.healthHandler\(\)/,
    )
  })
})

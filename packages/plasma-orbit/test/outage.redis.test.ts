import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { ConnectionFailedError, createManager, NotConfiguredError, Redis } from '@gravito/plasma'
import {
  type RedisServer,
  type ServerOptions,
  startRedis,
  uniquePrefix,
  waitUntil,
} from '@gravito/redis-testing'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { OrbitPlasma } from '../src/index.js'
import { useCores } from './core.js'

const newCore = useCores()
const url = inject('redisUrl')
const own = { url, keyPrefix: uniquePrefix('orbit') }

/** A server that ends with the test, also with one that fails. */
async function newServer(options?: ServerOptions): Promise<RedisServer> {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

describe('when Redis cannot be reached', () => {
  const dead = { host: '127.0.0.1', port: 1, password: 'tr3s-secret', retryDelay: 1 }

  it('rejects the install, naming connection and address but not the password', async () => {
    const core = newCore()
    const error = await new OrbitPlasma({ connections: { cache: dead } })
      .install(core)
      .catch((it: unknown) => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(error).toMatchObject({ connection: 'cache', address: '127.0.0.1:1' })
    expect(core.log.join()).toMatch(/error OrbitPlasma is not installed: .*"cache".*127\.0\.0\.1:1/)
    expect(core.log.join() + String(error) + JSON.stringify(error)).not.toContain('tr3s')
  })

  it('takes everything back: services, container, context, facade and sockets', async () => {
    const server = await newServer()
    const watcher = createManager({ connections: { default: { url: server.url } } })
    onTestFinished(() => watcher.disconnect())
    const orbit = new OrbitPlasma({
      default: 'good',
      connections: { good: { url: server.url, connectionName: 'left-behind' }, bad: dead },
    })
    const core = newCore()
    await expect(orbit.install(core)).rejects.toThrow(/"bad"/)
    expect(core.services.has('redis')).toBe(false)
    expect(core.container.has('redis')).toBe(false)
    expect((await core.request()).has('redis')).toBe(false)
    expect(Redis.configured).toBe(false)
    expect(() => orbit.manager).toThrow(NotConfiguredError)
    expect(await orbit.health()).toEqual({ ok: false, status: 'down', connections: {} })
    await waitUntil('no client is left', async () => {
      const clients = await watcher.call<string>('client', 'list')
      return !clients.includes('left-behind')
    })
  })

  it('stops trying: a server that comes up later sees no client of a failed boot', async () => {
    let port = 0
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    port = (probe.address() as AddressInfo).port
    probe.close()
    await once(probe, 'close')
    const orbit = new OrbitPlasma({ port, retryDelay: 5, maxRetries: 2 })
    await expect(orbit.install(newCore())).rejects.toThrow(ConnectionFailedError)
    const handles = process.getActiveResourcesInfo().filter(it => /TCP(SOCKET|Connect)/.test(it))
    const late = createServer().listen(port, '127.0.0.1')
    await once(late, 'listening')
    let visits = 0
    late.on('connection', socket => {
      visits++
      socket.destroy()
    })
    const end = performance.now() + 300
    await waitUntil('three hundred milliseconds without a visit', () => performance.now() > end)
    expect(visits).toBe(0)
    expect(handles.filter(it => it.includes('Connect'))).toEqual([])
    late.close()
  })

  it('says why the last attempt failed when bootTimeoutMs ends the tries', async () => {
    const options = { ...dead, retryDelay: 20, maxRetries: 1_000, bootTimeoutMs: 300 }
    await expect(new OrbitPlasma(options).install(newCore())).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringMatching(/300 ms \(bootTimeoutMs\).*ECONNREFUSED/),
    })
  })

  it('gives up on a server that accepts and never answers, after bootTimeoutMs', async () => {
    const mute = createServer(socket => void socket.resume()).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    const error = await new OrbitPlasma({ port, bootTimeoutMs: 150 })
      .install(newCore())
      .catch((it: unknown) => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect((error as Error).message).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*150 ms`))
    const connections = () =>
      new Promise<number>(resolve => mute.getConnections((_, count) => resolve(count)))
    await waitUntil('its sockets are closed', async () => (await connections()) === 0)
    mute.close()
  })

  it('refuses a wrong password at once', async () => {
    const server = await newServer({ args: ['--requirepass', 'right'] })
    const started = performance.now()
    const error = await new OrbitPlasma({ port: server.port, password: 'tr3s-wrong' })
      .install(newCore())
      .catch((it: unknown) => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(String(error)).not.toContain('tr3s')
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('leaves no unhandled rejection when the kernel does not await its orbits', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listener)
    const core = newCore()
    void new OrbitPlasma(dead).install(core)
    await waitUntil('the failure is logged', () => core.log.some(line => line.startsWith('error')))
    await new Promise(resolve => setImmediate(resolve))
    process.off('unhandledRejection', listener)
    expect(unhandled).toEqual([])
  })
})

describe('while the application runs', () => {
  it('serves requests without Redis: the middleware never waits', async () => {
    const server = await newServer()
    const core = newCore()
    const orbit = new OrbitPlasma({ url: server.url, commandTimeout: 5_000 })
    await orbit.install(core)
    server.pause()
    const started = performance.now()
    for (let n = 0; n < 100; n++) expect((await core.request()).has('redis')).toBe(true)
    expect(performance.now() - started).toBeLessThan(2_500)
    server.resume()
  })

  it('logs an outage once and its end once', async () => {
    const server = await newServer()
    const core = newCore()
    await new OrbitPlasma({ url: server.url, retryDelay: 10 }).install(core)
    await server.kill()
    await waitUntil('the loss is logged', () => core.log.some(line => line.startsWith('warn')))
    await server.restart()
    await waitUntil('the return is logged', () => core.log.some(line => line.startsWith('info')))
    expect(core.log).toEqual([
      expect.stringMatching(/^warn .*"default"/),
      'info Redis connection "default" is back',
    ])
  })

  it('logs one line too where the connection has several sockets', async () => {
    const server = await newServer()
    const core = newCore()
    const orbit = new OrbitPlasma({ url: server.url, retryDelay: 10 })
    await orbit.install(core)
    const redis = orbit.manager
    await redis.subscribe('news', () => {})
    const waiting = redis.blpop('none', 0).catch(() => undefined)
    await waitUntil('it waits', async () => (await redis.infoOf('clients')).blocked_clients === '1')
    await server.kill()
    await waitUntil('the loss is logged', () => core.log.some(line => line.startsWith('warn')))
    await expect(redis.incr('a')).rejects.toThrow(ConnectionFailedError)
    await server.restart()
    await waitUntil('the return is logged', () => core.log.some(line => line.startsWith('info')))
    expect(core.log).toEqual([
      expect.stringMatching(/^warn .*"default"/),
      'info Redis connection "default" is back',
    ])
    await orbit.shutdown()
    await waiting
  })

  it('logs a handler that throws each time, and takes it for no outage', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma(own)
    await orbit.install(core)
    await orbit.manager.subscribe('news', message => {
      throw new Error(`cannot read ${message}`)
    })
    await orbit.manager.publish('news', 'one')
    await orbit.manager.publish('news', 'two')
    await waitUntil('both are logged', () => core.log.length === 2)
    await orbit.manager.blpop('none', 0.01)
    expect(core.log).toEqual([
      expect.stringContaining('cannot read one'),
      expect.stringContaining('cannot read two'),
    ])
  })

  it('tells the health of every connection within a second', async () => {
    const server = await newServer()
    const orbit = new OrbitPlasma({
      default: 'up',
      connections: { up: own, down: { url: server.url, retryDelay: 10 } },
    })
    await orbit.install(newCore())
    expect(await orbit.health()).toMatchObject({
      ok: true,
      connections: { up: { ok: true }, down: { ok: true } },
    })
    server.pause()
    const started = performance.now()
    const health = await orbit.health()
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(health).toMatchObject({
      ok: false,
      connections: { up: { ok: true }, down: { ok: false } },
    })
    server.resume()
  })
})

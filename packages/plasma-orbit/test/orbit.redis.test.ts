import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import {
  ConnectionFailedError,
  createManager,
  NotConfiguredError,
  Redis,
  type RedisManager,
} from '@gravito/plasma'
import { type RedisServer, startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { OrbitPlasma } from '../src/index.js'
import { Core } from './core.js'

const url = inject('redisUrl')
const prefix = uniquePrefix('orbit')
const cores: Core[] = []

/** A core that is shut down after the test. */
function newCore(settings?: Record<string, unknown>): Core {
  const core = new Core(settings)
  cores.push(core)
  return core
}

const own = { url, keyPrefix: prefix }

afterEach(async () => {
  for (const core of cores.splice(0)) await core.hooks.doAction('core:shutdown', core)
})

describe('install', () => {
  it('puts one manager into services, container and the context of every request', async () => {
    const core = newCore({ redis: own })
    const orbit = new OrbitPlasma()
    await orbit.install(core)
    const redis = core.services.get('redis') as RedisManager
    expect(redis).toBe(orbit.manager)
    expect(core.container.make('redis')).toBe(redis)
    expect((await core.request()).get('redis')).toBe(redis)
    expect(await redis.ping()).toBe('PONG')
  })

  it('resolves only when every named connection is open', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({ default: 'a', connections: { a: own, b: { ...own, db: 1 } } })
    await orbit.install(core)
    expect(orbit.manager.connection('a').status).toBe('ready')
    expect(orbit.manager.connection('b').status).toBe('ready')
  })

  it('opens nothing with autoConnect: false, until the first command', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({ ...own, autoConnect: false })
    await orbit.install(core)
    expect(orbit.manager.connection().status).toBe('idle')
    await orbit.manager.set('lazy', '1')
    expect(await orbit.manager.get('lazy')).toBe('1')
  })

  it('has the service in place before its promise is awaited', () => {
    const core = newCore()
    const installing = new OrbitPlasma(own).install(core)
    expect(core.services.has('redis')).toBe(true)
    return installing
  })

  it('refuses a name that another orbit has, and a second core', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma(own)
    await orbit.install(core)
    await expect(new OrbitPlasma(own).install(core)).rejects.toThrow(/choose another name/)
    await expect(orbit.install(newCore())).rejects.toThrow(/one for each core/)
    expect(await (core.services.get('redis') as RedisManager).ping()).toBe('PONG')
  })
})

describe('two orbits and two cores', () => {
  let second: RedisServer
  beforeAll(async () => {
    second = await startRedis()
  })
  afterAll(() => second.stop())

  it('give each its own server', async () => {
    const [one, two] = [newCore(), newCore()]
    await new OrbitPlasma(own).install(one)
    await new OrbitPlasma({ exposeAs: 'kv', url: second.url, keyPrefix: prefix }).install(one)
    await new OrbitPlasma({ url: second.url, keyPrefix: prefix, db: 1 }).install(two)
    const redis = one.services.get('redis') as RedisManager
    const kv = one.services.get('kv') as RedisManager
    const other = two.services.get('redis') as RedisManager
    await Promise.all([redis.set('who', 'redis'), kv.set('who', 'kv'), other.set('who', 'other')])
    expect(await Promise.all([redis, kv, other].map(it => it.get('who')))).toEqual([
      'redis',
      'kv',
      'other',
    ])
    const context = await one.request()
    expect([context.get('redis'), context.get('kv')]).toEqual([redis, kv])
    expect((await two.request()).get('redis')).toBe(other)
  })

  it('lend the facade to the first only, and free it at shutdown', async () => {
    const [one, two] = [newCore(), newCore()]
    const first = new OrbitPlasma(own)
    const other = new OrbitPlasma({ url: second.url, keyPrefix: prefix })
    await first.install(one)
    await other.install(two)
    expect(first.manager).toBe(Redis)
    expect(other.manager).not.toBe(Redis)
    await Redis.set('facade', 'first')
    expect(await other.manager.get('facade')).toBeNull()
    await expect(new OrbitPlasma({ ...own, facade: true }).install(newCore())).rejects.toThrow(
      /facade: cannot be true/,
    )
    await one.hooks.doAction('core:shutdown', one)
    expect(Redis.configured).toBe(false)
    expect(await other.manager.ping()).toBe('PONG')
  })

  it('leave a facade alone that the application configured itself', async () => {
    Redis.configure({ connections: { default: own } })
    try {
      const orbit = new OrbitPlasma({ url: second.url })
      const core = newCore()
      await orbit.install(core)
      expect(orbit.manager).not.toBe(Redis)
      await core.hooks.doAction('shutdown', core)
      expect(await Redis.ping()).toBe('PONG')
    } finally {
      await Redis.reset()
    }
  })

  it('keep out of the facade with facade: false', async () => {
    await new OrbitPlasma({ ...own, facade: false }).install(newCore())
    expect(Redis.configured).toBe(false)
  })
})

describe('when Redis cannot be reached', () => {
  const dead = { host: '127.0.0.1', port: 1, password: 'tr3s-secret', retryDelay: 1 }

  it('rejects the install, naming connection and address but not the password', async () => {
    const core = newCore()
    const error = await new OrbitPlasma({ connections: { cache: dead } })
      .install(core)
      .catch((it: unknown) => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(error).toMatchObject({ connection: 'cache', address: '127.0.0.1:1' })
    expect(core.log.join()).toMatch(/error OrbitPlasma: .*"cache".*127\.0\.0\.1:1/)
    expect(core.log.join() + String(error) + JSON.stringify(error)).not.toContain('tr3s')
  })

  it('takes everything back: services, container, context, facade and sockets', async () => {
    const server = await startRedis()
    const watcher = createManager({ connections: { default: { url: server.url } } })
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
    expect(await orbit.health()).toEqual({ ok: false, connections: {} })
    await waitUntil('no client is left', async () => {
      const clients = await watcher.call<string>('client', 'list')
      return !clients.includes('left-behind')
    })
    await watcher.disconnect()
    await server.stop()
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
    const server = await startRedis({ args: ['--requirepass', 'right'] })
    const started = performance.now()
    const error = await new OrbitPlasma({ port: server.port, password: 'tr3s-wrong' })
      .install(newCore())
      .catch((it: unknown) => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(String(error)).not.toContain('tr3s')
    expect(performance.now() - started).toBeLessThan(2_000)
    await server.stop()
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
    const server = await startRedis()
    const core = newCore()
    const orbit = new OrbitPlasma({ url: server.url, commandTimeout: 200 })
    await orbit.install(core)
    server.pause()
    const started = performance.now()
    for (let n = 0; n < 100; n++) expect((await core.request()).has('redis')).toBe(true)
    expect(performance.now() - started).toBeLessThan(150)
    server.resume()
    await server.stop()
  })

  it('logs an outage once and its end once', async () => {
    const server = await startRedis()
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
    await server.stop()
  })

  it('tells the health of every connection within a second', async () => {
    const server = await startRedis()
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
    await server.stop()
  })
})

describe('shutdown', () => {
  it.each(['core:shutdown', 'shutdown'])('closes every connection on the hook %s', async hook => {
    const core = newCore()
    const orbit = new OrbitPlasma({
      facade: false,
      default: 'a',
      connections: { a: own, b: { ...own, db: 1 } },
    })
    await orbit.install(core)
    const { manager } = orbit
    await manager.subscribe('channel', () => undefined)
    await core.hooks.doAction(hook, core)
    expect(manager.connection('a').status).toBe('closed')
    expect(manager.connection('b').status).toBe('closed')
    await core.hooks.doAction('shutdown', core)
    await core.hooks.doAction('core:shutdown', core)
    await expect(manager.get('x')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  })

  it('waits for replies that are on their way', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({ ...own, facade: false })
    await orbit.install(core)
    const writes = Array.from({ length: 500 }, (_, n) => orbit.manager.set(`write:${n}`, n))
    await core.hooks.doAction('core:shutdown', core)
    expect(await Promise.all(writes)).toEqual(writes.map(() => 'OK'))
  })

  it('lets an orbit be installed again', async () => {
    const orbit = new OrbitPlasma(own)
    const first = newCore()
    await orbit.install(first)
    await first.hooks.doAction('shutdown', first)
    await orbit.install(newCore())
    await first.hooks.doAction('core:shutdown', first)
    expect(await orbit.manager.ping()).toBe('PONG')
  })
})

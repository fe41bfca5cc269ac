import { startRedis, uniquePrefix } from '@gravito/redis-testing'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { OrbitPlasma } from '../src/index.js'
import { useCores } from './core.js'

const newCore = useCores()
const url = inject('redisUrl')
const own = { url, keyPrefix: uniquePrefix('orbit') }

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

  it('waits for held locks, serving requests meanwhile, and closes then', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({ ...own, facade: false, locks: true })
    await orbit.install(core)
    const { manager, locks } = orbit
    const lease = await locks?.mutex('drained').acquire()
    let isDown = false
    const shutdown = core.hooks.doAction('core:shutdown', core).then(() => {
      isDown = true
    })
    expect((await orbit.health()).status).toBe('down')
    expect((await core.request()).get('redis')).toBe(manager)
    expect(await manager.set('work', 1)).toBe('OK')
    expect(isDown).toBe(false)
    expect(await lease?.release()).toBe(true)
    await shutdown
    expect(manager.connection().status).toBe('closed')
    expect((await core.request()).has('redis')).toBe(false)
  })

  it('waits for work of semaphores and read-write locks too', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({ ...own, facade: false, locks: true })
    await orbit.install(core)
    const { locks } = orbit
    const done: string[] = []
    const permit = await locks?.semaphore('permits', { permits: 2 }).acquire()
    const reader = await locks?.readWrite('document').read().acquire()
    const shutdown = orbit.shutdown().then(() => done.push('down'))
    for (const [name, lease] of Object.entries({ permit, reader })) {
      await new Promise(resolve => setTimeout(resolve, 30))
      done.push(name)
      await lease?.release()
    }
    await shutdown
    expect(done).toEqual(['permit', 'reader', 'down'])
  })

  it('leaves a lock to its holder after shutdownTimeoutMs', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({ ...own, facade: false, locks: true, shutdownTimeoutMs: 100 })
    await orbit.install(core)
    const lease = await orbit.locks?.mutex('kept').acquire({ ttlMs: 30_000 })
    await orbit.shutdown()
    expect(lease?.isHeld()).toBe(true)
    expect(core.log).toContainEqual(expect.stringMatching(/^warn .*1 lock is held after 100 ms/))
    const watcher = new OrbitPlasma({ ...own, facade: false, locks: true })
    await watcher.install(newCore())
    expect(await watcher.locks?.mutex('kept').tryAcquire()).toBeNull()
  })

  it('is not held up by a server that does not answer, but for shutdownTimeoutMs', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const orbit = new OrbitPlasma({ url: server.url, facade: false, shutdownTimeoutMs: 200 })
    await orbit.install(newCore())
    server.pause()
    const pending = orbit.manager.get('never').catch((error: unknown) => error)
    const started = performance.now()
    await orbit.shutdown()
    expect(performance.now() - started).toBeLessThan(4_000)
    expect(await pending).toBeInstanceOf(Error)
    server.resume()
  })

  it('takes its signal handlers away', async () => {
    const count = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
    const before = count()
    const cores = [newCore(), newCore()]
    for (const core of cores)
      await new OrbitPlasma({ ...own, facade: false, signals: true }).install(core)
    expect(count()).toBe(before + 2)
    for (const core of cores) await core.hooks.doAction('core:shutdown', core)
    expect(count()).toBe(before)
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

import { createRequire } from 'node:module'
import { ConnectionFailedError, Redis, type RedisManager } from '@gravito/plasma'
import { startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { OrbitPlasma } from '../src/index.js'
import { useCores } from './core.js'

const newCore = useCores()
const url = inject('redisUrl')
const own = { url, keyPrefix: uniquePrefix('orbit') }
const dead = { host: '127.0.0.1', port: 1, retryDelay: 1 }

describe('the boot policy', () => {
  it('lazy opens nothing, until the first command', async () => {
    const orbit = new OrbitPlasma({ ...own, boot: 'lazy' })
    await orbit.install(newCore())
    expect(orbit.manager.connection().status).toBe('idle')
    expect(await orbit.manager.ping()).toBe('PONG')
  })

  it('lazy does not notice that Redis is away', async () => {
    const core = newCore()
    await new OrbitPlasma({ ...dead, boot: 'lazy' }).install(core)
    expect(core.services.has('redis')).toBe(true)
    expect(core.log).toEqual([])
  })

  it('required rejects the boot', async () => {
    const core = newCore()
    await expect(new OrbitPlasma({ ...dead, boot: 'required' }).install(core)).rejects.toThrow(
      ConnectionFailedError,
    )
    expect(core.services.has('redis')).toBe(false)
  })

  it('optional warns and boots, and uses Redis once it is there', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    await server.kill()
    const core = newCore()
    const orbit = new OrbitPlasma({ port: server.port, retryDelay: 1, boot: 'optional' })
    await orbit.install(core)
    expect(core.log).toEqual([expect.stringMatching(/^warn .*"default".*optional: boot goes on/)])
    expect(await orbit.health()).toMatchObject({ ok: true, status: 'degraded' })
    await server.restart()
    await waitUntil('Redis is there', async () => (await orbit.health()).status === 'ok')
    expect(core.log.slice(1)).toContain('info Redis connection "default" is back')
  })

  it('is one for each connection', async () => {
    const core = newCore()
    const orbit = new OrbitPlasma({
      default: 'main',
      connections: { main: own, cache: dead, jobs: dead },
      boot: { cache: 'optional', jobs: 'lazy' },
    })
    await orbit.install(core)
    const { manager } = orbit
    expect(manager.connection('main').status).toBe('ready')
    expect(manager.connection('jobs').status).toBe('idle')
    expect(core.log.filter(line => line.startsWith('warn'))).toEqual([
      expect.stringContaining('"cache"'),
    ])
    const strict = new OrbitPlasma({
      connections: { default: dead, cache: own },
      boot: { cache: 'optional' },
    })
    await expect(strict.install(newCore())).rejects.toThrow(/"default"/)
  })

  it('comes from the kernel’s section too, for the class itself', async () => {
    const core = newCore({ redis: { ...own, boot: 'lazy', exposeAs: 'kv' } })
    await new OrbitPlasma().install(core)
    expect((core.services.get('kv') as RedisManager).connection().status).toBe('idle')
  })
})

describe('copies of the package', () => {
  it('in ESM and CommonJS give each core its own server, and one of them the facade', async () => {
    const other = await startRedis()
    onTestFinished(() => other.stop())
    const { OrbitPlasma: Copy } = createRequire(import.meta.url)('@gravito/plasma-orbit') as {
      OrbitPlasma: typeof OrbitPlasma
    }
    expect(Copy).not.toBe(OrbitPlasma)
    const [one, two] = [newCore(), newCore()]
    await new OrbitPlasma(own).install(one)
    await new Copy({ url: other.url, keyPrefix: own.keyPrefix }).install(two)
    const [first, second] = [one, two].map(it => it.services.get('redis') as RedisManager)
    await Promise.all([first?.set('who', 'first'), second?.set('who', 'second')])
    expect(await Promise.all([first?.get('who'), second?.get('who')])).toEqual(['first', 'second'])
    expect(await Redis.get('who')).toBe('first')
    expect(two.log).toEqual([expect.stringMatching(/^info .*facade leads to other connections/)])
  })
})

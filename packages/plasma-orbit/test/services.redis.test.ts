import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Redis } from '@gravito/plasma'
import { Locks } from '@gravito/redis-locks'
import { startRedis, uniquePrefix } from '@gravito/redis-testing'
import { RedisStore } from '@gravito/stasis-redis'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { OrbitPlasma, type OrbitPlasmaOptions } from '../src/index.js'
import { isMissing } from '../src/services.js'
import { type Core, useCores } from './core.js'

const newCore = useCores()
const url = inject('redisUrl')
const own = { url, keyPrefix: uniquePrefix('orbit') }

async function installed(options: OrbitPlasmaOptions, core: Core = newCore()) {
  const orbit = new OrbitPlasma(options)
  await orbit.install(core)
  return { core, orbit }
}

describe('the services locks and cache', () => {
  it('are in services, container and the context of every request', async () => {
    const { core, orbit } = await installed({ ...own, locks: true, cache: true })
    const { locks, cache } = orbit
    expect(locks).toBeInstanceOf(Locks)
    expect(cache).toBeInstanceOf(RedisStore)
    expect(core.services.get('locks')).toBe(locks)
    expect(core.services.get('cache')).toBe(cache)
    expect(core.container.make('locks')).toBe(locks)
    expect(core.container.make('cache')).toBe(cache)
    const context = await core.request()
    expect([context.get('locks'), context.get('cache')]).toEqual([locks, cache])
  })

  it('work, each on its connection and under its prefix', async () => {
    const other = await startRedis()
    onTestFinished(() => other.stop())
    const { orbit } = await installed({
      default: 'main',
      connections: { main: own, fast: { url: other.url, keyPrefix: own.keyPrefix } },
      locks: { ttlMs: 30_000, prefix: 'mine' },
      cache: { connection: 'fast', prefix: 'page:', defaultTtl: 60 },
    })
    await orbit.cache?.put('home', { title: 'Home' })
    expect(await orbit.cache?.get('home')).toEqual({ title: 'Home' })
    const fast = orbit.manager.connection('fast')
    const [entry = ''] = await fast.keys('page:*')
    expect(await fast.ttl(entry)).toBeGreaterThan(0)
    expect(await orbit.manager.keys('page:*')).toEqual([])
    await orbit.locks?.withLock('job', async () => {
      expect(await orbit.manager.keys('mine*')).not.toEqual([])
    })
  })

  it('are named in the kernel’s section, for the class itself', async () => {
    const redis = { ...own, locks: { exposeAs: 'mutexes' }, cache: { exposeAs: 'store' } }
    const { core } = await installed({}, newCore({ redis }))
    expect(core.services.get('mutexes')).toBeInstanceOf(Locks)
    expect(core.services.get('store')).toBeInstanceOf(RedisStore)
    expect(core.services.has('locks')).toBe(false)
  })

  it('are connections in a bare record of connections', async () => {
    const redis = { default: own, cache: own, locks: own }
    const { core, orbit } = await installed({ boot: 'lazy' }, newCore({ redis }))
    expect(orbit.manager.connections()).toEqual(['default', 'cache', 'locks'])
    expect(core.services.has('cache')).toBe(false)
  })

  it('are not there unless they are wanted', async () => {
    const { core, orbit } = await installed({ ...own, locks: false })
    expect(orbit.locks).toBeUndefined()
    expect([...core.services.keys()]).toEqual(['redis'])
  })

  it('are taken back when boot fails', async () => {
    const core = newCore()
    const failing = new OrbitPlasma({ port: 1, retryDelay: 1, locks: true, cache: true })
    await expect(failing.install(core)).rejects.toThrow(/127\.0\.0\.1:1/)
    expect(core.services.size).toBe(0)
    expect(core.container.has('locks')).toBe(false)
    expect((await core.request()).size).toBe(0)
    expect(failing.locks).toBeUndefined()
  })

  it.each<[Record<string, unknown>, string | RegExp]>([
    [{ locks: 1 }, 'OrbitPlasma.locks: must be true, false or an object of options'],
    [{ cache: { exposeAs: '' } }, /^OrbitPlasma\.cache: exposeAs must be a text/],
    [{ locks: { ttlMs: 0 } }, /^OrbitPlasma\.locks\.ttlMs: must be a whole number/],
    [{ cache: { prefix: '' } }, /^OrbitPlasma\.cache\.prefix: must be a text/],
    [{ cache: { prefx: 'x' } }, /^OrbitPlasma\.cache\.prefx: is no option.*did you mean prefix/],
    [
      { cache: { connection: 'fast' } },
      'OrbitPlasma.cache.connection: "fast" is no Redis connection; there are: default',
    ],
    [{ locks: { exposeAs: 'redis' } }, /^OrbitPlasma\.locks\.exposeAs: "redis" is a service/],
    [{ shutdownTimeoutMs: -1 }, /^OrbitPlasma\.shutdownTimeoutMs: must be a whole number/],
    [{ signals: 'SIGTERM' }, 'OrbitPlasma.signals: must be true or false'],
  ])('report a mistake where it was written: %o', async (options, message) => {
    const install = async () => {
      const orbit = new OrbitPlasma({ ...own, ...options } as OrbitPlasmaOptions)
      await orbit.install(newCore())
    }
    await expect(install()).rejects.toThrow(message)
    expect(Redis.configured).toBe(false)
  })

  it('report a mistake in the kernel’s section there', async () => {
    const redis = { ...own, cache: { defaultTtl: -1 } }
    await expect(installed({}, newCore({ redis }))).rejects.toThrow(
      /^config\.redis\.cache\.defaultTtl/,
    )
  })
})

describe('without their packages', () => {
  it('the orbit works, and says what to install when they are wanted', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'orbit-services-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const from = path.join(import.meta.dirname, '../../../node_modules')
    const to = path.join(folder, 'node_modules')
    mkdirSync(path.join(to, '@gravito'), { recursive: true })
    for (const name of readdirSync(from).filter(it => !/^(\.|@gravito)/.test(it)))
      symlinkSync(path.join(from, name), path.join(to, name))
    for (const name of ['@gravito/plasma', '@gravito/plasma-orbit'])
      symlinkSync(path.join(from, name), path.join(to, name))
    const main = path.join(folder, 'main.mjs')
    writeFileSync(
      main,
      `import { OrbitPlasma } from '@gravito/plasma-orbit'
const core = () => ({
  services: new Map(),
  config: { get: (_, fallback) => fallback },
  container: { instance() {}, forget() {} },
  hooks: { addAction() {} },
  logger: { info() {}, warn() {}, error() {} },
  adapter: { use() {} },
})
for (const wanted of [{ locks: true }, { cache: true }]) {
  await new OrbitPlasma({ boot: 'lazy', ...wanted }).install(core()).catch(it => console.log(it.message))
}
const orbit = new OrbitPlasma({ url: process.env.REDIS_URL })
await orbit.install(core())
console.log(await orbit.manager.ping())
await orbit.shutdown()`,
    )
    const args = ['--preserve-symlinks', '--preserve-symlinks-main', main]
    const env = { ...process.env, REDIS_URL: url }
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: 15_000 })
    expect(stdout.trim().split('\n')).toEqual([
      'OrbitPlasma.locks: needs the package @gravito/redis-locks: npm i @gravito/redis-locks',
      'OrbitPlasma.cache: needs the package @gravito/stasis-redis: npm i @gravito/stasis-redis',
      'PONG',
    ])
  })

  it('does not take a failure inside a package for its absence', () => {
    const missing = (name: string) =>
      Object.assign(new Error(`Cannot find package '${name}' imported from x`), {
        code: 'ERR_MODULE_NOT_FOUND',
      })
    expect(isMissing(missing('@gravito/redis-locks'), '@gravito/redis-locks')).toBe(true)
    expect(isMissing(missing('something-else'), '@gravito/redis-locks')).toBe(false)
    expect(isMissing(new Error("'@gravito/redis-locks'"), '@gravito/redis-locks')).toBe(false)
  })
})

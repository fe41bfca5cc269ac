import { Redis, type RedisManager } from '@gravito/plasma'
import { type RedisServer, startRedis, uniquePrefix } from '@gravito/redis-testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { OrbitPlasma } from '../src/index.js'
import { useCores } from './core.js'

const newCore = useCores()
const url = inject('redisUrl')
const own = { url, keyPrefix: uniquePrefix('orbit') }

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
    await new OrbitPlasma({ exposeAs: 'kv', url: second.url, keyPrefix: own.keyPrefix }).install(
      one,
    )
    await new OrbitPlasma({ url: second.url, keyPrefix: own.keyPrefix, db: 1 }).install(two)
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
    const other = new OrbitPlasma({ url: second.url, keyPrefix: own.keyPrefix })
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

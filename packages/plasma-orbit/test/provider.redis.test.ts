import { Redis, type RedisManager } from '@gravito/plasma'
import { uniquePrefix } from '@gravito/redis-testing'
import { describe, expect, inject, it } from 'vitest'
import { plasmaProvider } from '../src/index.js'
import { type Core, useCores } from './core.js'

const newCore = useCores()
const own = { url: inject('redisUrl'), keyPrefix: uniquePrefix('orbit') }

/** The framework's base class, as far as a core uses it. */
abstract class ServiceProvider {
  protected core?: Core
  deferred = false
  provides(): string[] {
    return []
  }
  abstract register(container: Core['container']): void
  boot?(core: Core): void | Promise<void>
  setCore(core: Core): void {
    this.core = core
  }
}

/** What the kernel does with its providers. */
async function bootstrap(core: Core, ...providers: ServiceProvider[]): Promise<void> {
  for (const it of providers) {
    it.setCore(core)
    it.register(core.container)
  }
  for (const it of providers) await it.boot?.(core)
}

describe('the orbit as a service provider', () => {
  it('is one of the framework’s own', () => {
    const provider = new (plasmaProvider(ServiceProvider, own))()
    expect(provider).toBeInstanceOf(ServiceProvider)
    expect(provider.deferred).toBe(false)
    expect(provider.provides()).toEqual(['redis'])
  })

  it('registers the service and opens it at boot', async () => {
    class RedisProvider extends plasmaProvider(ServiceProvider, { ...own, exposeAs: 'kv' }) {}
    const core = newCore()
    const provider = new RedisProvider()
    await bootstrap(core, provider)
    const redis = core.container.make<RedisManager>('kv')
    expect(redis).toBe(provider.orbit.manager)
    expect(core.services.get('kv')).toBe(redis)
    expect((await core.request()).get('kv')).toBe(redis)
    expect(await redis.ping()).toBe('PONG')
  })

  it('takes the kernel’s configuration, and serves providers that boot later', async () => {
    const core = newCore({ redis: own })
    let pong = ''
    class Later extends ServiceProvider {
      override register(): void {}
      override async boot(core: Core): Promise<void> {
        pong = await core.container.make<RedisManager>('redis').ping()
      }
    }
    await bootstrap(core, new (plasmaProvider(ServiceProvider))(), new Later())
    expect(pong).toBe('PONG')
  })

  it('says so when it is asked for before boot, and keeps nothing of a failed boot', async () => {
    const core = newCore()
    const provider = new (plasmaProvider(ServiceProvider, { port: 1, retryDelay: 1 }))()
    provider.register(core.container)
    expect(() => core.container.make('redis')).toThrow(/asked for before it was booted/)
    await expect(provider.boot(core)).rejects.toThrow(/127\.0\.0\.1:1/)
    expect(() => core.container.make('redis')).toThrow()
    expect(Redis.configured).toBe(false)
  })

  it('reports a mistake where the provider is made, and refuses what is no class', () => {
    expect(() => plasmaProvider(ServiceProvider, { boot: 'x' as never })).toThrow(
      /OrbitPlasma.boot/,
    )
    expect(() => plasmaProvider({} as never)).toThrow(/takes the ServiceProvider class/)
  })
})

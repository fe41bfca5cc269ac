import { describe, expect, it } from 'vitest'
import { HonoAdapter } from '../src/host/adapter.js'
import { Container } from '../src/host/container.js'
import { Hooks } from '../src/host/hooks.js'
import { Settings } from '../src/host/settings.js'
import { type GravitoOrbit, PlanetCore } from '../src/kernel.js'

describe('boot', () => {
  it('builds classes without arguments, takes instances, and awaits each install in turn', async () => {
    const order: string[] = []
    class Slow implements GravitoOrbit {
      constructor(...args: unknown[]) {
        order.push(`built with ${args.length} arguments`)
      }

      async install(): Promise<void> {
        await new Promise(resolve => setImmediate(resolve))
        order.push('slow')
      }
    }
    class Quick implements GravitoOrbit {
      install(): void {
        order.push('quick')
      }
    }
    await PlanetCore.boot({ orbits: [Slow, Quick] })
    await PlanetCore.boot({ orbits: [new Quick()] })
    expect(order).toEqual(['built with 0 arguments', 'slow', 'quick', 'quick'])
  })

  it('rejects when an orbit does, and installs none after it', async () => {
    let later = false
    const orbits: GravitoOrbit[] = [
      { install: () => Promise.reject(new Error('no Redis')) },
      {
        install: () => {
          later = true
        },
      },
    ]
    await expect(PlanetCore.boot({ orbits })).rejects.toThrow('no Redis')
    expect(later).toBe(false)
  })
})

describe('config', () => {
  const settings = new Settings({ redis: { host: 'a' }, PORT: 1 }, { PORT: '2' })

  it('throws for an absent key, unless a default is given', () => {
    expect(() => settings.get('absent')).toThrow(/"absent"/)
    expect(settings.get('absent', 7)).toBe(7)
    expect(settings.get('absent', null)).toBeNull()
  })

  it('lets the environment win', () => {
    expect(settings.get('PORT')).toBe('2')
  })

  it('reaches into objects, while has knows top-level keys only', () => {
    expect(settings.get('redis.host')).toBe('a')
    expect(settings.has('redis')).toBe(true)
    expect(settings.has('redis.host')).toBe(false)
    expect(settings.get('constructor', 'none')).toBe('none')
    settings.set('late', 1)
    expect(settings.get('late')).toBe(1)
  })
})

describe('container', () => {
  it('binds, shares, holds and forgets', () => {
    const container = new Container()
    let made = 0
    container.bind('each', () => ++made)
    container.singleton('one', () => ({}))
    container.instance('given', 'value')
    expect([container.make('each'), container.make('each')]).toEqual([1, 2])
    expect(container.make('one')).toBe(container.make('one'))
    expect(container.make('given')).toBe('value')
    container.forget('given')
    expect(container.has('given')).toBe(false)
    expect(() => container.make('given')).toThrow(/"given"/)
    container.flush()
    expect(container.has('each')).toBe(false)
  })
})

describe('hooks', () => {
  it('runs every action in order, awaits it, and reports the first failure', async () => {
    const hooks = new Hooks()
    const seen: unknown[] = []
    hooks.addAction('end', async value => {
      await new Promise(resolve => setImmediate(resolve))
      seen.push(value)
    })
    hooks.addAction('end', () => Promise.reject(new Error('first')))
    hooks.addAction('end', () => {
      seen.push('last')
    })
    await expect(hooks.doAction('end', 1)).rejects.toThrow('first')
    expect(seen).toEqual([1, 'last'])
    await hooks.doAction('nobody', 1)
  })

  it('passes a value through every filter', async () => {
    const hooks = new Hooks()
    hooks.addFilter<number>('n', n => n + 1)
    hooks.addFilter<number>('n', async (n, factor) => n * Number(factor))
    expect(await hooks.applyFilters('n', 1, 10)).toBe(20)
  })
})

describe('adapter', () => {
  it('runs middleware for every request, not found ones too, in order', async () => {
    const adapter = new HonoAdapter()
    const seen: string[] = []
    adapter.use('*', async (c, next) => {
      c.set('redis', 'service')
      seen.push(new URL(c.req.url).pathname)
      await next()
      return undefined
    })
    adapter.get('/there/:name', c => c.json([c.get('redis'), c.req.param('name')]))
    const reply = await adapter.fetch(new Request('http://localhost/there/x'))
    expect(await reply.json()).toEqual(['service', 'x'])
    expect((await adapter.fetch(new Request('http://localhost/nowhere'))).status).toBe(404)
    expect(seen).toEqual(['/there/x', '/nowhere'])
  })

  it('lets middleware answer in place of the handler', async () => {
    const adapter = new HonoAdapter()
    adapter.use('*', () => new Response('closed', { status: 503 }))
    adapter.get('/', c => c.json('open'))
    const reply = await adapter.fetch(new Request('http://localhost/'))
    expect([reply.status, await reply.text()]).toEqual([503, 'closed'])
  })

  it('gives liftoff a port and a fetch', async () => {
    const core = await PlanetCore.boot({ config: { PORT: 4_001 } })
    core.router.get('/', c => c.json('up'))
    const { port, fetch } = core.liftoff()
    expect(port).toBe(Number(process.env.PORT ?? 4_001))
    expect(await (await fetch(new Request('http://localhost/'))).json()).toBe('up')
    expect(core.liftoff(5_000).port).toBe(5_000)
  })
})

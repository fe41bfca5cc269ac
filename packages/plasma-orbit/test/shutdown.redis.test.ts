import { uniquePrefix } from '@gravito/redis-testing'
import { describe, expect, inject, it } from 'vitest'
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

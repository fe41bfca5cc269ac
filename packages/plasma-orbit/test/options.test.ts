import { isRedisError } from '@gravito/plasma'
import { describe, expect, it } from 'vitest'
import { findConfig } from '../src/config.js'
import { OrbitPlasma, type OrbitPlasmaOptions } from '../src/index.js'
import { readOptions, resolveSettings } from '../src/options.js'
import { Core } from './core.js'

const find = (options: OrbitPlasmaOptions, settings: Record<string, unknown> = {}) =>
  findConfig(readOptions(options), new Core(settings).config)

/** The message of what `install` rejects with; nothing is opened. */
async function mistake(options: unknown, settings: Record<string, unknown> = {}): Promise<string> {
  try {
    const orbit = new OrbitPlasma({ facade: false, ...(options as object) })
    await orbit.install(new Core(settings))
  } catch (error) {
    if (isRedisError(error, 'CONFIG_INVALID')) return error.message
    throw error
  }
  throw new Error('was accepted')
}

describe('where the configuration comes from', () => {
  it('takes named connections, or one connection, from the options', () => {
    const connections = { main: { host: 'a' } }
    expect(find({ default: 'main', connections }).config).toEqual({ default: 'main', connections })
    expect(find({ host: 'a', port: 7 }).config).toEqual({
      connections: { default: { host: 'a', port: 7 } },
    })
  })

  it('takes all three forms from the kernel', () => {
    const connections = { main: { host: 'a' }, other: { host: 'b' } }
    const full = { default: 'main', connections }
    expect(find({}, { redis: full }).config).toEqual(full)
    expect(find({}, { redis: connections }).config).toEqual({ connections })
    expect(find({}, { redis: { default: 'main', ...connections } }).config).toEqual(full)
    expect(find({}, { redis: { host: 'a' } }).config).toEqual({
      connections: { default: { host: 'a' } },
    })
  })

  it('takes a Cluster or TLS alone for one connection, not for a record of two', () => {
    const cluster = { cluster: { nodes: [{ host: 'a' }] } }
    expect(find({}, { redis: cluster }).config).toEqual({ connections: { default: cluster } })
    expect(find({}, { redis: { tls: {} } }).config).toEqual({
      connections: { default: { tls: {} } },
    })
  })

  it('reads another key, nested ones too', () => {
    const settings = { database: { redis: { host: 'deep' } }, redis: { host: 'top' } }
    expect(find({ configKey: 'database.redis' }, settings).config.connections.default).toEqual({
      host: 'deep',
    })
  })

  it('prefers options to the kernel, the kernel’s redis to the environment, and a URL to a host', () => {
    const settings = { redis: { host: 'b' }, REDIS_URL: 'redis://c', REDIS_HOST: 'd' }
    const { redis: _, ...environment } = settings
    expect(find({ host: 'a' }, settings).config.connections.default).toEqual({ host: 'a' })
    expect(find({}, settings).config.connections.default).toEqual({ host: 'b' })
    expect(find({}, environment).config.connections.default).toEqual({ url: 'redis://c' })
  })

  it('reads host, port, user, password, database and TLS from the environment', () => {
    const environment = {
      REDIS_HOST: 'h',
      REDIS_PORT: '6390',
      REDIS_USERNAME: 'u',
      REDIS_PASSWORD: 'p',
      REDIS_DB: '2',
      REDIS_TLS: 'true',
    }
    expect(find({}, environment).config.connections.default).toEqual({
      host: 'h',
      port: '6390',
      username: 'u',
      password: 'p',
      db: '2',
      tls: true,
    })
  })

  it('takes an empty or "null" variable for an unset one', () => {
    const environment = { REDIS_HOST: 'h', REDIS_PASSWORD: 'null', REDIS_USERNAME: '' }
    expect(find({}, environment).config.connections.default).toEqual({ host: 'h' })
  })

  it('falls back to 127.0.0.1:6379 when nothing is configured, and says so', async () => {
    expect(find({}).implicit).toBe(true)
    const core = new Core()
    await new OrbitPlasma({ autoConnect: false, facade: false }).install(core)
    expect(core.log).toEqual([expect.stringMatching(/^info .*127\.0\.0\.1:6379.*REDIS_URL/)])
    expect(find({}, { redis: {} }).implicit).toBeUndefined()
  })
})

describe('the settings of the orbit', () => {
  const settings = (options: OrbitPlasmaOptions, kernel: Record<string, unknown>) => {
    const written = readOptions(options)
    return resolveSettings(written.settings, findConfig(written, new Core(kernel).config).settings)
  }

  it('may stand in the kernel’s section, beside any form of connections', () => {
    for (const connections of [
      { url: 'redis://a' },
      { main: { host: 'a' }, other: { host: 'b' } },
      { default: 'main', connections: { main: {} } },
    ]) {
      const redis = { ...connections, exposeAs: 'kv', boot: 'lazy' }
      expect(settings({}, { redis })).toMatchObject({ exposeAs: 'kv', boot: 'lazy' })
      expect(find({}, { redis }).config).toEqual(find({}, { redis: connections }).config)
    }
  })

  it('leave the connections to the environment when they stand alone', () => {
    const found = find({}, { redis: { boot: 'optional' }, REDIS_URL: 'redis://c' })
    expect(found.config.connections.default).toEqual({ url: 'redis://c' })
    expect(found.settings).toEqual({ boot: 'optional' })
  })

  it('are connections in a bare record, where they hold an object', () => {
    const redis = { health: { host: 'a' }, default: { host: 'b' } }
    expect(find({}, { redis })).toMatchObject({ config: { connections: redis }, settings: {} })
  })

  it('of the options win', () => {
    const redis = { host: 'a', boot: 'lazy', exposeAs: 'kv', bootTimeoutMs: 5 }
    expect(settings({ autoConnect: true, exposeAs: 'mine', port: 1 }, { redis })).toMatchObject({
      boot: 'required',
      exposeAs: 'mine',
      bootTimeoutMs: 5,
    })
  })

  it('serve the health under the service’s name', () => {
    expect(settings({ health: true, exposeAs: 'kv' }, {}).health).toBe('/health/kv')
    expect(settings({ health: '/ready' }, {}).health).toBe('/ready')
    expect(settings({ health: false }, {}).health).toBeUndefined()
  })
})

describe('a mistake in the configuration', () => {
  it('is reported where it was written', async () => {
    expect(await mistake({ connections: { a: { port: 0 } } })).toMatch(
      /^OrbitPlasma\.connections\.a\.port: must be/,
    )
    expect(await mistake({ port: 'x' })).toMatch(/^OrbitPlasma\.port: must be/)
    expect(await mistake({}, { redis: { port: 'x' } })).toMatch(/^config\.redis\.port: must be/)
    expect(await mistake({}, { redis: { a: { port: 'x' } } })).toMatch(/^config\.redis\.a\.port:/)
    expect(await mistake({}, { REDIS_PORT: 'x' })).toMatch(/^config\.REDIS_PORT: must be/)
    expect(await mistake({}, { REDIS_URL: 'http://x' })).toMatch(/^config\.REDIS_URL: must start/)
    expect(await mistake({}, { REDIS_TLS: 'maybe' })).toMatch(/^config\.REDIS_TLS: must be true/)
    expect(await mistake({}, { redis: 'redis://x' })).toMatch(/^config\.redis: must be one conn/)
  })

  it('in a policy names the connections that there are', async () => {
    expect(await mistake({ connections: { default: {} }, boot: { cahce: 'lazy' } })).toBe(
      'OrbitPlasma.boot.cahce: is no Redis connection; there are: default',
    )
    expect(
      await mistake({}, { redis: { connections: { default: {} }, boot: { cahce: 'lazy' } } }),
    ).toBe('config.redis.boot.cahce: is no Redis connection; there are: default')
  })

  it('in the settings of the kernel’s section is reported there', async () => {
    expect(await mistake({}, { redis: { port: 1, boot: 'x' } })).toMatch(
      /^config\.redis\.boot: must/,
    )
    expect(await mistake({}, { redis: { port: 1, exposAs: 'x' } })).toBe(
      'config.redis.exposAs: is no option; did you mean exposeAs?',
    )
  })

  it('names the option that was meant', async () => {
    expect(await mistake({ autoconnect: true })).toBe(
      'OrbitPlasma.autoconnect: is no option; did you mean autoConnect?',
    )
    expect(await mistake({ exposAs: 'kv' })).toMatch(/did you mean exposeAs\?/)
    expect(await mistake({ bootTimeout: 1 })).toMatch(/did you mean bootTimeoutMs\?/)
    expect(await mistake({ pasword: 'x' })).toMatch(/^OrbitPlasma\.pasword: is no option/)
    expect(await mistake({}, { redis: { hots: 'x' } })).toMatch(/did you mean host\?/)
    expect(await mistake({}, { redis: { connections: { a: {} }, lokcs: true } })).toBe(
      'config.redis.lokcs: is no option; did you mean locks?',
    )
  })

  it('names the settings too where they could stand', async () => {
    for (const redis of [{ connections: { a: {} } }, { host: 'a' }]) {
      expect(await mistake({}, { redis: { ...redis, timeout: {} } })).toMatch(
        /^config\.redis\.timeout: is no option; known are .*connect.*, exposeAs, .*signals$/,
      )
    }
    expect(await mistake({}, { redis: { connections: { a: { zzz: 1 } } } })).not.toMatch(/exposeAs/)
  })

  it('refuses settings of a wrong type before anything is installed', () => {
    for (const [options, message] of [
      [{ exposeAs: '' }, /exposeAs: must be a text/],
      [{ autoConnect: 'yes' }, /autoConnect: must be true or false/],
      [{ bootTimeoutMs: 0 }, /bootTimeoutMs: must be a whole number/],
      [{ bootTimeoutMs: Number.NaN }, /bootTimeoutMs/],
      [{ facade: 1 }, /facade: must be/],
      [{ boot: 'later' }, /boot: must be 'required', 'optional', 'lazy' or a record/],
      [{ boot: { main: 'later' } }, /boot: main must be 'required', 'optional', 'lazy'/],
      [{ boot: 'required', autoConnect: false }, /autoConnect: .*write boot: 'lazy'/],
      [{ health: 'health' }, /health: must be true, false or a path that starts with \//],
      [null, /takes an object/],
    ] as const) {
      expect(() => new OrbitPlasma(options as never)).toThrow(message)
    }
  })
})

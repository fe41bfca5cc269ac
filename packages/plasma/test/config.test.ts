import fc from 'fast-check'
import { Cluster } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { RedisClient } from '../src/client.js'
import { resolveConfig, resolveConnection } from '../src/config/resolve.js'
import type { ConnectionConfig } from '../src/config/types.js'
import { RedisConfigError } from '../src/errors.js'

const refused = (config: unknown): RedisConfigError => {
  try {
    resolveConfig(config as never)
  } catch (error) {
    return error as RedisConfigError
  }
  throw new Error('was accepted')
}
const one = (connection: unknown) => ({ connections: { main: connection } })
const resolved = (connection: ConnectionConfig) => resolveConnection(connection, 'connections.main')

describe('a mistake in the configuration is an error that names its place', () => {
  test.each([
    ['nothing', undefined, 'configuration', /object/],
    ['no connections', {}, 'connections', /object/],
    ['empty connections', { connections: {} }, 'connections', /no Redis connection/],
    [
      'a client of another library',
      one({ client: { sendCommand() {}, options: {}, isOpen: true } }),
      'connections.main.client',
      /ioredis/,
    ],
    ['options at the top', { host: 'a', connections: { main: {} } }, 'host', /connections/],
    [
      'an unknown name at the top',
      { conections: {}, connections: { main: {} } },
      'conections',
      /connections/,
    ],
    ['an unknown option', one({ hots: 'x' }), 'connections.main.hots', /did you mean host/],
    [
      'an option with a letter missing',
      one({ comandTimeout: 1 }),
      'connections.main.comandTimeout',
      /did you mean commandTimeout/,
    ],
    [
      'an option with a letter too many',
      one({ keyPreffix: 'x' }),
      'connections.main.keyPreffix',
      /did you mean keyPrefix/,
    ],
    [
      'an option with a wrong letter',
      one({ passwort: 'x' }),
      'connections.main.passwort',
      /did you mean password/,
    ],
    [
      'an option in other letters',
      one({ keyprefix: 'x' }),
      'connections.main.keyprefix',
      /keyPrefix/,
    ],
    ['a connection that is text', one('redis://x'), 'connections.main', /object/],
    ['a port that is no number', one({ port: 'abc' }), 'connections.main.port', /65535/],
    ['a port out of range', one({ port: 70_000 }), 'connections.main.port', /65535/],
    ['an empty host', one({ host: '' }), 'connections.main.host', /empty/],
    ['a negative database', one({ db: -1 }), 'connections.main.db', /whole number/],
    [
      'a fractional time-out',
      one({ connectTimeout: 1.5 }),
      'connections.main.connectTimeout',
      /whole/,
    ],
    ['maxRetries below 0', one({ maxRetries: -1 }), 'connections.main.maxRetries', /whole/],
    ['a password of "null"', one({ password: 'null' }), 'connections.main.password', /environment/],
    [
      'a password of "undefined"',
      one({ password: 'undefined' }),
      'connections.main.password',
      /environment/,
    ],
    ['a password that is a number', one({ password: 1234 }), 'connections.main.password', /text/],
    ['tls that is text', one({ tls: 'yes' }), 'connections.main.tls', /object/],
    ['url and host', one({ url: 'redis://a', host: 'b' }), 'connections.main.url', /host/],
    [
      'url and another password',
      one({ url: 'redis://:a@b', password: 'c' }),
      'connections.main.password',
      /url/,
    ],
    ['no url', one({ url: 'localhost:6379' }), 'connections.main.url', /redis:\/\//],
    ['another protocol', one({ url: 'http://a' }), 'connections.main.url', /redis:\/\//],
    ['a url with a bad database', one({ url: 'redis://a/x' }), 'connections.main.url', /database/],
    ['path and port', one({ path: '/s', port: 1 }), 'connections.main.path', /port/],
    ['cluster without nodes', one({ cluster: true }), 'connections.main.nodes', /cluster/],
    ['nodes without cluster', one({ nodes: [{ host: 'a' }] }), 'connections.main.nodes', /cluster/],
    [
      'an empty list of nodes',
      one({ cluster: { nodes: [] } }),
      'connections.main.cluster.nodes',
      /empty/,
    ],
    [
      'a node without host',
      one({ cluster: true, nodes: [{ port: 1 }] }),
      'connections.main.nodes.0.host',
      /text/,
    ],
    [
      'a cluster with a database',
      one({ cluster: true, nodes: [{ host: 'a' }], db: 1 }),
      'connections.main.db',
      /0/,
    ],
    [
      'sentinels without a name',
      one({ sentinels: [{ host: 'a' }] }),
      'connections.main.name',
      /sentinels/,
    ],
    ['a client that is none', one({ client: {} }), 'connections.main.client', /ioredis/],
    ['an unknown default', { default: 'x', connections: { main: {} } }, 'default', /main/],
    ['no default among many', { connections: { a: {}, b: {} } }, 'default', /a, b/],
    ['a default that is a number', { default: 1, connections: { main: {} } }, 'default', /text/],
  ])('%s', (_, config, path, problem) => {
    const error = refused(config)
    expect(error).toBeInstanceOf(RedisConfigError)
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.path).toBe(path)
    expect(error.message).toMatch(problem)
  })

  test.each([undefined, null, 'redis://a', {}, { sendCommand: 1, options: {} }])(
    'from(%o), which is no ioredis instance',
    given => {
      expect(() => RedisClient.from(given as never)).toThrow(
        expect.objectContaining({ path: 'connections.default.client', code: 'CONFIG_INVALID' }),
      )
    },
  )

  test('a wrong option of any name is never accepted', () => {
    fc.assert(
      fc.property(fc.string(), name => {
        fc.pre(
          !(name in { url: 1, host: 1, path: 1, username: 1, password: 1, keyPrefix: 1, name: 1 }),
        )
        fc.pre(
          !(
            name in
            {
              connectionName: 1,
              driver: 1,
              port: 1,
              db: 1,
              tls: 1,
              client: 1,
              options: 1,
              cluster: 1,
            }
          ),
        )
        expect(() => resolved({ [name]: 'x' } as never)).toThrow(RedisConfigError)
      }),
    )
  })

  test('no message shows a password', () => {
    expect(refused(one({ url: 'redis://:hunter2@a', host: 'b' })).message).not.toContain('hunter2')
    expect(resolved({ url: 'redis://me:hunter2@a:1/2' }).address).toBe('a:1')
  })
})

describe('what is accepted', () => {
  test('nothing but defaults', () => {
    const { kind, address, keyPrefix, commandTimeout, maxRetries, retryDelay, ioredis } = resolved(
      {},
    )
    expect({ kind, address, keyPrefix, commandTimeout, maxRetries, retryDelay }).toEqual({
      kind: 'single',
      address: '127.0.0.1:6379',
      keyPrefix: '',
      commandTimeout: 5_000,
      maxRetries: 3,
      retryDelay: 500,
    })
    expect(ioredis).toMatchObject({ host: '127.0.0.1', port: 6379, db: 0, connectTimeout: 10_000 })
  })

  test('port and database as text, as the environment has them', () => {
    expect(resolved({ port: '6380', db: '2' }).ioredis).toMatchObject({ port: 6380, db: 2 })
  })

  test('an unset password, however it is written', () => {
    for (const password of [undefined, null, '']) {
      expect(resolved({ password }).ioredis.password).toBeUndefined()
    }
  })

  test('a url with everything', () => {
    expect(resolved({ url: 'rediss://me:p%40ss@[::1]:6380/3' }).ioredis).toMatchObject({
      host: '::1',
      port: 6380,
      username: 'me',
      password: 'p@ss',
      db: 3,
      tls: {},
    })
  })

  test('TLS by url only where the url says so', () => {
    expect(resolved({ url: 'redis://a' }).ioredis.tls).toBeUndefined()
    expect(resolved({ url: 'valkey://a' }).ioredis.tls).toBeUndefined()
    expect(resolved({ url: 'rediss://a' }).ioredis.tls).toEqual({ servername: 'a' })
    expect(resolved({ url: 'valkeys://a' }).ioredis.tls).toEqual({ servername: 'a' })
  })

  test('any password survives a url', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), password => {
        fc.pre(password !== 'null' && password !== 'undefined')
        const url = `redis://:${encodeURIComponent(password)}@host`
        expect(resolved({ url }).ioredis.password).toBe(password)
      }),
    )
  })

  test('TLS asks for the certificate of the host, and verifies it', () => {
    expect(resolved({ host: 'redis.example', tls: true }).ioredis.tls).toEqual({
      servername: 'redis.example',
    })
    expect(resolved({ host: '10.0.0.1', tls: true }).ioredis.tls).toEqual({})
    expect(resolved({ tls: { rejectUnauthorized: false } }).ioredis.tls).toEqual({
      rejectUnauthorized: false,
    })
  })

  test('both forms of a Cluster', () => {
    const nodes = [{ host: 'a', port: '7000' }, { host: 'b' }]
    const expected = [
      { host: 'a', port: 7000 },
      { host: 'b', port: 6379 },
    ]
    expect(resolved({ cluster: true, nodes })).toMatchObject({ kind: 'cluster', nodes: expected })
    expect(resolved({ cluster: { nodes, scaleReads: 'all' } })).toMatchObject({
      kind: 'cluster',
      nodes: expected,
    })
  })

  test('Sentinel', () => {
    const { kind, ioredis } = resolved({
      sentinels: [{ host: 's', port: 26379 }],
      name: 'mymaster',
    })
    expect(kind).toBe('sentinel')
    expect(ioredis).toMatchObject({ sentinels: [{ host: 's', port: 26379 }], name: 'mymaster' })
    expect(ioredis.host).toBeUndefined()
  })

  test("Atlas' configuration, with its connections to other databases", () => {
    const { defaultName, connections } = resolveConfig({
      default: 'mysql',
      connections: {
        mysql: { driver: 'mysql', database: 'app' } as ConnectionConfig,
        redis: { driver: 'redis', host: '127.0.0.1', port: '6379', password: undefined, db: 0 },
      },
    })
    expect(defaultName).toBe('redis')
    expect([...connections.keys()]).toEqual(['redis'])
  })

  test('the only connection is the default, and so is one called default', () => {
    expect(resolveConfig({ connections: { cache: {} } }).defaultName).toBe('cache')
    expect(resolveConfig({ connections: { a: {}, default: {} } }).defaultName).toBe('default')
    expect(resolveConfig({ default: 'b', connections: { a: {}, b: {} } }).defaultName).toBe('b')
  })
})

describe('any configuration', () => {
  const junk = fc.oneof(
    fc.anything(),
    fc.string(),
    fc.integer(),
    fc.constantFrom(null, true, '', 'null', {}, [], Number.NaN),
  )
  const name = fc.constantFrom(
    'url',
    'host',
    'port',
    'path',
    'username',
    'password',
    'db',
    'tls',
    'keyPrefix',
    'connectTimeout',
    'commandTimeout',
    'maxRetries',
    'maxQueued',
    'retryDelay',
    'cluster',
    'nodes',
    'sentinels',
    'name',
    'readFrom',
    'connectionName',
    'driver',
    'constructor',
    '__proto__',
    'hots',
  )

  test('is taken or refused with a path, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, junk), { maxLength: 6 }), options => {
        try {
          const resolved = resolveConnection(
            Object.fromEntries(options) as ConnectionConfig,
            'connections.main',
          )
          expect(resolved.commandTimeout).toBeGreaterThanOrEqual(0)
          expect(resolved.address).not.toBe('')
        } catch (error) {
          expect(error).toBeInstanceOf(RedisConfigError)
          expect((error as RedisConfigError).path).toMatch(/^connections\.main/)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('holds no secret in its message', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, junk), { maxLength: 4 }), options => {
        const config = { ...Object.fromEntries(options), password: 'top-secret-1' }
        try {
          resolveConnection(config as ConnectionConfig, 'connections.main')
        } catch (error) {
          expect((error as Error).message).not.toContain('top-secret-1')
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a key prefix with braces', () => {
  const nodes = [{ host: '127.0.0.1', port: 7000 }]

  test.each([
    ['one that is not closed', 'app:{x', /connections\.main\.keyPrefix: .*not close.*'{app}:'/],
    ['one that is closed before', '}app:{', /not close/],
    ['an empty tag', 'app:{}:', /\{\}.*'{app}:'/],
    ['a tag behind an empty one', '{}{app}:', /\{\}/],
  ])('%s is refused with a Cluster', (_, keyPrefix, message) => {
    const client = new Cluster(nodes, { lazyConnect: true, keyPrefix })
    for (const config of [
      { cluster: true, nodes, keyPrefix },
      { cluster: { nodes }, keyPrefix },
      { client },
      { client: new Cluster(nodes, { lazyConnect: true }), keyPrefix },
    ]) {
      const error = refused(one(config))
      expect(error).toMatchObject({ path: 'connections.main.keyPrefix' })
      expect(error.message).toMatch(message)
    }
    expect(resolved({ keyPrefix })).toMatchObject({ keyPrefix })
  })

  test('in a Cluster is taken exactly where the tags of keys keep their meaning', () => {
    /** What Redis hashes, by its specification. */
    const hashed = (key: string) => {
      const open = key.indexOf('{')
      const close = key.indexOf('}', open + 1)
      return open < 0 || close < 0 || close === open + 1 ? key : key.slice(open + 1, close)
    }
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'a', ':') }), keyPrefix => {
        const together = hashed(`${keyPrefix}a:{7}`) === hashed(`${keyPrefix}b:{7}:c`)
        const resolve = () => resolved({ cluster: true, nodes, keyPrefix })
        if (together) expect(resolve()).toMatchObject({ keyPrefix })
        else expect(resolve).toThrow(RedisConfigError)
      }),
      { numRuns: 1_000 },
    )
  })
})

import { startProxy, startRedis, waitUntil } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import {
  CommandTimeoutError,
  ConnectionClosedError,
  ConnectionFailedError,
  RedisClient,
} from '../src/index.js'
import { clientOf, testClient } from './servers.js'

async function ownServer(options?: { args?: string[] }) {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

describe('opening', () => {
  test('is lazy, and 25 first requests share one socket', async () => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port })
    expect(redis.status).toBe('idle')
    await Promise.all(Array.from({ length: 25 }, (_, i) => redis.set(`k${i}`, i)))
    expect(redis.status).toBe('ready')
    expect(await redis.info('stats')).toContain('total_connections_received:1\r\n')
  })

  test('connect is single-flight and idempotent', async () => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port })
    await Promise.all([redis.connect(), redis.connect(), redis.ping(), redis.connect()])
    await redis.connect()
    expect(await redis.info('stats')).toContain('total_connections_received:1\r\n')
  })

  test('a dead server: connect and commands fail within their retries and say why', async () => {
    const redis = clientOf({ port: 1, retryDelay: 5, maxRetries: 2 }, 'dead')
    const error = await redis.connect().catch(it => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(error).toMatchObject({
      connection: 'dead',
      address: '127.0.0.1:1',
      code: 'CONNECTION_FAILED',
    })
    expect(error.message).toContain('ECONNREFUSED')
    await expect(redis.get('a')).rejects.toBeInstanceOf(ConnectionFailedError)
    await expect(redis.pipeline().get('a').exec()).resolves.toMatchObject([
      [{ code: 'CONNECTION_FAILED' }, undefined],
    ])
    expect(redis.status).toBe('idle')
  })

  test('a server that accepts and never answers ends connect within its time', async () => {
    const server = await ownServer()
    server.pause()
    const redis = clientOf({ port: server.port, connectTimeout: 100, maxRetries: 1, retryDelay: 5 })
    const started = performance.now()
    await expect(redis.connect()).rejects.toThrow(/no answer within 100 ms/)
    // Two attempts; the 2 s for which ioredis waits for the end of a connection are no part of them.
    expect(performance.now() - started).toBeLessThan(2_000)
    server.resume()
    expect(await redis.ping()).toBe('PONG')
  })

  test('a server that comes up later is found by the next command', async () => {
    const server = await ownServer()
    await server.kill()
    const redis = clientOf({ port: server.port, retryDelay: 5, maxRetries: 1 })
    await expect(redis.connect()).rejects.toBeInstanceOf(ConnectionFailedError)
    await server.restart()
    expect(await redis.ping()).toBe('PONG')
  })

  test('a wrong password fails at once, without retries, and is not shown', async () => {
    const server = await ownServer({ args: ['--requirepass', 'right'] })
    const redis = clientOf({ port: server.port, password: 'hunter2', retryDelay: 60_000 })
    const error = await redis.connect().catch(it => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(error.message).toMatch(/WRONGPASS|invalid/)
    expect(error.message).not.toContain('hunter2')
    const nobody = clientOf({ port: server.port, retryDelay: 60_000 })
    await expect(nobody.connect()).rejects.toThrow(/NOAUTH/)
    const right = clientOf({ port: server.port, password: 'right' })
    expect(await right.ping()).toBe('PONG')
  })

  test('an unset password is not sent', async () => {
    const server = await ownServer()
    for (const password of [undefined, null, '']) {
      expect(await clientOf({ port: server.port, password }).ping()).toBe('PONG')
    }
  })

  test('by url, with database and connection name', async () => {
    const server = await ownServer()
    const redis = clientOf({ url: `redis://127.0.0.1:${server.port}/3`, connectionName: 'by-url' })
    expect(await redis.client('INFO')).toMatch(/name=by-url.* db=3 /)
  })

  test('by a Unix socket', async () => {
    const path = `/tmp/plasma-${process.pid}-${Date.now()}.sock`
    await ownServer({ args: ['--unixsocket', path] })
    expect(await clientOf({ path }).ping()).toBe('PONG')
  })
})

describe('losing the server', () => {
  test('commands of the outage wait within bounds, then the connection comes back by itself', async () => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port, retryDelay: 10, maxRetries: 2 })
    const events: string[] = []
    for (const event of ['ready', 'error', 'reconnecting', 'close'] as const)
      redis.on(event, () => events.push(event))
    await redis.set('a', '1')
    await server.kill()
    await expect(redis.get('a')).rejects.toBeInstanceOf(ConnectionFailedError)
    await server.restart()
    await waitUntil('commands flow again', () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    )
    expect(events.filter(it => it === 'error')).toHaveLength(1)
    expect(events.filter(it => it === 'ready')).toHaveLength(2)
    expect(events).toContain('reconnecting')
    expect(events).toContain('close')
  })

  test('a long outage: a command fails with the reason within commandTimeout', async () => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port, retryDelay: 60_000, commandTimeout: 100 })
    await redis.connect()
    await server.kill()
    const error = await redis.get('a').catch(it => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect((await redis.pipeline().get('a').exec())[0][0]).toBeInstanceOf(ConnectionFailedError)
    await expect(redis.scanIterator().next()).rejects.toBeInstanceOf(ConnectionFailedError)
  })

  test('connect of a lost connection ends after its retries, and the connection goes on trying', async () => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port, retryDelay: 5, maxRetries: 2 })
    await redis.connect()
    await server.kill()
    await waitUntil('the loss is noticed', () => redis.status === 'reconnecting')
    await expect(redis.connect()).rejects.toBeInstanceOf(ConnectionFailedError)
    await server.restart()
    await waitUntil('it is back', () => redis.status === 'ready')
  })

  test('an error nobody listens to is a warning, once per outage, and no crash', async () => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port, retryDelay: 5 }, 'unheard')
    await redis.ping()
    const warnings: string[] = []
    const listener = (warning: Error) => warnings.push(warning.message)
    process.on('warning', listener)
    onTestFinished(() => {
      process.off('warning', listener)
    })
    await server.kill()
    await waitUntil('the outage is noticed', () => warnings.some(it => it.includes('unheard')))
    await expect(redis.ping()).rejects.toBeInstanceOf(ConnectionFailedError)
    expect(warnings.filter(it => it.includes('unheard'))).toHaveLength(1)
  })

  test('a frozen server: commandTimeout ends the wait and names the command', async () => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port, commandTimeout: 100 })
    await redis.connect()
    server.pause()
    const error = await redis.get('a').catch(it => it)
    expect(error).toBeInstanceOf(CommandTimeoutError)
    expect(error).toMatchObject({ command: 'get', timeoutMs: 100, code: 'COMMAND_TIMEOUT' })
    const results = await redis.pipeline().get('a').exec()
    expect(results[0][0]).toBeInstanceOf(CommandTimeoutError)
    expect(await redis.health()).toMatchObject({ ok: false, status: 'ready' })
    server.resume()
    await waitUntil('it answers again', () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    )
  })

  test('a blocking command may take longer than commandTimeout', async () => {
    const redis = testClient({ commandTimeout: 100 })
    expect(await redis.call('BLPOP', 'none', '0.5')).toBeNull()
  })

  test('replies cut in small pieces arrive whole', async () => {
    const proxy = await startProxy(Number(new URL(inject('redisUrl')).port))
    onTestFinished(() => proxy.stop())
    proxy.fragment(7)
    const redis = testClient({ url: `redis://127.0.0.1:${proxy.port}` })
    const value = '日本語🦊'.repeat(200)
    await redis.hset('h', { value, other: '\r\n$3\r\n' })
    expect(await redis.hgetall('h')).toEqual({ value, other: '\r\n$3\r\n' })
  })
})

test('maxQueued 0 concerns a connection that is away, not those of their own for one caller', async () => {
  const redis = testClient({ maxQueued: 0 })
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  await waitUntil('opened by what it refused', () => redis.status === 'ready')
  expect(await redis.blpop('a', 0.01)).toBeNull()
  expect(await redis.transaction(tx => tx.multi(c => [c.get('a')]))).toEqual([null])
  const replica = () => redis.with({ readFrom: 'replica' }).get('a')
  await waitUntil('reads', async () => (await replica().catch(() => 'refused')) === null)
})

describe('closing', () => {
  test('waits for pending replies', async () => {
    const redis = clientOf({ url: inject('redisUrl') })
    const pending = Array.from({ length: 100 }, () => redis.echo('hi'))
    await redis.disconnect()
    expect(await Promise.all(pending)).toHaveLength(100)
    expect(redis.status).toBe('closed')
  })

  test('is idempotent; commands are refused until connect opens it again', async () => {
    const redis = clientOf({ url: inject('redisUrl') })
    await redis.disconnect()
    await Promise.all([redis.disconnect(), redis.disconnect()])
    await expect(redis.get('a')).rejects.toBeInstanceOf(ConnectionClosedError)
    await expect(redis.pipeline().get('a').exec()).rejects.toBeInstanceOf(ConnectionClosedError)
    await redis.connect()
    expect(await redis.ping()).toBe('PONG')
  })

  test.each<[string, (redis: RedisClient) => unknown]>([
    ['a wait', redis => redis.blpop('a', 1)],
    ['a transaction', redis => redis.transaction(tx => tx.get('a'))],
    ['a read from a replica', redis => redis.with({ readFrom: 'replica' }).get('a')],
    ['subscribe', redis => redis.subscribe('a', () => undefined)],
    ['psubscribe', redis => redis.psubscribe('a*', () => undefined)],
    ['ssubscribe', redis => redis.ssubscribe('a', () => undefined)],
    ['messages', redis => redis.messages('a').next()],
    ['scanIterator', redis => redis.scanIterator().next()],
  ])('what needs another connection is refused as well: %s', async (_, use) => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port })
    await redis.disconnect()
    await expect(Promise.resolve(use(redis))).rejects.toBeInstanceOf(ConnectionClosedError)
    const watcher = clientOf({ port: server.port })
    expect((await watcher.client<string>('LIST')).trim().split('\n')).toHaveLength(1)
    await redis.connect()
    const subscription = await redis.subscribe('a', () => undefined)
    await subscription.unsubscribe()
    expect(await redis.transaction(tx => tx.get('a'))).toBeNull()
  })

  test('ends while Redis is away', async () => {
    const redis = clientOf({ port: 1, retryDelay: 10_000 })
    const lost = redis.get('a').catch(it => it)
    const opening = redis.connect().catch(it => it)
    await waitUntil('the first attempt failed', () => redis.status === 'reconnecting')
    await redis.disconnect()
    expect(await lost).toBeInstanceOf(ConnectionClosedError)
    expect(await opening).toBeInstanceOf(ConnectionClosedError)
  })

  test('ends within its deadline when the server is frozen', async () => {
    const server = await ownServer()
    const redis = clientOf({ port: server.port, commandTimeout: 0 })
    await redis.ping()
    server.pause()
    const lost = redis.get('a').catch(it => it)
    await redis.disconnect()
    expect(await lost).toBeInstanceOf(ConnectionClosedError)
    server.resume()
  })

  test('await using', async () => {
    let kept: RedisClient
    {
      await using redis = new RedisClient({ url: inject('redisUrl') })
      kept = redis
      await redis.ping()
    }
    expect(kept.status).toBe('closed')
  })
})

describe('an ioredis instance of your own', () => {
  test('is used as it is, with its key prefix, and stays open', async () => {
    const prefix = `own${Math.random()}:`
    const own = new IoRedis(inject('redisUrl'), { keyPrefix: prefix, lazyConnect: true })
    const redis = RedisClient.from(own, 'own')
    await redis.set('a', '1', { ex: 100 })
    expect(await own.get('a')).toBe('1')
    expect(await redis.keys('*')).toEqual(['a'])
    const heard: string[] = []
    const subscription = await redis.subscribe('news', message => heard.push(message))
    await redis.publish('news', 'hi')
    await waitUntil('the message arrives', () => heard.length === 1)
    await subscription.unsubscribe()
    expect(redis.ioredis).toBe(own)
    await redis.disconnect()
    expect(own.status).toBe('ready')
    await own.del('a')
    await own.quit()
  })
})

test('health: state, latency, and no rejection', async () => {
  const redis = clientOf({ url: inject('redisUrl') })
  const health = await redis.health()
  expect(health).toMatchObject({ ok: true, status: 'ready' })
  expect(health.latencyMs).toBeGreaterThan(0)
  const dead = clientOf({ port: 1, maxRetries: 0 })
  expect(await dead.health()).toMatchObject({
    ok: false,
    error: expect.stringContaining('ECONNREFUSED'),
  })
})

test('duplicate is a second connection with the same configuration', async () => {
  const redis = testClient()
  await using copy = redis.duplicate({ connectionName: 'copy' })
  await redis.set('a', '1')
  expect(await copy.get('a')).toBe('1')
  expect(copy.ioredis).not.toBe(redis.ioredis)
})

import { startProxy, startRedis, waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  CommandTimeoutError,
  ConnectionFailedError,
  QueueFullError,
  RedisClient,
  RedisError,
  ReplyLostError,
} from '../src/index.js'
import { clientOf } from './servers.js'

const serverFor = async (...args: string[]) => {
  const server = await startRedis({ args })
  onTestFinished(() => server.stop())
  return server
}

const proxyFor = async (port: number) => {
  const proxy = await startProxy(port)
  onTestFinished(() => proxy.stop())
  return proxy
}

/** Every error that a caller can meet is one of ours. */
const isTyped = (error: unknown) => error instanceof RedisError

describe('a server that goes away', () => {
  test('killed and restarted under load: every promise settles, and no acknowledged INCR is counted twice', async () => {
    const server = await serverFor('--appendonly', 'yes', '--appendfsync', 'always')
    const redis = clientOf({ port: server.port, retryDelay: 20, maxRetries: 100 })
    let acknowledged = 0
    let lost = 0
    const errors: unknown[] = []
    let running = true
    const fiber = async () => {
      while (running) {
        try {
          await redis.incr('n')
          acknowledged++
        } catch (error) {
          if (error instanceof ReplyLostError) lost++
          else errors.push(error)
        }
      }
    }
    const fibers = Array.from({ length: 20 }, fiber)
    for (let i = 0; i < 3; i++) {
      const before = acknowledged
      await waitUntil('load', () => acknowledged > before + 200)
      await server.kill()
      await server.restart()
    }
    const before = acknowledged
    await waitUntil('load after the last restart', () => acknowledged > before + 200)
    running = false
    await Promise.all(fibers)
    const counted = Number(await redis.get('n'))
    expect(errors.filter(error => !isTyped(error))).toEqual([])
    expect(counted).toBeGreaterThanOrEqual(acknowledged)
    expect(counted).toBeLessThanOrEqual(acknowledged + lost + errors.length)
  })

  test('a reply that is lost with its connection: INCR is told, not repeated; GET and SET are sent again', async () => {
    const server = await serverFor()
    const proxy = await proxyFor(server.port)
    const redis = clientOf({ port: proxy.port })
    const direct = clientOf({ port: server.port })
    await redis.set('n', '1')
    proxy.setDelay(60_000)
    const incr = redis.incr('n').catch(error => error)
    const get = redis.get('n')
    const set = redis.set('other', 'v')
    const conditional = redis.set('only', 'v', { nx: true }).catch(error => error)
    const script = redis.eval('return redis.call("INCR", KEYS[1])', 1, 'm').catch(error => error)
    await waitUntil('executed', async () => (await direct.get('m')) === '1')
    proxy.setDelay(0)
    proxy.cut()
    expect(await incr).toBeInstanceOf(ReplyLostError)
    expect(await incr).toMatchObject({ code: 'REPLY_LOST', command: 'incr' })
    expect(await conditional).toBeInstanceOf(ReplyLostError)
    expect(await script).toBeInstanceOf(ReplyLostError)
    expect(await get).toBe('2')
    expect(await set).toBe('OK')
    expect(await direct.mget('n', 'm')).toEqual(['2', '1'])
  })

  test('a pipeline and a transaction whose replies are lost are not executed twice', async () => {
    const server = await serverFor()
    const proxy = await proxyFor(server.port)
    const redis = clientOf({ port: proxy.port })
    const direct = clientOf({ port: server.port })
    await redis.ping()
    proxy.setDelay(60_000)
    const pipeline = redis.pipeline().incr('p').get('p').exec()
    const multi = redis
      .multi()
      .incr('m')
      .exec()
      .catch(error => error)
    await waitUntil('executed', async () => (await direct.get('m')) === '1')
    proxy.setDelay(0)
    proxy.cut()
    const [[incrError], [, read]] = await pipeline
    expect(incrError).toBeInstanceOf(ReplyLostError)
    expect(read).toBe('1')
    expect(await multi).toBeInstanceOf(ReplyLostError)
    expect(await direct.mget('p', 'm')).toEqual(['1', '1'])
  })

  test('a command that timed out while it waited is not executed when the server is back', async () => {
    const server = await serverFor('--appendonly', 'yes')
    const redis = clientOf({ port: server.port, commandTimeout: 100, maxRetries: 1_000 })
    await redis.connect()
    await server.kill()
    await waitUntil('noticed', () => redis.status !== 'ready')
    await expect(redis.set('late', '1')).rejects.toBeInstanceOf(ConnectionFailedError)
    const [[error]] = await redis.pipeline().set('late', '2').exec()
    expect(error).toBeInstanceOf(ConnectionFailedError)
    const controller = new AbortController()
    const given = redis.with({ signal: controller.signal, commandTimeout: 0 }).set('late', '3')
    controller.abort(new Error('given up'))
    await expect(given).rejects.toThrow('given up')
    await server.restart()
    await redis.connect()
    expect(await redis.with({ commandTimeout: 5_000 }).exists('late')).toBe(0)
  })

  test('no more than maxQueued commands wait; the next is refused at once, and order is kept', async () => {
    const server = await serverFor('--appendonly', 'yes')
    const redis = clientOf({ port: server.port, maxQueued: 3, maxRetries: 1_000 })
    await redis.ping()
    await server.kill()
    await waitUntil('noticed', () => redis.status !== 'ready')
    const waiting = [redis.rpush('l', 'a'), redis.rpush('l', 'b'), redis.rpush('l', 'c')]
    const refused = await redis.rpush('l', 'd').catch(error => error)
    expect(refused).toBeInstanceOf(QueueFullError)
    expect(refused).toMatchObject({ code: 'QUEUE_FULL', maxQueued: 3 })
    expect(redis.stats().queued).toBe(3)
    await server.restart()
    expect(await Promise.all(waiting)).toEqual([1, 2, 3])
    expect(await redis.lrange('l', 0, -1)).toEqual(['a', 'b', 'c'])
  })

  test('one batch may be larger than maxQueued, unless something else waits', async () => {
    const server = await serverFor()
    const redis = clientOf({ port: server.port, maxQueued: 3 })
    const batch = () => redis.pipeline(c => Array.from({ length: 5 }, () => c.ping()))
    const [first, second] = await Promise.allSettled([batch(), batch()])
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'QUEUE_FULL' } })
  })

  test('maxQueued 0 fails at once while Redis is away', async () => {
    const redis = clientOf({ host: '127.0.0.1', port: 1, maxQueued: 0 })
    await expect(redis.get('a')).rejects.toBeInstanceOf(QueueFullError)
  })

  test("frozen: commands end by commandTimeout, and a late reply is nobody else's", async () => {
    const server = await serverFor()
    const redis = clientOf({ port: server.port, commandTimeout: 150 })
    const patient = redis.with({ commandTimeout: 10_000 })
    await patient.mset({ a: 'A', b: 'B' })
    server.pause()
    await expect(redis.get('a')).rejects.toBeInstanceOf(CommandTimeoutError)
    await expect(redis.pipeline(c => [c.get('a'), c.get('b')])).rejects.toBeInstanceOf(
      CommandTimeoutError,
    )
    const late = patient.get('b')
    server.resume()
    expect(await late).toBe('B')
    expect(await patient.get('a')).toBe('A')
  })
})

test('WAIT has a time of its own, commandTimeout does not end it', async () => {
  const server = await serverFor()
  const redis = clientOf({ port: server.port, commandTimeout: 100 })
  await redis.connect()
  await redis.with({ commandTimeout: 5_000 }).set('a', '1')
  expect(await redis.wait(1, 300)).toBe(0)
})

describe('a server that cannot serve', () => {
  test('full: writes fail with OOM, reads go on, nothing hangs', async () => {
    const server = await serverFor('--maxmemory', '3mb', '--maxmemory-policy', 'noeviction')
    const redis = clientOf({ port: server.port })
    const value = 'x'.repeat(100_000)
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => redis.set(`k${i}`, value)),
    )
    const refused = results.filter(it => it.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const it of refused) expect(it.reason).toMatchObject({ code: 'OOM', command: 'set' })
    expect(await redis.get('k0')).toBe(value)
  })

  test('read-only after a failover: the write fails with READONLY, and the connection looks again', async () => {
    const master = await serverFor()
    const replica = await serverFor('--replicaof', `127.0.0.1 ${master.port}`)
    const redis = clientOf({ port: replica.port })
    const closed: string[] = []
    redis.on('close', ({ connection }) => closed.push(connection))
    await expect(redis.set('a', '1')).rejects.toMatchObject({ code: 'READONLY' })
    await waitUntil('looked again', () => closed.length === 1 && redis.status === 'ready')
    await clientOf({ port: replica.port }).call('replicaof', 'NO', 'ONE')
    await waitUntil('promoted', async () => (await redis.health()).role === 'master')
    expect(await redis.set('a', '1')).toBe('OK')
  })

  test('loading its data: commands wait until it is done', async () => {
    const server = await serverFor('--save', '')
    const redis = clientOf({ port: server.port, maxRetries: 1_000, commandTimeout: 20_000 })
    await redis.eval('for i = 1, 20000 do redis.call("SET", "k" .. i, i) end', 0)
    await redis.call('save')
    await redis.configSet({ 'key-load-delay': 50 })
    await redis.call('config', 'REWRITE').catch(() => undefined)
    const reload = clientOf({ port: server.port, commandTimeout: 0 }).call(
      'debug',
      'RELOAD',
      'NOSAVE',
    )
    const refused = await redis.get('k1').catch(error => error)
    await reload.catch(() => undefined)
    expect(refused === '1' || (refused as RedisError).code === 'LOADING').toBe(true)
    expect(await redis.get('k20000')).toBe('20000')
  })

  test('a wrong certificate authority, a refused log-in: at once, once, and without the secret', async () => {
    const server = await serverFor('--requirepass', 'right')
    const redis = clientOf({ port: server.port, password: 'wrong-secret', retryDelay: 60_000 })
    const error = await redis.get('a').catch(it => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(error.message).toContain('WRONGPASS')
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('wrong-secret')
  })
})

describe('a network that misbehaves', () => {
  test('replies in one-byte pieces, cut in half, and large ones between small ones', async () => {
    const server = await serverFor()
    const proxy = await proxyFor(server.port)
    const redis = clientOf({ port: proxy.port, commandTimeout: 0 })
    proxy.fragment(1)
    const text = 'é😀\r\n\0"x'.repeat(50)
    await redis.hset('h', { [text]: text })
    const replies = await redis.pipeline(c => [
      c.hgetall('h'),
      c.get('none'),
      c.lrange('none', 0, -1),
      c.incr('n'),
    ])
    expect(replies).toEqual([{ [text]: text }, null, [], 1])
  })

  test('a value of 64 MB goes there and back', async () => {
    const server = await serverFor()
    const redis = clientOf({ port: server.port, commandTimeout: 60_000 })
    const value = Buffer.alloc(64 * 1024 * 1024, 'abcdefg')
    await redis.set('big', value)
    expect(await redis.strlen('big')).toBe(value.length)
    const [read, small] = await Promise.all([redis.buffers.get('big'), redis.ping()])
    expect(read?.equals(value)).toBe(true)
    expect(small).toBe('PONG')
  })

  test('keys with CRLF, NUL, emoji and lone surrogates are only keys', async () => {
    const server = await serverFor()
    const redis = clientOf({ port: server.port, keyPrefix: 'a\r\nDEL *\r\n:' })
    for (const key of ['a\r\nSET b c\r\n', '\0', '😀', 'x'.repeat(10_000), ' ', '*1']) {
      await redis.set(key, key)
      expect(await redis.get(key)).toBe(key)
    }
    expect(await redis.dbsize()).toBe(6)
  })

  test('50 fibers under 8 cut connections: no wrong reply, each told once', async () => {
    const server = await serverFor()
    const proxy = await proxyFor(server.port)
    const redis = clientOf({ port: proxy.port, retryDelay: 5, maxRetries: 100 })
    await redis.pipeline(c => Array.from({ length: 50 }, (_, i) => c.set(`k${i}`, i)))
    let running = true
    let wrong = 0
    let answered = 0
    let untyped = 0
    const fiber = async (i: number) => {
      while (running) {
        try {
          const [value, sum] = await Promise.all([redis.get(`k${i}`), redis.incr(`n${i}`)])
          if (value !== String(i) || !Number.isInteger(sum)) wrong++
          answered++
        } catch (error) {
          if (!isTyped(error)) untyped++
        }
      }
    }
    const fibers = Array.from({ length: 50 }, (_, i) => fiber(i))
    for (let i = 0; i < 8; i++) {
      const before = answered
      await waitUntil('load', () => answered > before + 200)
      proxy.cut()
    }
    running = false
    await Promise.all(fibers)
    expect({ wrong, untyped }).toEqual({ wrong: 0, untyped: 0 })
  })
})

describe('closing', () => {
  test('lets commands go out that wait for a connection being opened', async () => {
    const server = await serverFor()
    const redis = new RedisClient({ port: server.port })
    const set = redis.set('a', '1')
    await redis.disconnect()
    expect(await set).toBe('OK')
    expect(await clientOf({ port: server.port }).get('a')).toBe('1')
  })

  test('with its own deadline', async () => {
    const server = await serverFor()
    const redis = new RedisClient({ port: server.port })
    await redis.ping()
    server.pause()
    const started = performance.now()
    const pending = redis.get('a').catch(error => error)
    await redis.disconnect({ timeoutMs: 100 })
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(isTyped(await pending)).toBe(true)
    server.resume()
  })
})

import { startProxy, startRedis, uniquePrefix } from '@gravito/redis-testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { RedisClient } from '../../src/index.js'

const key = fc.constantFrom('a', 'b', 'c')
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map(it => Buffer.from(it)),
  fc.integer(),
  fc.constant('x'.repeat(5_000)),
)
/** Commands of every shape of reply, some of which fail on what the key holds. */
const command = fc.oneof(
  fc.record({
    name: fc.constantFrom('get', 'incr', 'lrange', 'hgetall', 'smembers', 'type', 'strlen', 'pttl'),
    args: key.map(it => [it]),
  }),
  fc.record({
    name: fc.constantFrom('set', 'append', 'rpush', 'sadd', 'getset'),
    args: fc.tuple(key, value),
  }),
  fc.record({ name: fc.constant('hset'), args: fc.tuple(key, value, value) }),
  fc.record({ name: fc.constant('zadd'), args: fc.tuple(key, fc.integer(), value) }),
  fc.record({ name: fc.constant('zrange'), args: key.map(it => [it, 0, -1, 'WITHSCORES']) }),
  fc.record({ name: fc.constant('mget'), args: fc.array(key, { minLength: 1 }) }),
  fc.record({ name: fc.constant('del'), args: key.map(it => [it]) }),
  fc.record({ name: fc.constant('lrange'), args: key.map(it => [it, 0, -1]) }),
  fc.record({ name: fc.constant('nosuch'), args: fc.constant([]) }),
)
type Command = { name: string; args: (string | number | Buffer)[] }

/** Replies and errors in a form that can be compared. */
const outcome = (sent: Promise<unknown>) =>
  sent.then(
    reply => reply,
    error => `${error.name}: ${error.message}`,
  )

describe('with the fast path and without it the answers are the same', () => {
  let fast: RedisClient
  let plain: RedisClient
  let stop: () => Promise<void>
  beforeAll(async () => {
    const { hostname, port } = new URL(inject('redisUrl'))
    const proxies = [
      await startProxy(Number(port), hostname),
      await startProxy(Number(port), hostname),
    ]
    const [first, second] = proxies
    fast = new RedisClient(
      { port: first?.port, keyPrefix: uniquePrefix('same'), fastPath: true },
      'x',
    )
    plain = new RedisClient(
      { port: second?.port, keyPrefix: uniquePrefix('same'), fastPath: false },
      'x',
    )
    for (const proxy of proxies) proxy.fragment(7)
    stop = async () => {
      await Promise.all([fast.disconnect(), plain.disconnect()])
      await Promise.all(proxies.map(proxy => proxy.stop()))
    }
  })
  afterAll(() => stop())

  const both = async (run: (redis: RedisClient) => Promise<unknown>) => {
    const [mine, theirs] = await Promise.all([fast, plain].map(run))
    expect(mine).toEqual(theirs)
  }
  const clear = () => both(redis => redis.del('a', 'b', 'c').then(() => 0))

  test('many commands at once, in order, replies cut in pieces', async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.array(command, { maxLength: 25 }), commands =>
          both(redis =>
            Promise.all(
              (commands as Command[]).map(({ name, args }) => outcome(redis.call(name, ...args))),
            ),
          ),
        )
        .afterEach(clear),
      { numRuns: 60 },
    )
  })

  test('as bytes', async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.array(command, { maxLength: 10 }), commands =>
          both(redis =>
            Promise.all(
              (commands as Command[]).map(({ name, args }) =>
                outcome(
                  redis.buffers.send(
                    name,
                    args,
                    name === 'mget' ? args.map((_, i) => i) : args.length > 0 ? [0] : [],
                  ) as Promise<unknown>,
                ),
              ),
            ),
          ),
        )
        .afterEach(clear),
      { numRuns: 30 },
    )
  })

  test.each(['pipeline', 'multi'] as const)('%s: replies and errors by position', async kind => {
    await fc.assert(
      fc
        .asyncProperty(fc.array(command, { minLength: 1, maxLength: 15 }), commands =>
          both(redis => {
            const batch = redis[kind]()
            for (const { name, args } of commands as Command[]) {
              batch.send(
                name,
                args,
                name === 'mget' ? args.map((_, i) => i) : args.length > 0 ? [0] : [],
              )
            }
            return outcome(
              batch
                .exec()
                .then(results => results.map(([error, reply]) => error?.message ?? reply)),
            )
          }),
        )
        .afterEach(clear),
      { numRuns: 40 },
    )
  })
})

test('what ioredis sends on the same connection keeps its place', async () => {
  const redis = new RedisClient({ url: inject('redisUrl'), keyPrefix: uniquePrefix('mixed') })
  onTestFinished(async () => {
    await redis.del('l')
    await redis.disconnect()
  })
  await redis.connect()
  const raw = redis.ioredis
  const list = `${redis.keyPrefix}l`
  const lengths = await Promise.all([
    redis.rpush('l', 1),
    raw.rpush(list, 2),
    redis.pipeline(c => [c.rpush('l', 3), c.rpush('l', 4)]),
    raw.pipeline().rpush(list, 5).rpush(list, 6).exec(),
    redis.multi(c => [c.rpush('l', 7)]),
    raw.multi().rpush(list, 8).exec(),
    redis.rpush('l', Buffer.from('9')),
    raw.rpush(list, Buffer.from('10')),
  ])
  expect(lengths).toEqual([
    1,
    2,
    [3, 4],
    [
      [null, 5],
      [null, 6],
    ],
    [7],
    [[null, 8]],
    9,
    10,
  ])
  expect(await redis.lrange('l', 0, -1)).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    '10',
  ])
})

test('pushes between replies reach their listeners, and no reply is displaced', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const redis = new RedisClient({ port: server.port })
  onTestFinished(() => redis.disconnect())
  await redis.connect()
  const heard: string[] = []
  redis.ioredis.on('message', (_, message) => heard.push(message))
  // With RESP3 a subscribed connection still takes commands.
  await redis.ioredis.subscribe('news')
  const sums = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const [sum] = await Promise.all([redis.incr('n'), redis.publish('news', i)])
      return sum
    }),
  )
  expect(sums).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  expect(heard).toEqual(Array.from({ length: 200 }, (_, i) => String(i)))
})

test('a command on a selected database stays there after a reconnect', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const redis = new RedisClient({ port: server.port, db: 3, retryDelay: 10 })
  onTestFinished(() => redis.disconnect())
  await redis.set('a', 'three')
  await redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => undefined)
  expect(await redis.get('a')).toBe('three')
  expect(await redis.info('keyspace')).toMatch(/db3:keys=1/)
})

import { waitUntil } from '@gravito/redis-testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createManager } from '../src/index.js'

/** The examples of Atlas' document: `DB.connection('redis')` is a connection of a manager. */
function database() {
  const { hostname, port } = new URL(inject('redisUrl'))
  const DB = createManager({
    connections: {
      redis: {
        driver: 'redis',
        host: hostname || '127.0.0.1',
        port: port || 6379,
        password: process.env.REDIS_PASSWORD,
        db: 0,
        keyPrefix: `atlas${Math.random()}:`,
      },
    },
  })
  onTestFinished(async () => {
    const redis = DB.connection('redis')
    for await (const key of redis.scanIterator()) await redis.unlink(key)
    await DB.disconnect()
  })
  return DB
}

test('set and get', async () => {
  const redis = database().connection('redis')
  await redis.set('user:profile:1', JSON.stringify({ name: 'Alice' }))
  const profile = await redis.get('user:profile:1')
  expect(profile).toBe('{"name":"Alice"}')
})

test('common commands', async () => {
  const redis = database().connection('redis')
  expect(await redis.hset('user:1', 'name', 'Bob')).toBe(1)
  expect(await redis.lpush('queue:tasks', 'email_verification')).toBe(1)
  expect(await redis.expire('session:key', 3600)).toBe(0)
})

test('pipelines', async () => {
  const redis = database().connection('redis')
  const results = await redis.pipeline().set('key1', 'val1').set('key2', 'val2').get('key1').exec()
  expect(results).toEqual([
    [null, 'OK'],
    [null, 'OK'],
    [null, 'val1'],
  ])
})

test('publish and subscribe', async () => {
  const redis = database().connection('redis')
  const heard: string[] = []
  await redis.subscribe('notifications', message => {
    heard.push(message)
  })
  await redis.publish('notifications', 'Hello Builders!')
  await waitUntil('the message arrives', () => heard[0] === 'Hello Builders!')
})

test('Lua', async () => {
  const redis = database().connection('redis')
  const script = `
    local current = redis.call('get', KEYS[1])
    if current == ARGV[1] then
      return redis.call('del', KEYS[1])
    else
      return 0
    end
  `
  await redis.set('my-key', 'expected-value')
  const result = await redis.eval(script, 1, 'my-key', 'expected-value')
  expect(result).toBe(1)
})

import { startRedis, waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { InvalidArgumentError } from '../src/index.js'
import { clientOf, testClient } from './servers.js'

describe('pub/sub', () => {
  test('many handlers on a channel, each with its own unsubscribe', async () => {
    const redis = testClient()
    const first: string[] = []
    const second: string[] = []
    const subscription = await redis.subscribe('news', message => first.push(message))
    await redis.subscribe('news', message => second.push(message))
    await redis.publish('news', 'one')
    await waitUntil('both hear', () => first.length === 1 && second.length === 1)
    await subscription.unsubscribe()
    await subscription.unsubscribe()
    await redis.publish('news', 'two')
    await waitUntil('one hears', () => second.length === 2)
    expect(first).toEqual(['one'])
    await redis.unsubscribe('news')
    expect(await redis.publish('news', 'three')).toBe(0)
  })

  test('the same function twice is two handlers', async () => {
    const redis = testClient()
    const heard: string[] = []
    const handler = (message: string) => heard.push(message)
    const one = await redis.subscribe('news', handler)
    await redis.subscribe('news', handler)
    await one.unsubscribe()
    await redis.publish('news', 'x')
    await waitUntil('the other hears', () => heard.length === 1)
    await redis.unsubscribe('news', handler)
    expect(await redis.publish('news', 'y')).toBe(0)
  })

  test('several channels and patterns at once', async () => {
    const redis = testClient()
    const heard: string[][] = []
    await redis.subscribe(['a', 'b'], (message, channel) => heard.push([message, channel]))
    await redis.psubscribe('a*', (message, channel, pattern) =>
      heard.push([message, channel, pattern]),
    )
    await redis.publish('a', '1')
    await redis.publish('b', '2')
    await redis.publish('abc', '3')
    await waitUntil('all arrive', () => heard.length === 4)
    expect(heard.sort()).toEqual([
      ['1', 'a'],
      ['1', 'a', 'a*'],
      ['2', 'b'],
      ['3', 'abc', 'a*'],
    ])
    expect((await redis.pubsubChannels()).sort()).toEqual(['a', 'b'])
    expect(await redis.pubsubNumsub('a', 'none')).toEqual({ a: 1, none: 0 })
    await redis.punsubscribe()
    expect(await redis.publish('abc', '4')).toBe(0)
  })

  test('a handler that throws or rejects stops nobody and is reported', async () => {
    const redis = testClient()
    const errors: string[] = []
    const heard: string[] = []
    redis.on('error', ({ error }) => errors.push(error?.message ?? ''))
    await redis.subscribe('news', () => {
      throw new Error('thrown')
    })
    await redis.subscribe('news', async () => {
      throw new Error('rejected')
    })
    await redis.subscribe('news', message => heard.push(message))
    await redis.publish('news', 'one')
    await redis.publish('news', 'two')
    await waitUntil('everything is reported', () => errors.length === 4)
    expect(heard).toEqual(['one', 'two'])
    expect(errors.sort()).toEqual(['rejected', 'rejected', 'thrown', 'thrown'])
  })

  test('commands go on while a connection listens, and it listens again after a reconnect', async () => {
    const redis = testClient()
    const heard: string[] = []
    await redis.subscribe('news', message => heard.push(message))
    await redis.psubscribe('n?ws', message => heard.push(message))
    expect(await redis.set('a', '1')).toBe('OK')
    await redis.client('KILL', 'TYPE', 'pubsub')
    await waitUntil(
      'both subscriptions are back',
      async () => (await redis.publish('news', 'hi')) === 2,
    )
    await waitUntil('a message arrives', () => heard.includes('hi'))
  })

  test('events of the server itself carry no prefix', async () => {
    const redis = testClient()
    const before = await redis.configGet('notify-keyspace-events')
    await redis.configSet({ 'notify-keyspace-events': 'KEA' })
    const heard: string[] = []
    await redis.psubscribe('__keyevent@*__:set', key => heard.push(key))
    await redis.set('watched', '1')
    await waitUntil('the event arrives', () => heard.includes(`${redis.keyPrefix}watched`))
    await redis.configSet(before)
  })

  test('sharded channels', async () => {
    const redis = testClient()
    const heard: string[] = []
    const subscription = await redis.ssubscribe('shard', message => heard.push(message))
    expect(await redis.spublish('shard', 'hi')).toBe(1)
    await waitUntil('it arrives', () => heard.length === 1)
    await subscription.unsubscribe()
    expect(await redis.spublish('shard', 'hi')).toBe(0)
  })

  test('bad names and handlers are refused', async () => {
    const redis = testClient()
    await expect(redis.subscribe('', () => 1)).rejects.toBeInstanceOf(InvalidArgumentError)
    await expect(redis.subscribe([], () => 1)).rejects.toBeInstanceOf(InvalidArgumentError)
    await expect(redis.subscribe('a', undefined as never)).rejects.toMatchObject({
      argument: 'handler',
    })
    await expect(redis.psubscribe(7 as never, () => 1)).rejects.toMatchObject({
      argument: 'pattern',
    })
  })

  test('what was published before disconnect still arrives', async () => {
    const redis = testClient()
    const heard: string[] = []
    await redis.subscribe('news', message => heard.push(message))
    await redis.publish('news', 'last')
    await redis.disconnect()
    expect(heard).toEqual(['last'])
  })

  test('the last handler that leaves closes the connection', async () => {
    const connectionName = `sub-${Math.random()}`
    const redis = testClient({ connectionName })
    const mine = async () =>
      (await redis.client<string>('LIST'))
        .split('\n')
        .filter(it => it.includes(`name=${connectionName}`)).length
    await redis.ping()
    const subscription = await redis.subscribe('news', () => 1)
    expect(await mine()).toBe(2)
    await subscription.unsubscribe()
    await waitUntil('one is left', async () => (await mine()) === 1)
  })
})

test('closed while it subscribes: no connection is left that nobody owns', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const admin = clientOf({ port: server.port })
  await admin.ping()
  for (let i = 0; i < 200; i++) {
    const redis = clientOf({ port: server.port })
    await redis.ping()
    const subscribing = redis.subscribe('news', () => undefined).catch(() => undefined)
    await new Promise(resolve => setTimeout(resolve, (i % 10) / 5))
    await redis.disconnect()
    await subscribing
  }
  await waitUntil('only one is there', async () => {
    const clients = await admin.client<string>('LIST')
    return clients.trim().split('\n').length === 1
  })
}, 40_000)

import { waitUntil } from '@gravito/redis-testing'
import { expect, test } from 'vitest'
import { InvalidArgumentError, MessagesOverflowError } from '../src/index.js'
import { testClient } from './servers.js'

const channels = async (redis: ReturnType<typeof testClient>) => redis.pubsubChannels('*')

test('a loop over messages, subscribed at once and until it ends', async () => {
  const redis = testClient()
  const messages = redis.messages('events')
  await messages.ready
  for (const text of ['one', 'two', 'three']) await redis.publish('events', text)
  const heard: string[] = []
  for await (const { message, channel } of messages) {
    heard.push(`${channel}: ${message}`)
    if (heard.length === 3) break
  }
  expect(heard).toEqual(['events: one', 'events: two', 'events: three'])
  expect(await channels(redis)).toEqual([])
})

test('patterns', async () => {
  const redis = testClient()
  const messages = redis.messages('order.*', { kind: 'pattern' })
  await messages.ready
  await redis.publish('order.paid', '7')
  expect(await messages.next()).toEqual({
    done: false,
    value: { channel: 'order.paid', message: '7', pattern: 'order.*' },
  })
  await messages.return()
})

test('two loops on a channel are independent', async () => {
  const redis = testClient()
  const [a, b] = [redis.messages('x'), redis.messages('x')]
  await Promise.all([a.ready, b.ready])
  await redis.publish('x', '1')
  expect((await a.next()).value).toMatchObject({ message: '1' })
  await a.return()
  await redis.publish('x', '2')
  expect((await b.next()).value).toMatchObject({ message: '1' })
  expect((await b.next()).value).toMatchObject({ message: '2' })
  await b.return()
})

test('a slow reader is told when more than maxBuffered wait', async () => {
  const redis = testClient()
  const messages = redis.messages('x', { maxBuffered: 2 })
  await messages.ready
  for (let i = 0; i < 4; i++) await redis.publish('x', i)
  await waitUntil('left', async () => (await channels(redis)).length === 0)
  expect((await messages.next()).value).toMatchObject({ message: '0' })
  expect((await messages.next()).value).toMatchObject({ message: '1' })
  await expect(messages.next()).rejects.toBeInstanceOf(MessagesOverflowError)
  expect(await messages.next()).toEqual({ done: true, value: undefined })
})

test('or loses the oldest, if it says so', async () => {
  const redis = testClient()
  const messages = redis.messages('x', { maxBuffered: 2, overflow: 'drop-oldest' })
  await messages.ready
  for (let i = 0; i < 5; i++) await redis.publish('x', i)
  await waitUntil('all came', () => messages.dropped === 3)
  expect((await messages.next()).value).toMatchObject({ message: '3' })
  await messages.return()
})

test('ends by its signal and by disconnect', async () => {
  const redis = testClient()
  const controller = new AbortController()
  const waiting = redis.messages('a', { signal: controller.signal }).next()
  controller.abort()
  expect(await waiting).toEqual({ done: true, value: undefined })
  const aborted = redis.messages('a', { signal: AbortSignal.abort() })
  expect(await aborted.next()).toEqual({ done: true, value: undefined })
  const open = redis.messages('b')
  await open.ready
  const next = open.next()
  await redis.disconnect()
  expect(await next).toEqual({ done: true, value: undefined })
})

test('bad options and names are refused', async () => {
  const redis = testClient()
  expect(() => redis.messages('a', { maxBuffered: 0 })).toThrow(InvalidArgumentError)
  expect(() => redis.messages('a', { overflow: 'block' as never })).toThrow(InvalidArgumentError)
  await expect(redis.messages('').next()).rejects.toBeInstanceOf(InvalidArgumentError)
})

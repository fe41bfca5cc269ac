import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { RedisClient } from '../../src/index.js'
import { testClient } from '../servers.js'

interface Watched {
  name: string
  resolve(reply: unknown): unknown
  reject(error: Error): void
}

/** What ended, as the instrumentations of OpenTelemetry see it: `!` for an error. */
let ended: string[] = []

/** Wraps `sendCommand` of a copy of ioredis and the two functions of every command, without their `this`. */
function instrument(prototype: object): void {
  const patchable = prototype as { sendCommand(command: Watched, ...rest: unknown[]): unknown }
  const original = patchable.sendCommand
  patchable.sendCommand = function (command, ...rest) {
    const result = original.call(this, command, ...rest)
    const { resolve, reject } = command
    command.resolve = reply => {
      ended.push(command.name)
      resolve(reply)
    }
    command.reject = error => {
      ended.push(`${command.name}!`)
      reject(error)
    }
    return result
  }
  onTestFinished(() => {
    patchable.sendCommand = original
  })
}

beforeEach(() => {
  ended = []
})

/** What ended while `work` ran. */
async function during<Result>(work: () => Promise<Result>): Promise<[Result, string[]]> {
  ended = []
  const result = await work()
  return [result, ended]
}

async function everySpanEnds(redis: RedisClient): Promise<void> {
  await redis.ping()
  expect(await during(() => redis.set('a', '12'))).toEqual(['OK', ['set']])
  expect(await during(() => redis.get('a'))).toEqual(['12', ['get']])
  expect(await during(() => redis.buffers.get('a'))).toEqual([Buffer.from('12'), ['get']])
  expect(await during(() => redis.lpush('a', 1).catch(error => error.code))).toEqual([
    'WRONGTYPE',
    ['lpush!'],
  ])
  await redis.hset('h', { field: '1' })
  expect(await during(() => redis.pipeline().incr('a').hgetall('h').lpush('a', 1).exec())).toEqual([
    [
      [null, 13],
      [null, { field: '1' }],
      [expect.objectContaining({ code: 'WRONGTYPE' }), undefined],
    ],
    ['incr', 'hgetall', 'lpush!'],
  ])
  expect(await during(() => redis.multi(c => [c.incr('a'), c.hgetall('h'), c.get('a')]))).toEqual([
    [14, { field: '1' }, '14'],
    ['multi', 'incr', 'hgetall', 'get', 'exec'],
  ])
}

test('a client of its own, opened before and after the patch: replies as ever, each command is seen once', async () => {
  const before = testClient()
  await before.ping()
  instrument(Redis.prototype)
  await everySpanEnds(before)
  await everySpanEnds(testClient())
})

test('a given instance of ioredis 6, and of ioredis 5', async () => {
  instrument(Redis.prototype)
  instrument(Redis5.prototype)
  const prefix = testClient().keyPrefix
  const options = { keyPrefix: prefix }
  const url = inject('redisUrl')
  for (const make of [() => new Redis(url, options), () => new Redis5(url, options)]) {
    const instance = make()
    onTestFinished(() => instance.disconnect())
    const redis = RedisClient.from(instance)
    await everySpanEnds(redis)
    await redis.unlink('a', 'h')
    await redis.disconnect()
  }
})

test('with nobody in front of ioredis again, commands are fast and unseen', async () => {
  const redis = testClient()
  const inherited = Redis.prototype.sendCommand
  instrument(Redis.prototype)
  expect(await during(() => redis.set('a', '1'))).toEqual(['OK', expect.arrayContaining(['set'])])
  Redis.prototype.sendCommand = inherited
  expect(await during(() => redis.get('a'))).toEqual(['1', []])
})

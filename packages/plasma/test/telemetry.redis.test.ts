import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import fc from 'fast-check'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { type CommandEvent, createManager } from '../src/index.js'
import { Histogram } from '../src/telemetry/stats.js'
import { clientOf, testClient } from './servers.js'

describe('listen', () => {
  test('every command, with its arguments, time and error', async () => {
    const redis = testClient({ keyPrefix: 'p:' })
    const heard: CommandEvent[] = []
    const stop = redis.listen(event => heard.push(event))
    await redis.set('a', 'text')
    await redis.incr('a').catch(() => undefined)
    await redis.pipeline(c => [c.get('a'), c.get('b')])
    stop()
    await redis.get('a')
    expect(heard.map(({ command, args }) => [command, ...args])).toEqual([
      ['set', 'p:a', 'text'],
      ['incr', 'p:a'],
      ['get', 'p:a'],
      ['get', 'p:b'],
    ])
    expect(heard[1]?.error).toMatchObject({ code: 'ERR' })
    for (const { durationMs, connection } of heard) {
      expect(durationMs).toBeGreaterThan(0)
      expect(connection).toBe('test')
    }
  })

  test('only slow ones, only failed ones', async () => {
    const server = await startRedis({ args: ['--enable-debug-command', 'yes'] })
    onTestFinished(() => server.stop())
    const redis = clientOf({ port: server.port })
    const slow: string[] = []
    const failed: string[] = []
    redis.listen(({ command }) => slow.push(command), { slowerThan: 400 })
    redis.listen(({ command }) => failed.push(command), { failed: true })
    await redis.connect()
    await redis.set('a', 'text')
    await redis.incr('a').catch(() => undefined)
    await redis.call('debug', 'sleep', 0.6)
    await redis.blpop('none', 0.6)
    await redis.xread({ none: '$' }, { block: 600 })
    expect(slow).toEqual(['debug'])
    expect(failed).toEqual(['incr'])
  })

  test('a manager hears all its connections, and a throwing listener is reported', async () => {
    const url = inject('redisUrl')
    const manager = createManager({ default: 'a', connections: { a: { url }, b: { url } } })
    onTestFinished(() => manager.disconnect())
    const heard: string[] = []
    const reported: unknown[] = []
    manager.on('error', ({ error }) => reported.push(error?.message))
    manager.listen(({ connection }) => heard.push(connection))
    manager.listen(() => {
      throw new Error('bad listener')
    })
    await manager.ping()
    await manager.connection('b').ping()
    expect(heard).toEqual(['a', 'b'])
    expect(reported).toEqual(['bad listener', 'bad listener'])
  })
})

test('diagnostics channels: commands without their arguments, connections with their events', async () => {
  const redis = clientOf({ url: inject('redisUrl') }, 'observed')
  const commands: object[] = []
  const events: unknown[] = []
  const isOurs = (message: unknown) => (message as CommandEvent).connection === 'observed'
  const onCommand = (message: unknown) => isOurs(message) && commands.push(message as object)
  const onEvent = (message: unknown) =>
    isOurs(message) && events.push((message as { event: string }).event)
  subscribe('gravito:redis:command', onCommand)
  subscribe('gravito:redis:connection', onEvent)
  try {
    await redis.set(uniquePrefix('a'), 'personal', { px: 1 })
  } finally {
    unsubscribe('gravito:redis:command', onCommand)
    unsubscribe('gravito:redis:connection', onEvent)
  }
  expect(commands).toEqual([
    { connection: 'observed', command: 'set', durationMs: expect.any(Number) },
  ])
  expect(events).toEqual(['connect', 'ready'])
})

describe('stats', () => {
  test('commands, errors, timeouts, reconnects and latency', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const redis = clientOf({ port: server.port })
    await redis.set('a', 'text')
    await redis.incr('a').catch(() => undefined)
    await redis.pipeline(c => [c.get('a'), c.get('a')])
    server.pause()
    await redis
      .with({ commandTimeout: 100 })
      .get('a')
      .catch(() => undefined)
    server.resume()
    await redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => undefined)
    await waitUntil('back', () => redis.stats().reconnects === 1)
    const { commands, errors, timeouts, queued, latencyMs } = redis.stats()
    expect(commands).toBe(6)
    expect(errors).toBeGreaterThanOrEqual(2)
    expect(timeouts).toBe(1)
    expect(queued).toBe(0)
    expect(latencyMs.count).toBe(5)
    expect(latencyMs.max).toBeGreaterThanOrEqual(95)
    expect(latencyMs.p50).toBeLessThan(latencyMs.p99)
  })

  test('percentiles are at most 10 % too high and never too low', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), { minLength: 1 }),
        durations => {
          const histogram = new Histogram()
          for (const duration of durations) histogram.record(duration)
          const sorted = [...durations].sort((a, b) => a - b)
          const summary = histogram.summary()
          for (const [share, found] of [
            [0.5, summary.p50],
            [0.95, summary.p95],
            [0.99, summary.p99],
          ] as const) {
            const exact = sorted[Math.ceil(share * sorted.length) - 1] as number
            expect(found).toBeGreaterThanOrEqual(exact * 0.999)
            expect(found).toBeLessThanOrEqual(exact * 1.1)
          }
          expect(summary.max).toBe(sorted.at(-1))
          expect(summary.count).toBe(durations.length)
        },
      ),
    )
  })

  test('of a connection that did nothing', () => {
    expect(new Histogram().summary()).toEqual({ count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 })
  })
})

test('health says what the server is', async () => {
  const redis = testClient()
  expect(await redis.health()).toMatchObject({ ok: true, status: 'ready', role: 'master' })
})

test('a command that waits for data is no slow one', async () => {
  const redis = testClient()
  await redis.get('a')
  await redis.blpop('none', 0.3)
  const { commands, latencyMs } = redis.stats()
  expect(commands).toBe(2)
  expect(latencyMs.count).toBe(1)
})

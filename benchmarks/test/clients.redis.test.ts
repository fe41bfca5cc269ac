import { startCluster, startTlsRedis, uniquePrefix } from '@gravito/redis-testing'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { CLIENTS, type ClientName } from '../src/clients/adapters/index.js'
import { CASES, VALUE } from '../src/clients/cases.js'
import type { BenchmarkClient } from '../src/clients/client.js'
import { measure } from '../src/clients/measure.js'
import { growth } from '../src/clients/memory.js'
import { SETTINGS } from '../src/clients/settings.js'
import { stall } from '../src/clients/stall.js'
import { Subject } from '../src/clients/subject-process.js'
import type { Target } from '../src/clients/target.js'

async function open(name: ClientName, target: Target): Promise<BenchmarkClient> {
  const client = await CLIENTS[name](target)
  onTestFinished(async () => void (await client.close()))
  return client
}

const single = (): Target => ({ kind: 'single', url: inject('redisUrl') })
const clientsOf = (kind: Target['kind']) =>
  SETTINGS.find(it => it.target === kind && it.runtime === 'node')?.clients ?? []

describe.each(clientsOf('single'))('%s', name => {
  test('gets what it set', async () => {
    const client = await open(name, single())
    const key = uniquePrefix(name)
    expect(await client.get(key)).toBeNull()
    expect(await client.setNew(key, 'a', 60_000)).toBe('OK')
    expect(await client.setNew(key, 'b', 60_000)).toBeNull()
    expect(await client.get(key)).toBe('a')
    expect(await client.set(key, '5')).toBe('OK')
    expect(await client.increaseByScript(key, 2)).toBe(7)
    expect(await client.mget([key, `${key}none`])).toEqual(['7', null])
  })

  test('pipelines in order', async () => {
    const client = await open(name, single())
    const [one, two] = [uniquePrefix(name), uniquePrefix(name)]
    await client.set(two, '2')
    expect(await client.setAll([one], '1')).toEqual(['OK'])
    expect(await client.getAll([one, two, `${one}none`])).toEqual(['1', '2', null])
  })

  test.each(CASES.full)('runs a short round of $name', async it => {
    const client = await open(name, single())
    const keyPrefix = uniquePrefix(name)
    const { perSecond, cpuMicros } = await measure(client, it, keyPrefix, 20)
    expect(perSecond).toBeGreaterThan(0)
    expect(cpuMicros).toBeGreaterThan(0)
    expect(await client.get(`${keyPrefix}${it.callers - 1}`)).toBe(it.value ?? VALUE)
  })

  test('watches memory, and waits behind a large reply', async () => {
    const client = await open(name, single())
    const key = uniquePrefix(name)
    expect((await growth(client, key, 1_000)).bytes).toBeTypeOf('number')
    const { longestMs } = await stall(client, key, 2)
    expect(longestMs).toHaveLength(2)
    expect(Math.min(...longestMs)).toBeGreaterThan(0)
  })
})

describe.each(['cluster', 'tls'] as const)('over %s', kind => {
  let target: Target
  let stop: () => Promise<void>
  beforeAll(async () => {
    if (kind === 'cluster') {
      const cluster = await startCluster({ masters: 3, replicas: 0 })
      target = { kind, nodes: cluster.nodes }
      stop = () => cluster.stop()
    } else {
      const server = await startTlsRedis()
      target = { kind, url: server.url, ca: server.ca }
      stop = () => server.stop()
    }
  }, 60_000)
  afterAll(() => stop())

  test.each(clientsOf(kind))('%s gets what it set', async name => {
    const client = await open(name, target)
    for (const key of ['a', 'b', 'c', 'd'].map(it => uniquePrefix(it))) {
      await client.set(key, '1')
      expect(await client.get(key)).toBe('1')
    }
  })
})

test.each(SETTINGS.find(it => it.runtime === 'bun')?.clients ?? [])(
  '%s is measured on Bun',
  async name => {
    const subject = await Subject.start(name, 'bun', single())
    const measured = await subject.perform({
      kind: 'measure',
      cases: 'core',
      index: 0,
      keyPrefix: uniquePrefix('bun'),
      durationMs: 20,
    })
    expect(measured.commands).toBeGreaterThan(0)
    await subject.stop()
  },
)

test('a wrong reply ends the round', async () => {
  const client = await open('ioredis', single())
  const [it] = CASES.full
  if (!it) throw new Error('there are no cases')
  const wrong: BenchmarkClient = { ...client, get: async key => `${await client.get(key)}!` }
  await expect(measure(wrong, it, uniquePrefix('wrong'), 20)).rejects.toThrow('the reply was')
})

import { uniquePrefix } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { CASES, VALUE } from '../src/cases.js'
import type { BenchmarkClient } from '../src/client.js'
import { CLIENT_NAMES, CLIENTS } from '../src/clients/index.js'
import { measure } from '../src/measure.js'

describe.each(CLIENT_NAMES)('%s', name => {
  async function open(): Promise<BenchmarkClient> {
    const client = await CLIENTS[name](inject('redisUrl'))
    onTestFinished(async () => void (await client.close()))
    return client
  }

  test('gets what it set', async () => {
    const client = await open()
    const key = uniquePrefix(name)
    expect(await client.get(key)).toBeNull()
    expect(await client.set(key, 'a')).toBe('OK')
    expect(await client.get(key)).toBe('a')
  })

  test('pipelines in order', async () => {
    const client = await open()
    const [one, two] = [uniquePrefix(name), uniquePrefix(name)]
    await client.set(two, '2')
    expect(await client.setAll([one], '1')).toEqual(['OK'])
    expect(await client.getAll([one, two, `${one}none`])).toEqual(['1', '2', null])
  })

  test.each(CASES)('runs a short round of $name', async it => {
    const client = await open()
    const keyPrefix = uniquePrefix(name)
    const { perSecond, cpuMicros } = await measure(client, it, keyPrefix, 20)
    expect(perSecond).toBeGreaterThan(0)
    expect(cpuMicros).toBeGreaterThan(0)
    expect(await client.get(`${keyPrefix}${it.callers - 1}`)).toBe(it.value ?? VALUE)
  })
})

test('a wrong reply ends the round', async () => {
  const client = await CLIENTS.ioredis(inject('redisUrl'))
  onTestFinished(async () => void (await client.close()))
  const [it] = CASES
  if (!it) throw new Error('there are no cases')
  const wrong: BenchmarkClient = { ...client, get: async key => `${await client.get(key)}!` }
  await expect(measure(wrong, it, uniquePrefix('wrong'), 20)).rejects.toThrow('the reply was')
})

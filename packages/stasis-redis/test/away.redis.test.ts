import { RedisClient } from '@gravito/plasma'
import { startRedis } from '@gravito/redis-testing'
import { expect, onTestFinished, test } from 'vitest'
import { RedisStore } from '../src/index.js'
import { pause } from './setup.js'

/** A store on a server of the test's own; its client waits for ever for a reply. */
async function ownStore() {
  const server = await startRedis()
  const redis = new RedisClient({ port: server.port, retryDelay: 20 })
  onTestFinished(async () => {
    await redis.disconnect({ timeoutMs: 100 })
    await server.stop()
  })
  const told: unknown[] = []
  const onError = (error: unknown) => told.push(error)
  return { server, redis, told, store: new RedisStore({ client: redis, onError }) }
}

async function timed<Value>(work: () => Promise<Value>): Promise<{ value: Value; ms: number }> {
  const start = performance.now()
  const value = await work()
  return { value, ms: performance.now() - start }
}

test.each(['kill', 'pause'] as const)('remember while Redis is gone (%s)', async how => {
  const { server, store, told } = await ownStore()
  expect(await store.remember('k', 60, () => 'kept')).toBe('kept')
  await server[how]()
  let n = 0
  const made = (i: number) => store.remember(`k${i}`, 60, () => `made ${i}`)
  const first = await timed(() => made(n))
  expect(first.value).toBe('made 0')
  expect(first.ms).toBeLessThan(900)
  for (n = 1; n <= 5; n++) expect(await made(n)).toBe(`made ${n}`)
  const later = await timed(() => made(6))
  expect(later.ms).toBeLessThan(50)
  expect(store.stats().errors).toBe(told.length)
  expect(told.length).toBeGreaterThanOrEqual(6)

  if (how === 'pause') server.resume()
  else await server.restart()
  await pause(2_100)
  expect(await store.remember('back', 60, () => 'value')).toBe('value')
  expect(await store.get('back')).toBe('value')
})

test('remember on a server that is full or read-only calls the factory; a failing factory fails', async () => {
  const { redis, store, told } = await ownStore()
  await redis.call('config', 'set', 'maxmemory', '1')
  expect(await store.remember('k', 60, () => 'made')).toBe('made')
  await redis.call('config', 'set', 'maxmemory', '0')
  await redis.call('replicaof', '127.0.0.1', '1')
  expect(await store.remember('k', 60, () => 'made')).toBe('made')
  expect(told.map(error => (error as { code: string }).code)).toEqual(['OOM', 'READONLY'])
  const fail = () => {
    throw new Error('no data')
  }
  await expect(store.remember('k', 60, fail)).rejects.toThrow('no data')
})

import { RedisClient } from '@gravito/plasma'
import { startRedis, waitUntil } from '@gravito/redis-testing'
import { expect, onTestFinished, test } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { pause, setup } from '../setup.js'

const fail = () => {
  throw new Error('the database is away')
}
const GRACE = { graceSeconds: 60 }

test('graceSeconds: the last value while the factory fails, and nobody else gets it', async () => {
  const told: unknown[] = []
  const { store, redis } = setup({ onError: error => told.push(error) })
  const tagged = store.tagKey('t', ['a'])
  for (const key of ['k', tagged]) {
    expect(await store.remember(key, 0.2, () => 'first', GRACE)).toBe('first')
    expect(await store.remember(key, 0.2, fail, GRACE)).toBe('first')
    expect(await store.get(key)).toBe('first')
    expect(await store.has(key)).toBe(true)
    expect(await store.ttl(key)).toBeLessThanOrEqual(0.2)
  }
  expect(await redis.pttl('cache:v:{k}')).toBeGreaterThan(50_000)
  await pause(250)
  for (const key of ['k', tagged]) {
    expect(await store.get(key)).toBeNull()
    expect(await store.many([key])).toEqual({ [key]: null })
    expect(await store.has(key)).toBe(false)
    expect(await store.ttl(key)).toBeNull()
    expect(await store.touch(key, 60)).toBe(false)
    expect(await store.remember(key, 0.2, fail, GRACE)).toBe('first')
  }
  expect(store.stats().stale).toBe(2)
  expect(told).toEqual([new Error('the database is away'), new Error('the database is away')])

  // Left alone for a second.
  const { factoryCalls } = store.stats()
  expect(await store.remember('k', 0.2, fail, GRACE)).toBe('first')
  expect(store.stats().factoryCalls).toBe(factoryCalls)
  await waitUntil(
    'a factory that works is asked again',
    async () => (await store.remember('k', 60, () => 'second', GRACE)) === 'second',
  )
  expect(await store.get('k')).toBe('second')
})

test('who asks without graceSeconds gets no value in its grace', async () => {
  const { store } = setup()
  await store.remember('k', 0.1, () => 'first', GRACE)
  await pause(120)
  expect(await store.remember('k', 60, () => 'second')).toBe('second')
  await store.remember('x', 0.1, () => 'first', GRACE)
  await pause(120)
  await expect(store.remember('x', 60, fail)).resolves.toBe('first')
})

test('after staleSeconds comes the grace', async () => {
  const { store } = setup()
  const options = { staleSeconds: 0.3, graceSeconds: 60 }
  await store.remember('k', 0.1, () => 'first', options)
  await pause(120)
  expect(await store.remember('k', 0.1, fail, options)).toBe('first')
  await waitUntil('the refresh has failed', () => store.stats().errors === 1)
  await pause(300)
  expect(await store.get('k')).toBeNull()
  expect(await store.remember('k', 0.1, fail, options)).toBe('first')
})

test('what was forgotten, flushed by a tag or written has no grace', async () => {
  const { store } = setup()
  const tagged = store.tagKey('t', ['a'])
  await store.remember('k', 0.1, () => 'first', GRACE)
  await store.remember(tagged, 0.1, () => 'first', GRACE)
  await store.forget('k')
  await store.flushTags(['a'])
  for (const key of ['k', tagged])
    await expect(store.remember(key, 1, fail, GRACE)).rejects.toThrow('the database is away')
  await store.remember('w', 0.1, () => 'first', GRACE)
  await store.put('w', 'written', 0.1)
  await pause(120)
  await expect(store.remember('w', 1, fail, GRACE)).rejects.toThrow('the database is away')
})

test('a touched entry keeps its grace', async () => {
  const { store } = setup()
  await store.remember('k', 0.1, () => 'first', GRACE)
  expect(await store.touch('k', 0.4)).toBe(true)
  await pause(150)
  expect(await store.get('k')).toBe('first')
  await pause(300)
  expect(await store.get('k')).toBeNull()
  expect(await store.remember('k', 1, fail, GRACE)).toBe('first')
})

test('Redis away: the last value of this process, without asking its factory', async () => {
  const server = await startRedis()
  const redis = new RedisClient({ port: server.port, retryDelay: 20 })
  redis.on('error', () => undefined)
  const store = new RedisStore({ client: redis })
  onTestFinished(async () => {
    await store.close()
    await redis.disconnect({ timeoutMs: 100 })
    await server.stop()
  })
  await store.remember('k', 0.1, () => ({ n: 1 }), GRACE)
  await store.remember('forgotten', 60, () => 1, GRACE)
  await server.kill()
  await expect(store.forget('forgotten')).rejects.toMatchObject({ code: /./ })
  const { factoryCalls } = store.stats()
  expect(await store.remember('k', 0.1, fail, GRACE)).toEqual({ n: 1 })
  expect(store.stats().factoryCalls).toBe(factoryCalls)
  expect(await store.remember('forgotten', 60, () => 2, GRACE)).toBe(2)
  await expect(store.remember('other', 60, fail, GRACE)).rejects.toThrow('the database is away')
})

test('with a near cache', async () => {
  const { store } = setup({ near: true })
  await waitUntil('the near cache is live', async () => {
    await store.get('x')
    return store.stats().near?.live === true
  })
  await store.remember('k', 0.4, () => 'first', GRACE)
  await pause(50)
  expect(await store.get('k')).toBe('first')
  expect(await store.remember('k', 0.4, fail, GRACE)).toBe('first')
  await waitUntil('it is over', async () => (await store.get('k')) === null)
  expect(await store.has('k')).toBe(false)
  expect(await store.remember('k', 0.4, fail, GRACE)).toBe('first')
})

test('graceSeconds that is no number is refused', async () => {
  const { store } = setup()
  const wrong = { graceSeconds: Number.NaN }
  await expect(store.remember('k', 1, () => 1, wrong)).rejects.toMatchObject({
    argument: 'graceSeconds',
  })
})

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, onTestFinished, test, vi } from 'vitest'
import { CACHE_CHANNEL, type CacheEventName, type CacheMessage } from '../../src/index.js'
import { pause, setup } from '../setup.js'

const EVENTS: CacheEventName[] = ['hit', 'miss', 'write', 'forget', 'flush', 'stale', 'error']

test('events say what the store does, and the statistics agree', async () => {
  const { store } = setup()
  const heard: unknown[] = []
  for (const event of EVENTS) store.on(event, detail => heard.push([event, detail]))
  await store.get('k')
  await store.put('k', 1, 60)
  await store.get('k')
  await store.increment('k')
  await store.add('k', 1)
  await store.add('a', 1)
  await store.forget('k')
  await store.forget('k')
  await store.pull('a')
  await store.flushTags(['t'])
  await store.flush()
  expect(heard).toEqual([
    ['miss', { key: 'k' }],
    ['write', { key: 'k', ttlMs: 60_000 }],
    ['hit', { key: 'k', near: false }],
    ['write', { key: 'k', ttlMs: undefined }],
    ['write', { key: 'a', ttlMs: null }],
    ['forget', { key: 'k' }],
    ['forget', { key: 'a' }],
    ['hit', { key: 'a', near: false }],
    ['flush', { tags: ['t'] }],
    ['flush', { tags: null }],
  ])
  expect(store.stats()).toEqual({
    hits: 2,
    misses: 1,
    hitRate: 2 / 3,
    nearHits: 0,
    stale: 0,
    sets: 3,
    deletes: 2,
    factoryCalls: 0,
    dropped: 0,
    errors: 0,
  })
})

test('remember tells of its misses, writes, stale values and failures', async () => {
  const { store } = setup()
  const heard: string[] = []
  for (const event of EVENTS)
    store.on(event, it => heard.push(`${event} ${'key' in it ? it.key : ''}`))
  await store.flexible('k', [0.1, 60], () => 1)
  await store.flexible('k', [0.1, 60], () => 1)
  await pause(120)
  const fail = () => {
    throw new Error('no data')
  }
  await store.flexible('k', [0.1, 60], fail)
  await vi.waitFor(() =>
    expect(heard).toEqual(['miss k', 'write k', 'hit k', 'hit k', 'stale k', 'error k']),
  )
  expect(store.stats()).toMatchObject({ stale: 1, errors: 1, factoryCalls: 2 })
})

test('a listener that is taken away hears nothing; one that throws fails nobody', async () => {
  const warnings: Error[] = []
  const warn = (warning: Error) => warnings.push(warning)
  process.on('warning', warn)
  onTestFinished(() => {
    process.off('warning', warn)
  })
  const { store } = setup()
  const heard = vi.fn()
  store.on('miss', heard)
  store.off('miss', heard)
  store.on('miss', () => {
    throw new Error('from the listener')
  })
  expect(await store.get('k')).toBeNull()
  expect(heard).not.toHaveBeenCalled()
  await vi.waitFor(() => expect(warnings.map(it => it.message)).toContain('from the listener'))
})

test('the diagnostics channel carries attributes, and no keys', async () => {
  const messages: CacheMessage[] = []
  const listener = (message: unknown) => messages.push(message as CacheMessage)
  subscribe(CACHE_CHANNEL, listener)
  onTestFinished(() => {
    unsubscribe(CACHE_CHANNEL, listener)
  })
  const { store } = setup({ prefix: 'mine:' })
  await store.put('secret', 1, 1.5)
  await store.get('secret')
  await store.get('other')
  const fail = () => Promise.reject(new TypeError('no data'))
  await store.remember('r', 0.05, () => 1, { staleSeconds: 60 })
  await pause(80)
  await store.remember('r', 0.05, fail, { staleSeconds: 60 })
  await vi.waitFor(() => expect(messages.at(-1)?.event).toBe('error'))
  const common = { 'db.system.name': 'redis', 'cache.prefix': 'mine:' }
  const get = { ...common, 'db.operation.name': 'get' }
  expect(messages.slice(0, 3)).toEqual([
    { event: 'write', attributes: { ...common, 'db.operation.name': 'set', 'cache.ttl': 1.5 } },
    { event: 'hit', attributes: { ...get, 'cache.hit': true, 'cache.near': false } },
    { event: 'miss', attributes: { ...get, 'cache.hit': false } },
  ])
  expect(messages.at(-1)?.attributes).toEqual({
    ...common,
    'db.operation.name': 'error',
    'error.type': 'TypeError',
  })
  expect(JSON.stringify(messages)).not.toContain('secret')
})

test('an onError that throws fails nobody', async () => {
  const warnings: Error[] = []
  const warn = (warning: Error) => warnings.push(warning)
  process.on('warning', warn)
  onTestFinished(() => {
    process.off('warning', warn)
  })
  const { store, redis } = setup({
    onError: () => {
      throw new Error('from onError')
    },
  })
  await store.put('k', 1, 60)
  await redis.disconnect()
  await redis.connect()
  await store.remember('k', 0.05, () => 1, { graceSeconds: 60 })
  await store.forget('k')
  await store.remember('k', 0.05, () => 1, { graceSeconds: 60 })
  await pause(80)
  const fail = () => Promise.reject(new Error('no data'))
  expect(await store.remember('k', 0.05, fail, { graceSeconds: 60 })).toBe(1)
  await vi.waitFor(() => expect(warnings.map(it => it.message)).toContain('from onError'))
})

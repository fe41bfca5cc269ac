import { expect, test } from 'vitest'
import { CacheTimeoutError, RedisStore } from '../../src/index.js'
import { deferred, setup } from '../setup.js'

const HURRY = { timeoutSeconds: 0.05 }

test('who waits for another process leaves in time, too, and what that makes is kept', async () => {
  const { store, redis } = setup()
  const other = new RedisStore({ client: redis, deadlineMs: 5_000 })
  const [started, proceed] = [deferred(), deferred()]
  const slow = other.remember('report', 60, async () => {
    started.resolve()
    await proceed.promise
    return 'made'
  })
  await started.promise
  const hurried = store.remember('report', 60, () => 'never made', HURRY)
  const error = await hurried.catch(reason => reason)
  expect(error).toBeInstanceOf(CacheTimeoutError)
  expect(error.message).toBe(
    'Cache key "report" was not computed within 50 ms (timeoutSeconds); it is computed on.',
  )
  proceed.resolve()
  expect(await slow).toBe('made')
  expect(await store.remember('report', 60, () => 'never made', HURRY)).toBe('made')
  expect(store.stats()).toMatchObject({ factoryCalls: 0, errors: 0 })
})

test('what is forgotten after everybody has left is not kept', async () => {
  const { store } = setup()
  const proceed = deferred()
  let ended = false
  const slow = async () => {
    await proceed.promise
    ended = true
    return 'old'
  }
  await expect(store.remember('k', 60, slow, HURRY)).rejects.toMatchObject({
    code: 'CACHE_TIMEOUT',
  })
  await store.forget('k')
  proceed.resolve()
  await expect.poll(() => ended).toBe(true)
  expect(await store.remember('k', 60, () => 'new')).toBe('new')
  expect(await store.get('k')).toBe('new')
})

test('flexible: the old value at once, however little patience there is', async () => {
  const { store } = setup()
  const proceed = deferred()
  await store.flexible('k', [0.03, 60], () => 'old')
  await expect.poll(() => store.ttl('k')).toBeLessThan(60)
  const slow = async () => {
    await proceed.promise
    return 'new'
  }
  expect(await store.flexible('k', [0.03, 60], slow, HURRY)).toBe('old')
  proceed.resolve()
})

test('a TTL that depends on the value holds for its tags, also beyond an hour', async () => {
  const { store, redis } = setup()
  for (const [hours, key] of [
    [3, 'three'],
    [null, 'ever'],
  ] as const) {
    const tagged = store.tagKey(key, [key])
    await store.remember(
      tagged,
      value => value.hours && value.hours * 3_600,
      () => ({ hours }),
    )
    const entryMs = hours === null ? -1 : ((await store.ttl(tagged)) ?? 0) * 1_000
    const tokenMs = await redis.pttl(`cache:t:${key}`)
    if (hours === null) expect(tokenMs).toBe(-1)
    else expect(tokenMs).toBeGreaterThan(entryMs - 5_000)
    expect(await store.get(tagged)).toEqual({ hours })
    await store.flushTags([key])
    expect(await store.get(tagged)).toBeNull()
  }
})

test('a TTL that depends on the value goes before a flushed tag: nothing stale is kept', async () => {
  const { store, redis } = setup()
  const key = store.tagKey('k', ['a'])
  const [started, proceed] = [deferred(), deferred()]
  const slow = store.remember(
    key,
    () => 7_200,
    async () => {
      started.resolve()
      await proceed.promise
      return 'old'
    },
  )
  await started.promise
  // Another process, of whose flush this one does not know.
  await new RedisStore({ client: redis }).flushTags(['a'])
  proceed.resolve()
  expect(await slow).toBe('old')
  expect(await store.get(key)).toBeNull()
})

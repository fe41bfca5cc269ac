import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import type { CacheContract } from '../../store/contract.js'
import type { Case } from './compliance.js'

const LONG_S = 60
const SHORT_MS = 60
const PATIENCE_MS = 15_000

/** Values that are computed once. */
export const REMEMBER: readonly Case<CacheContract>[] = [
  [
    'remember calls the factory once for all who ask, and keeps its value',
    async ({ store }) => {
      let calls = 0
      const slow = async () => {
        calls++
        await pause(20)
        return { calls }
      }
      const all = await Promise.all(
        Array.from({ length: 50 }, () => store.remember('k', LONG_S, slow)),
      )
      ok(all.every(it => it.calls === 1))
      deepEqual(await store.remember('k', LONG_S, slow), { calls: 1 })
      deepEqual(await store.get('k'), { calls: 1 })
      equal(calls, 1)
      equal(await store.rememberForever('ever', () => 1), 1)
      equal(await store.ttl('ever'), null)
    },
  ],
  [
    'a factory that fails fails its callers and keeps nothing; null is made anew',
    async ({ store }) => {
      const fail = () => {
        throw new RangeError('no data')
      }
      await rejects(store.remember('k', LONG_S, fail), RangeError)
      let calls = 0
      const nothing = () => {
        calls++
        return null
      }
      equal(await store.remember('k', LONG_S, nothing), null)
      equal(await store.remember('k', LONG_S, nothing), null)
      equal(calls, 2)
    },
  ],
  [
    'null is remembered when that is asked for, until something is written or forgotten',
    async ({ store }) => {
      let calls = 0
      const nothing = () => {
        calls++
        return null
      }
      const ask = () => store.remember('k', LONG_S, nothing, { negativeTtl: LONG_S })
      deepEqual([await ask(), await ask(), calls], [null, null, 1])
      equal(await store.has('k'), false)
      await store.forget('k')
      await ask()
      equal(calls, 2)
    },
  ],
  ...(['forget', 'put', 'pull', 'flush', 'flushTags'] as const).map(
    (end): Case<CacheContract> => [
      `what a ${end} ended meanwhile is neither joined nor kept`,
      async ({ store }) => {
        const key = store.tagKey('k', ['a'])
        const endings = {
          forget: () => store.forget(key),
          put: () => store.put(key, 'new', LONG_S),
          pull: () => store.pull(key),
          flush: () => store.flush(),
          flushTags: () => store.flushTags(['a']),
        }
        const [started, proceed] = [signal(), signal()]
        const slow = store.remember(key, LONG_S, async () => {
          started.fire()
          await proceed.fired
          return 'old'
        })
        await started.fired
        await endings[end]()
        equal(await store.remember(key, LONG_S, () => 'new'), 'new')
        proceed.fire()
        equal(await slow, 'old')
        equal(await store.get(key), 'new')
      },
    ],
  ),
  [
    'flexible serves the old value while one caller makes a new one',
    async ({ store, wait }) => {
      let calls = 0
      const release = signal()
      const factory = async () => {
        if (++calls > 1) await release.fired
        return calls
      }
      const ask = () => store.flexible('k', [SHORT_MS / 1_000, LONG_S], factory)
      equal(await ask(), 1)
      await wait(SHORT_MS * 2)
      ok((await Promise.all(Array.from({ length: 20 }, ask))).every(it => it === 1))
      release.fire()
      await until(async () => (await store.get('k')) === 2)
      equal(calls, 2)
      ok(store.stats().stale > 0)
    },
  ],
  [
    'a tag that is flushed ends the old value, too',
    async ({ store, wait }) => {
      const key = store.tagKey('k', ['a'])
      await store.flexible(key, [SHORT_MS / 1_000, LONG_S], () => 'old')
      await wait(SHORT_MS * 2)
      await store.flushTags(['a'])
      equal(await store.flexible(key, [SHORT_MS / 1_000, LONG_S], () => 'new'), 'new')
    },
  ],
  [
    'with graceSeconds the last value is served while the factory fails, and to nobody else',
    async ({ store, wait }) => {
      const fail = () => {
        throw new Error('no data')
      }
      const grace = { graceSeconds: LONG_S }
      await store.remember('k', SHORT_MS / 1_000, () => 'old', grace)
      await wait(SHORT_MS * 2)
      deepEqual(
        [await store.get('k'), await store.has('k'), await store.ttl('k')],
        [null, false, null],
      )
      equal(await store.remember('k', 1, fail, grace), 'old')
      const { factoryCalls, errors } = store.stats()
      equal(errors, 1)
      equal(await store.remember('k', 1, fail, grace), 'old')
      equal(store.stats().factoryCalls, factoryCalls)
      await store.forget('k')
      await rejects(store.remember('k', 1, fail, grace), { message: 'no data' })
    },
  ],
  [
    'the TTL may depend on the value',
    async ({ store }) => {
      const ttl = ({ seconds }: { seconds: number | null }) => seconds
      for (const key of ['k', store.tagKey('k', ['a'])]) {
        await store.remember(key, ttl, () => ({ seconds: LONG_S }))
        const left = await store.ttl(key)
        ok(left !== null && left > LONG_S - 30 && left <= LONG_S, `${left} s are left`)
        await store.forget(key)
        await store.remember(key, ttl, () => ({ seconds: null }))
        deepEqual([await store.has(key), await store.ttl(key)], [true, null])
        await store.forget(key)
        deepEqual(await store.remember(key, ttl, () => ({ seconds: 0 })), { seconds: 0 })
        equal(await store.has(key), false)
      }
      await store.flushTags(['a'])
      const nothing = await store.remember<{ seconds: number } | null>(
        'k',
        value => (value === null ? fail() : value.seconds),
        () => null,
      )
      equal(nothing, null)
      await rejects(
        store.remember(
          'k',
          () => Number.NaN,
          () => 1,
        ),
        (error: unknown) => (error as { argument?: string }).argument === 'ttl',
      )
      equal(await store.remember('k', LONG_S, () => 2), 2)
    },
  ],
  [
    'who has waited long enough leaves, the computation goes on',
    async ({ store }) => {
      const release = signal()
      let calls = 0
      const slow = async () => {
        calls++
        await release.fired
        return 'made'
      }
      const hurry = { timeoutSeconds: SHORT_MS / 1_000 }
      const patient = store.remember('k', LONG_S, slow)
      const hurried = Array.from({ length: 5 }, () => store.remember('k', LONG_S, slow, hurry))
      for (const asked of hurried) await rejects(asked, { code: 'CACHE_TIMEOUT', key: 'k' })
      await rejects(store.remember('k', LONG_S, slow, hurry), { code: 'CACHE_TIMEOUT' })
      release.fire()
      equal(await patient, 'made')
      equal(await store.remember('k', LONG_S, slow, hurry), 'made')
      equal(calls, 1)
    },
  ],
  [
    'who has waited long enough gets the value in its grace',
    async ({ store, wait }) => {
      const release = signal()
      const slow = async () => {
        await release.fired
        return 'new'
      }
      const options = { graceSeconds: LONG_S, timeoutSeconds: SHORT_MS / 1_000 }
      for (const key of ['k', store.tagKey('k', ['a'])]) {
        await store.remember(key, SHORT_MS / 1_000, () => 'old', options)
        await wait(SHORT_MS * 2)
      }
      for (const key of ['k', store.tagKey('k', ['a'])])
        equal(await store.remember(key, LONG_S, slow, options), 'old')
      release.fire()
      await until(async () => (await store.get('k')) === 'new')
    },
  ],
  [
    'a computation that fails when everybody has left is reported once',
    async ({ store }) => {
      const release = signal()
      const failing = async () => {
        await release.fired
        throw new Error('no data')
      }
      const hurry = { timeoutSeconds: SHORT_MS / 1_000 }
      const asked = Array.from({ length: 3 }, () => store.remember('k', LONG_S, failing, hurry))
      for (const one of asked) await rejects(one, { code: 'CACHE_TIMEOUT' })
      release.fire()
      await until(async () => store.stats().errors > 0)
      equal(store.stats().errors, 1)
    },
  ],
  [
    'bad options are refused by name',
    async ({ store }) => {
      for (const name of [
        'staleSeconds',
        'graceSeconds',
        'negativeTtl',
        'beta',
        'jitter',
        'timeoutSeconds',
      ] as const) {
        const asked = store.remember('k', 1, () => 1, { [name]: -1 })
        await rejects(asked, (error: unknown) => (error as { argument?: string }).argument === name)
      }
    },
  ],
]

function fail(): never {
  throw new Error('nobody asks for the TTL of nothing')
}

function signal() {
  let fire = () => {}
  const fired = new Promise<void>(resolve => {
    fire = resolve
  })
  return { fired, fire: () => fire() }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

async function until(test: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await test())) {
    ok(performance.now() < deadline, `it did not happen within ${PATIENCE_MS} ms`)
    await pause(5)
  }
}

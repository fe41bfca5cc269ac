import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { RedisClient } from '@gravito/plasma'
import { startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { Redis as IoRedis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import {
  createLimiter,
  createLocks,
  LockStoreError,
  RateLimitedError,
  type RateLimitOptions,
} from '../../src/index.js'

/** A server of the test's own may stand still: its commands give up soon. */
function setup(url?: string) {
  const redis = new RedisClient({
    url: url ?? inject('redisUrl'),
    keyPrefix: uniquePrefix('limit'),
    commandTimeout: url ? 500 : 5_000,
  })
  onTestFinished(() => redis.disconnect())
  return { redis, locks: createLocks(redis) }
}

/** What each of four processes was allowed of a hundred attempts, all started at the same time. */
async function fourProcesses(kind: string, name: string): Promise<number[]> {
  const file = new URL('../fixtures/limit-worker.mjs', import.meta.url).pathname
  const workers = [1, 2, 3, 4].map(() => {
    const child = spawn(process.execPath, [file, inject('redisUrl'), kind, name, '100', '100'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
  })
  await Promise.all(workers.map(({ lines }) => lines.next()))
  for (const { child } of workers) child.stdin.write('go\n')
  return Promise.all(workers.map(async ({ lines }) => Number((await lines.next()).value)))
}

const pass = async (ms: number) => {
  const until = performance.now() + ms
  await waitUntil(`${ms} ms pass`, () => performance.now() > until)
}

const ALGORITHMS = ['fixed-window', 'sliding-window', 'gcra'] as const

describe.each(ALGORITHMS)('%s', algorithm => {
  test('exactly the limit of 400 attempts at once is allowed, and the key expires', async () => {
    const { redis, locks } = setup()
    const limiter = locks.rateLimiter('api', { limit: 100, windowMs: 3_600_000, algorithm })
    const attempts = await Promise.all(Array.from({ length: 400 }, () => limiter.attempt('ada')))
    expect(attempts.filter(it => it.allowed)).toHaveLength(100)
    const refused = attempts.at(-1)
    expect(refused).toMatchObject({ allowed: false, remaining: 0 })
    expect(refused?.retryAfterMs).toBeGreaterThan(0)
    expect(refused?.reset).toBeGreaterThan(Date.now() / 1_000)
    expect((await limiter.attempt('bob')).allowed).toBe(true)
    for (const key of await redis.keys('*')) expect(await redis.pttl(key)).toBeGreaterThan(0)
    await limiter.reset('ada')
    expect(await limiter.attempt('ada')).toMatchObject({ allowed: true, remaining: 99 })
  })

  test('exactly the limit in four processes', async () => {
    const allowed = await fourProcesses(algorithm, uniquePrefix('fleet'))
    expect(allowed.reduce((sum, it) => sum + it)).toBe(100)
  }, 60_000)

  test('retryAfterMs is when the same attempt succeeds; a refused one costs nothing', async () => {
    const { locks } = setup()
    const limiter = locks.rateLimiter('api', { limit: 4, windowMs: 800, algorithm })
    expect(await limiter.attempt('ada', 3)).toMatchObject({ allowed: true, remaining: 1 })
    const refused = await limiter.attempt('ada', 2)
    expect(refused).toMatchObject({ allowed: false, remaining: 1 })
    await pass(refused.retryAfterMs + 2)
    expect((await limiter.attempt('ada', 2)).allowed).toBe(true)
  })

  test('peek answers like attempt and spends nothing', async () => {
    const { redis, locks } = setup()
    const limiter = locks.rateLimiter('api', { limit: 3, windowMs: 60_000, algorithm })
    const whole = await limiter.peek('ada')
    expect(whole).toMatchObject({ allowed: true, remaining: 3, retryAfterMs: 0 })
    expect(whole.reset).toBeLessThanOrEqual(Math.ceil(Date.now() / 1_000))
    expect(await redis.keys('*')).toEqual([])
    await limiter.attempt('ada', 2)
    for (const _ of [1, 2]) expect(await limiter.peek('ada')).toMatchObject({ remaining: 1 })
    const tooMuch = await limiter.peek('ada', 2)
    expect(tooMuch).toMatchObject({ allowed: false, remaining: 1 })
    expect(tooMuch.retryAfterMs).toBeGreaterThan(0)
    expect((await limiter.attempt('ada')).allowed).toBe(true)
  })

  test('run waits for its turn, and says at once when that is too long', async () => {
    const { locks } = setup()
    const limiter = locks.rateLimiter('api', { limit: 2, windowMs: 600, algorithm })
    const wait = { waitMs: 20_000 }
    const started = performance.now()
    const all = await Promise.all([1, 2, 3, 4, 5].map(i => limiter.run('ada', () => i, wait)))
    expect(all).toEqual([1, 2, 3, 4, 5])
    // Two at once, three more at two per 600 ms; the clock of this process may be a little behind.
    expect(performance.now() - started).toBeGreaterThan(590)
    await limiter.run('ada', () => undefined, { cost: 2, ...wait })
    const error = await limiter.run('ada', () => 1, { waitMs: 1 }).catch(it => it)
    expect(error).toBeInstanceOf(RateLimitedError)
    expect(error).toMatchObject({ code: 'RATE_LIMITED', limit: 'api', id: 'ada' })
    expect(error.retryAfterMs).toBeGreaterThan(1)
    const gone = limiter.acquire('ada', { ...wait, cost: 2, signal: AbortSignal.timeout(5) })
    await expect(gone).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

test.each(['sliding-window', 'gcra', 'fixed-window'] as const)(
  'what remains is counted exactly, whatever the limit: %s',
  async algorithm => {
    const { locks } = setup()
    for (const limit of [1, 2, 3, 6, 7, 9, 11, 60, 99, 130, 600, 970]) {
      const limiter = locks.rateLimiter(`${limit}`, { limit, windowMs: 1_000, algorithm })
      expect((await limiter.attempt('ada')).remaining).toBe(limit - 1)
      if (limit > 2) expect((await limiter.attempt('bob', 2)).remaining).toBe(limit - 2)
    }
  },
)

test('a wait ends at once when its signal aborts while an attempt is under way', async () => {
  const { locks } = setup()
  const limiter = locks.rateLimiter('api', { limit: 1, windowMs: 15_000 })
  await limiter.attempt('ada')
  const waiting = new AbortController()
  const started = performance.now()
  const gone = limiter.acquire('ada', { waitMs: 60_000, signal: waiting.signal })
  await Promise.resolve()
  waiting.abort(new Error('enough'))
  await expect(gone).rejects.toThrow('enough')
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('an id or a name never shares a key with another', async () => {
  const { locks } = setup()
  const options = { limit: 1, windowMs: 60_000 }
  for (const [name, id] of [
    ['a:b', 'c'],
    ['a', 'b:c'],
    ['a', '{b}:c'],
    ['a:{b', 'c'],
  ] as const) {
    expect((await locks.rateLimiter(name, options).attempt(id)).allowed).toBe(true)
    expect((await locks.rateLimiter(name, options).attempt(id)).allowed).toBe(false)
  }
})

describe('when Redis fails', () => {
  const good: RateLimitOptions = { limit: 5, windowMs: 60_000 }

  test('an attempt rejects with the cause, or is allowed with failOpen, which tells', async () => {
    const { redis, locks } = setup()
    await redis.hset('lock:limit:fixed-window:api:{ada}', { not: 'a count' })
    const broken = { ...good, algorithm: 'fixed-window' } as const
    const closed = locks.rateLimiter('api', broken)
    await expect(closed.attempt('ada')).rejects.toBeInstanceOf(LockStoreError)
    const errors: unknown[] = []
    const onError = (error: LockStoreError) => errors.push(error)
    const open = locks.rateLimiter('api', { ...broken, failOpen: true, onError })
    expect(await open.attempt('ada')).toMatchObject({ allowed: true, remaining: 4 })
    expect(errors).toEqual([expect.objectContaining({ code: 'LOCK_STORE', lock: 'api' })])
    await expect(open.reset('ada')).resolves.toBeUndefined()
  })

  test('a server that does not answer costs timeoutMs', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const { locks } = setup(server.url)
    const limiter = locks.rateLimiter('api', { ...good, timeoutMs: 30 })
    const open = locks.rateLimiter('api', { ...good, timeoutMs: 30, failOpen: true })
    await waitUntil('it is connected', () =>
      open.peek('ada').then(
        it => it.reset > 0,
        () => false,
      ),
    )
    server.pause()
    await expect(limiter.attempt('ada')).rejects.toThrow('within 30 ms (timeoutMs)')
    expect(await open.attempt('ada')).toMatchObject({ allowed: true })
    server.resume()
  })
})

describe("Gravito's limiter", () => {
  test('allows five of forty parallel attempts; clear begins anew', async () => {
    const { locks } = setup()
    const limiter = createLimiter(locks)
    const attempts = await Promise.all(
      Array.from({ length: 40 }, () => limiter.attempt('login:ada', 5, 60)),
    )
    expect(attempts.filter(it => it.allowed)).toHaveLength(5)
    const refused = attempts.find(it => !it.allowed)
    expect(refused?.remaining).toBe(0)
    expect(refused?.reset).toBeGreaterThan(Date.now() / 1_000 + 50)
    expect(refused?.reset).toBeLessThan(Date.now() / 1_000 + 65)
    await limiter.clear('login:ada')
    expect((await limiter.attempt('login:ada', 5, 60)).allowed).toBe(true)
  })

  test('seconds are checked by name', async () => {
    const limiter = createLimiter(setup().locks, { algorithm: 'gcra' })
    for (const seconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '60']) {
      await expect(limiter.attempt('a', 5, seconds as number)).rejects.toMatchObject({
        argument: 'decaySeconds',
      })
    }
    expect((await limiter.attempt('a', 5, 0.5)).allowed).toBe(true)
  })
})

describe('throttle', () => {
  test('runs as often as allowed, then onLimit', async () => {
    const { locks } = setup()
    const mail = locks.throttle('mail').allow(2).every(60)
    const ran = await Promise.all(
      [1, 2, 3, 4].map(() =>
        mail.run(
          () => 'sent',
          ({ retryAfterMs }) => retryAfterMs > 50_000,
        ),
      ),
    )
    expect(ran.filter(it => it === 'sent')).toHaveLength(2)
    expect(ran.filter(it => it === true)).toHaveLength(2)
    await expect(mail.run(() => 1)).rejects.toBeInstanceOf(RateLimitedError)
    expect(await locks.throttle('other').run(() => 1)).toBe(1)
  })

  test('block waits; awaiting it does not run anything', async () => {
    const { locks } = setup()
    const each = await locks.throttle('each').every(0.2).block(20)
    expect(await Promise.all([1, 2, 3].map(i => each.run(() => i)))).toEqual([1, 2, 3])
    expect(() => each.allow(0)).toThrow(expect.objectContaining({ argument: 'times' }))
    expect(() => each.every(0)).toThrow(expect.objectContaining({ argument: 'seconds' }))
    const failing = locks.throttle('fails').run(
      () => {
        throw new Error('inside')
      },
      () => 'limited',
    )
    await expect(failing).rejects.toThrow('inside')
  })
})

test('an ioredis instance will do', async () => {
  const own = new IoRedis(inject('redisUrl'), { keyPrefix: uniquePrefix('own') })
  onTestFinished(async () => void (await own.quit()))
  const limiter = createLocks(own).rateLimiter('api', { limit: 1, windowMs: 60_000 })
  expect((await limiter.attempt('ada')).allowed).toBe(true)
  expect((await limiter.attempt('ada')).allowed).toBe(false)
})

test('bad input is refused by name', async () => {
  const { locks } = setup()
  const good: RateLimitOptions = { limit: 5, windowMs: 1_000 }
  const refused = (options: object, argument: string) =>
    expect(() => locks.rateLimiter('a', { ...good, ...options })).toThrow(
      expect.objectContaining({ argument }),
    )
  refused({ limit: 0 }, 'limit')
  refused({ limit: 1.5 }, 'limit')
  refused({ windowMs: Number.NaN }, 'windowMs')
  refused({ algorithm: 'leaky' }, 'algorithm')
  refused({ failOpen: 'yes' }, 'failOpen')
  refused({ timeoutMs: 0 }, 'timeoutMs')
  refused({ onError: 1 }, 'onError')
  refused({ max: 5 }, 'max')
  const limiter = locks.rateLimiter('a', good)
  await expect(limiter.attempt('x', 6)).rejects.toMatchObject({ argument: 'cost' })
  await expect(limiter.peek('x', 0)).rejects.toMatchObject({ argument: 'cost' })
  await expect(limiter.attempt('')).rejects.toMatchObject({ argument: 'id' })
  await expect(limiter.acquire('x', { waitMs: -1 })).rejects.toMatchObject({ argument: 'waitMs' })
  expect(() => locks.rateLimiter('', good)).toThrow(expect.objectContaining({ argument: 'name' }))
})

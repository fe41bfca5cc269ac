import assert from 'node:assert/strict'
import { RateLimitedError } from '../../index.js'
import type { Cases } from './locks-case.js'

const ALGORITHMS = ['fixed-window', 'sliding-window', 'gcra'] as const
const HOUR_MS = 3_600_000

export const LIMITER: Cases = {
  'allows exactly the limit of many at once': async ({ one, other }) => {
    for (const algorithm of ALGORITHMS) {
      const options = { limit: 50, windowMs: HOUR_MS, algorithm }
      const limiters = [one, other].map(it => it.rateLimiter('api', options))
      const attempts = await Promise.all(
        limiters.flatMap(it => Array.from({ length: 100 }, () => it.attempt('ada'))),
      )
      assert.equal(attempts.filter(it => it.allowed).length, 50, algorithm)
      const refused = attempts.find(it => !it.allowed)
      assert.equal(refused?.remaining, 0)
      assert.ok((refused?.retryAfterMs ?? 0) > 0)
      assert.ok((refused?.reset ?? 0) > Date.now() / 1_000)
      assert.equal((await limiters[0]?.attempt('bob'))?.remaining, 49)
    }
  },
  'peek spends nothing, reset forgets': async ({ one, other }) => {
    for (const algorithm of ALGORITHMS) {
      const options = { limit: 3, windowMs: HOUR_MS, algorithm }
      const [limiter, same] = [one, other].map(it => it.rateLimiter('api', options))
      await limiter?.attempt('ada', 2)
      for (const _ of [1, 2]) assert.equal((await same?.peek('ada'))?.remaining, 1, algorithm)
      assert.equal((await same?.peek('ada', 2))?.allowed, false)
      await same?.reset('ada')
      assert.equal((await limiter?.peek('ada'))?.remaining, 3)
    }
  },
  'run waits until the limit allows, at most waitMs': async ({ one }) => {
    for (const algorithm of ALGORITHMS) {
      const limiter = one.rateLimiter('api', { limit: 1, windowMs: 150, algorithm })
      const started = performance.now()
      const all = [1, 2, 3].map(i => limiter.run('ada', () => i, { waitMs: 60_000 }))
      assert.deepEqual(await Promise.all(all), [1, 2, 3])
      assert.ok(performance.now() - started > 290, algorithm)
      const spent = one.rateLimiter('other', { limit: 1, windowMs: HOUR_MS, algorithm })
      await spent.attempt('ada')
      await assert.rejects(spent.acquire('ada', { waitMs: 5 }), RateLimitedError)
    }
  },
}

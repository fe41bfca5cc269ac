import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { clients, nothingLeft, queued } from '../setup.js'

test('one signal ends the waits of many, for every kind, without a warning of too many listeners', async () => {
  const warnings: Error[] = []
  const listener = (warning: Error) => void warnings.push(warning)
  process.on('warning', listener)
  onTestFinished(() => {
    process.off('warning', listener)
  })
  const [one, two] = clients(2, { waitMs: 60_000 })
  const held = [
    await one.locks.mutex('a').acquire(),
    await one.locks.semaphore('a', { permits: 1 }).acquire(),
    await one.locks.readWrite('a').write().acquire(),
  ]
  const limiter = one.locks.rateLimiter('a', { limit: 1, windowMs: 60_000 })
  await limiter.attempt('ada')
  const shutdown = new AbortController()
  const { signal } = shutdown
  const kinds: (() => Promise<unknown>)[] = [
    () => two.locks.mutex('a').acquire({ signal }),
    () => two.locks.semaphore('a', { permits: 1 }).acquire({ signal }),
    () => two.locks.readWrite('a').read().acquire({ signal }),
    () => limiter.acquire('ada', { waitMs: 120_000, signal }),
  ]
  const waits = kinds.flatMap(wait => Array.from({ length: 30 }, wait))
  const ended = Promise.allSettled(waits)
  await queued(one.redis, 'lock:{a}:rw', 30)
  shutdown.abort(new Error('the process ends'))
  for (const it of await ended) {
    expect(it).toMatchObject({ status: 'rejected', reason: { message: 'the process ends' } })
  }
  for (const lease of held) await lease.release()
  await limiter.reset('ada')
  await nothingLeft(one.redis)
  await pause(0)
  expect(warnings).toEqual([])
})

test('a signal that outlives a wait keeps nothing of it', async () => {
  const [{ locks }] = clients(1)
  const { signal } = new AbortController()
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--
    removeEventListener.apply(signal, args)
  }
  await Promise.all(
    Array.from({ length: 20 }, () => locks.mutex('a').run(() => undefined, { signal })),
  )
  expect(listeners).toBe(0)
  const late = AbortSignal.timeout(1)
  await once(late, 'abort')
  await expect(locks.mutex('a').acquire({ signal: late })).rejects.toBe(late.reason)
})

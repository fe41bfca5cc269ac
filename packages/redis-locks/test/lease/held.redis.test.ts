import { createManager } from '@gravito/plasma'
import { uniquePrefix } from '@gravito/redis-testing'
import { expect, inject, it, onTestFinished } from 'vitest'
import { createLocks } from '../../src/index.js'

it('held counts the leases of every kind until each is released', async () => {
  const redis = createManager({
    connections: { default: { url: inject('redisUrl'), keyPrefix: uniquePrefix('held') } },
  })
  onTestFinished(() => redis.disconnect())
  const locks = createLocks(redis)
  expect(locks.held).toBe(0)
  const leases = [
    await locks.mutex('a').acquire(),
    await locks.mutex('b').acquire({ renew: false }),
    await locks.semaphore('c', { permits: 2 }).acquire(),
    await locks.readWrite('d').read().acquire(),
  ]
  for (const lease of leases) {
    expect(locks.held).toBe(leases.length - leases.indexOf(lease))
    await lease.release()
  }
  expect(locks.held).toBe(0)
})

it('held counts a lease until Redis has answered its release', async () => {
  const redis = createManager({
    connections: { default: { url: inject('redisUrl'), keyPrefix: uniquePrefix('held') } },
  })
  onTestFinished(() => redis.disconnect())
  const locks = createLocks(redis)
  const lease = await locks.mutex('a').acquire()
  const release = lease.release()
  expect(locks.held).toBe(1)
  expect(await release).toBe(true)
  expect(locks.held).toBe(0)
})

it('held forgets a lease that was lost', async () => {
  const redis = createManager({
    connections: { default: { url: inject('redisUrl'), keyPrefix: uniquePrefix('held') } },
  })
  onTestFinished(() => redis.disconnect())
  const locks = createLocks(redis)
  const lease = await locks.mutex('short').acquire({ ttlMs: 100, renew: false })
  expect(locks.held).toBe(1)
  await new Promise(resolve => lease.signal.addEventListener('abort', resolve))
  expect(locks.held).toBe(0)
})

import assert from 'node:assert/strict'
import { LockLostError, LockTimeoutError } from '../../index.js'
import { type Cases, later, until } from './locks-case.js'

export const MUTEX: Cases = {
  'one holder at a time, in the whole fleet': async ({ one, other }) => {
    const lease = await one.mutex('a').acquire()
    assert.ok(lease.isHeld() && lease.remainingMs() > 0)
    assert.equal(await one.mutex('a').tryAcquire(), null)
    assert.equal(await other.mutex('a').tryAcquire(), null)
    assert.equal((await other.mutex('a').inspect())?.token, lease.token)
    assert.equal(await lease.release(), true)
    assert.equal(await lease.release(), false)
    assert.equal(lease.isHeld(), false)
    assert.equal(await other.mutex('a').inspect(), null)
  },
  'no section overlaps another, and tokens rise': async ({ one, other }) => {
    let [inside, token] = [0, 0]
    const section = async (held: { token: number }) => {
      assert.equal(++inside, 1)
      assert.ok(held.token > token)
      token = held.token
      await later(1)
      inside--
    }
    const options = { waitMs: 60_000 }
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).withLock('a', section, options)),
    )
  },
  'waiters are served in the order of their arrival': async ({ one, other }) => {
    const order: number[] = []
    const lease = await one.mutex('a').acquire()
    const waiting = [other, one, other, one].map(async (locks, i) => {
      await later(60 * i)
      await locks.withLock('a', () => order.push(i), { waitMs: 60_000 })
    })
    await later(400)
    await lease.release()
    await Promise.all(waiting)
    assert.deepEqual(order, [0, 1, 2, 3])
  },
  'run gives what the section gives, and releases whatever happens': async ({ one }) => {
    assert.equal(await one.withLock('a', ({ token, lease }) => token === lease.token), true)
    const inside = new Error('inside')
    await assert.rejects(
      one.withLock('a', () => {
        throw inside
      }),
      inside,
    )
    assert.equal(await one.mutex('a').inspect(), null)
  },
  'renewal keeps a lease beyond its time': async ({ one, other }) => {
    const lease = await one.mutex('a').acquire({ ttlMs: 2_000 })
    await later(3_000)
    assert.equal(await other.mutex('a').tryAcquire(), null)
    assert.equal(lease.signal.aborted, false)
    lease.assertHeld()
    assert.equal(await lease.release(), true)
  },
  'without renewal a lease ends, is told so, and leaves the next one alone': async locks => {
    const lease = await locks.one.mutex('a').acquire({ ttlMs: 500, renew: false })
    const next = await locks.other.mutex('a').acquire({ waitMs: 20_000 })
    assert.ok(lease.signal.reason instanceof LockLostError)
    assert.throws(() => lease.assertHeld(), LockLostError)
    assert.ok(next.token > lease.token)
    assert.equal(await lease.extend(1_000), false)
    assert.equal(await lease.release(), false)
    assert.equal((await locks.one.mutex('a').inspect())?.token, next.token)
    await next.release()
  },
  'extend makes a lease last longer': async ({ one }) => {
    const lease = await one.mutex('a').acquire({ ttlMs: 2_000, renew: false })
    assert.equal(await lease.extend(60_000), true)
    assert.ok(lease.remainingMs() > 30_000)
    assert.ok(((await one.mutex('a').inspect())?.ttlMs ?? 0) > 30_000)
    await lease.release()
  },
  'a wait ends with LockTimeoutError and leaves nothing behind': async ({ one, other }) => {
    const lease = await one.mutex('a').acquire()
    for (const waitMs of [0, 500]) {
      await assert.rejects(other.mutex('a').acquire({ waitMs }), (error: unknown) => {
        assert.ok(error instanceof LockTimeoutError)
        assert.equal(error.code, 'LOCK_TIMEOUT')
        return true
      })
    }
    await lease.release()
    await until(async () => (await one.mutex('a').inspect()) === null)
  },
  'an aborted wait gives the reason, and its section never runs': async ({ one, other }) => {
    const lease = await one.mutex('a').acquire()
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    let ran = false
    const waiting = other.withLock('a', () => (ran = true), { signal: controller.signal })
    setTimeout(() => controller.abort(reason), 20)
    await assert.rejects(waiting, reason)
    await assert.rejects(other.mutex('a').acquire({ signal: AbortSignal.abort(reason) }), reason)
    await lease.release()
    await until(async () => (await one.mutex('a').inspect()) === null)
    assert.equal(ran, false)
  },
  'forceRelease takes a lock from its holder, who is told': async ({ one, other }) => {
    const lease = await one.mutex('a').acquire({ ttlMs: 1_000 })
    assert.equal(await other.mutex('a').forceRelease(), true)
    assert.equal(await other.mutex('a').forceRelease(), false)
    await until(() => lease.signal.aborted)
    assert.equal(await lease.release(), false)
  },
  'a lease moves to another process by JSON': async ({ one, other }) => {
    const lease = await one.mutex('a').acquire()
    const restored = await other.restore(JSON.parse(JSON.stringify(lease)))
    assert.equal(restored?.token, lease.token)
    assert.equal(await restored?.release(), true)
    assert.equal(await other.restore(lease.toJSON()), null)
  },
  'names are names, whatever they contain': async ({ one }) => {
    const names = ['{a}', 'a}b{', 'line\nbreak', '🔒', '%7b', "it's"]
    const leases = await Promise.all(names.map(name => one.mutex(name).tryAcquire()))
    assert.equal(leases.filter(it => it === null).length, 0)
    await Promise.all(leases.map(lease => lease?.release()))
  },
}

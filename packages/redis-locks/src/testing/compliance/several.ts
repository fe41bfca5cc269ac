import assert from 'node:assert/strict'
import { type Cases, later, until } from './locks-case.js'

export const SEMAPHORE: Cases = {
  'no more holders than permits, in the whole fleet': async ({ one, other }) => {
    let [inside, most] = [0, 0]
    const section = async () => {
      most = Math.max(most, ++inside)
      await later(5)
      inside--
    }
    const options = { permits: 3, waitMs: 60_000 }
    const semaphores = [one, other].map(it => it.semaphore('db', options))
    await Promise.all(Array.from({ length: 30 }, (_, i) => semaphores[i % 2]?.run(section)))
    assert.equal(most, 3)
    assert.equal((await semaphores[0]?.info())?.held, 0)
  },
  'a heavy request takes all its permits or none, and is not overtaken': async ({ one, other }) => {
    const [mine, theirs] = [one, other].map(it => it.semaphore('db', { permits: 3 }))
    assert.ok(mine && theirs)
    const order: string[] = []
    const lease = await mine.acquire({ weight: 2 })
    assert.equal(await theirs.tryAcquire({ weight: 2 }), null)
    const heavy = theirs.run(() => order.push('heavy'), { weight: 3, waitMs: 20_000 })
    await until(async () => (await mine.info()).waiting === 1)
    const light = mine.run(() => order.push('light'), { waitMs: 20_000 })
    await later(50)
    assert.deepEqual(order, [])
    await lease.release()
    await Promise.all([heavy, light])
    assert.deepEqual(order, ['heavy', 'light'])
  },
  'permits that nobody renews come back': async ({ one, other }) => {
    const [mine, theirs] = [one, other].map(it => it.semaphore('db', { permits: 1 }))
    const lease = await mine?.acquire({ ttlMs: 500, renew: false })
    const next = await theirs?.acquire({ waitMs: 20_000 })
    assert.equal(lease?.isHeld(), false)
    assert.equal(await lease?.release(), false)
    assert.equal((await mine?.info())?.held, 1)
    await next?.release()
  },
  'setPermits counts for all at once': async ({ one, other }) => {
    const [mine, theirs] = [one, other].map(it => it.semaphore('db', { permits: 1 }))
    const first = await mine?.acquire()
    assert.equal(await theirs?.tryAcquire(), null)
    const waiting = theirs?.acquire({ waitMs: 20_000 })
    await mine?.setPermits(2)
    const second = await waiting
    assert.equal((await theirs?.info())?.available, 0)
    await mine?.resetPermits()
    assert.equal((await theirs?.info())?.permits, 1)
    await Promise.all([first?.release(), second?.release()])
  },
}

export const READ_WRITE: Cases = {
  'readers together, writers alone': async ({ one, other }) => {
    const [mine, theirs] = [one, other].map(it => it.readWrite('doc'))
    const readers = await Promise.all([mine?.read().acquire(), theirs?.read().acquire()])
    assert.equal(await theirs?.write().tryAcquire(), null)
    await Promise.all(readers.map(it => it?.release()))
    const writer = await theirs?.write().acquire()
    assert.equal(await mine?.read().tryAcquire(), null)
    assert.equal(await mine?.write().tryAcquire(), null)
    await writer?.release()
    assert.equal(await mine?.read().run(() => 'read'), 'read')
  },
  'who comes to read while a writer waits goes behind it': async ({ one, other }) => {
    const [mine, theirs] = [one, other].map(it => it.readWrite('doc'))
    const order: string[] = []
    const reader = await mine?.read().acquire()
    const wait = { waitMs: 20_000 }
    const writing = theirs?.write().run(() => order.push('write'), wait)
    await until(
      async () =>
        (await mine
          ?.read()
          .tryAcquire()
          .then(it => it?.release())) === undefined,
    )
    const reading = mine?.read().run(() => order.push('read'), wait)
    await reader?.release()
    await Promise.all([writing, reading])
    assert.deepEqual(order, ['write', 'read'])
  },
}

export const MULTI: Cases = {
  'all or none, and two that want the same in another order both get it': async ({
    one,
    other,
  }) => {
    const lease = await one.mutex('b').acquire()
    assert.equal(await other.multi(['a', 'b']).tryAcquire(), null)
    assert.equal(await one.mutex('a').inspect(), null)
    await lease.release()
    let inside = 0
    const section = async ({ tokens }: { tokens: ReadonlyMap<string, number> }) => {
      assert.equal(++inside, 1)
      assert.deepEqual([...tokens.keys()], ['a', 'b'])
      await later(2)
      inside--
    }
    const options = { waitMs: 60_000 }
    const both = [one.multi(['a', 'b'], options), other.multi(['b', 'a'], options)]
    await Promise.all(Array.from({ length: 10 }, (_, i) => both[i % 2]?.run(section)))
  },
}

export const LEADER: Cases = {
  'one leads; when it stops, the next does': async ({ one, other }) => {
    const leaders = [one, other].map(it => it.leader('cron').start())
    const leading = () => leaders.filter(it => it.isLeader)
    await until(() => leading().length === 1)
    const [first] = leading()
    await first?.stop()
    await until(() => leading().length === 1)
    assert.notEqual(leading()[0], first)
    await Promise.all(leaders.map(it => it.stop()))
  },
}

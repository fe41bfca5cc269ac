import { waitUntil } from '@gravito/redis-testing'
import { describe, expect, test } from 'vitest'
import { LockLostError } from '../../src/index.js'
import { type Client, clients, nothingLeft, outcome, pause, queued } from '../setup.js'

describe('several locks', () => {
  test('all of them or none; in the order of names; a name counts once', async () => {
    const [one, two] = clients(2)
    const multi = one.locks.multi(['c', 'a', 'b', 'a'])
    expect(multi.names).toEqual(['a', 'b', 'c'])
    const lease = await multi.acquire()
    expect([...lease.tokens.keys()]).toEqual(['a', 'b', 'c'])
    expect(lease.isHeld()).toBe(true)
    expect(lease.remainingMs()).toBeGreaterThan(5_000)
    for (const name of ['a', 'b', 'c']) {
      expect(await two.locks.mutex(name).tryAcquire()).toBeNull()
    }
    expect(await two.locks.multi(['0', 'c']).tryAcquire()).toBeNull()
    expect(await two.locks.mutex('0').inspect()).toBeNull()
    expect(await lease.extend(20_000)).toBe(true)
    expect(lease.remainingMs()).toBeGreaterThan(15_000)
    expect(await lease.release()).toBe(true)
    expect(await lease.release()).toBe(false)
    expect(() => lease.assertHeld()).toThrow(LockLostError)
    await nothingLeft(one.redis)
  })

  test('a time-out names the lock and the whole time, an abort its reason; nothing stays', async () => {
    const [one, two] = clients(2)
    const held = await one.locks.mutex('b').acquire()
    const error = await two.locks
      .multi(['a', 'b', 'c'])
      .acquire({ waitMs: 150 })
      .catch((it: unknown) => it)
    expect(error).toMatchObject({ code: 'LOCK_TIMEOUT', lock: 'b', waitMs: 150 })
    const stop = new AbortController()
    const waiting = outcome(two.locks.multi(['a', 'b']).run(() => 1, { signal: stop.signal }))
    await queued(one.redis, 'lock:{b}', 1)
    expect(await one.locks.mutex('a').inspect()).not.toBeNull()
    stop.abort(new Error('enough'))
    expect(await waiting).toBe('enough')
    expect(await one.locks.mutex('a').inspect()).toBeNull()
    await held.release()
    await nothingLeft(one.redis)
  })

  test('callers with overlapping names in any order never wait for each other', async () => {
    const all = clients(3, { waitMs: 20_000 })
    const names = ['a', 'b', 'c', 'd']
    const inside = new Set<string>()
    const work = async ({ locks }: Client, seed: number) => {
      for (let i = 0; i < 15; i++) {
        const mine = names.filter((_, n) => (seed * 7 + i * 3 + n) % 3 !== 0).reverse()
        await locks.multi(mine).run(async () => {
          for (const name of mine) {
            expect(inside.has(name)).toBe(false)
            inside.add(name)
          }
          await pause(1)
          for (const name of mine) inside.delete(name)
        })
      }
    }
    await Promise.all(all.flatMap((client, i) => [work(client, i), work(client, i + 5)]))
    await nothingLeft(all[0].redis)
  }, 60_000)

  test('one signal: it fires when any is lost, inside run and while the others are waited for', async () => {
    const [one, two] = clients(2, { ttlMs: 200 })
    const lost = await one.locks.multi(['a', 'b']).run(async ({ signal, assertHeld, tokens }) => {
      expect(tokens.size).toBe(2)
      assertHeld()
      await two.locks.mutex('b').forceRelease()
      await waitUntil('it is told', () => signal.aborted)
      expect(assertHeld).toThrow(LockLostError)
      return signal.reason
    })
    expect(lost).toMatchObject({ code: 'LOCK_LOST', lock: 'b' })
    const held = await two.locks.mutex('b').acquire()
    const waiting = outcome(one.locks.multi(['a', 'b']).acquire())
    await queued(one.redis, 'lock:{b}', 1)
    await two.locks.mutex('a').forceRelease()
    expect(await waiting).toBe('LOCK_LOST')
    await held.release()
    await nothingLeft(one.redis)
  })

  test('inside a reentrant run, and around one', async () => {
    const [one] = clients(1, { reentrant: true, waitMs: 500 })
    const tokens = await one.locks.withLock('b', outer =>
      one.locks
        .multi(['a', 'b'])
        .run(multi =>
          one.locks.withLock('a', inner => [
            outer.token === multi.tokens.get('b'),
            inner.token === multi.tokens.get('a'),
          ]),
        ),
    )
    expect(tokens).toEqual([true, true])
    await nothingLeft(one.redis)
  })

  test('await using, and the outcome of the section', async () => {
    const [one] = clients(1)
    {
      await using lease = await one.locks.multi(['a', 'b']).acquire()
      expect(lease.leases).toHaveLength(2)
    }
    expect(await outcome(one.locks.multi(['a']).run(() => Promise.reject(new Error('mine'))))).toBe(
      'mine',
    )
    await nothingLeft(one.redis)
  })

  test('bad input is refused by name', async () => {
    const [{ locks }] = clients(1)
    const wrong = (names: unknown, options?: unknown) => () =>
      locks.multi(names as string[], options as object)
    expect(wrong([])).toThrow(expect.objectContaining({ argument: 'names' }))
    expect(wrong('ab')).toThrow(expect.objectContaining({ argument: 'names' }))
    expect(wrong(['a', ''])).toThrow(expect.objectContaining({ argument: 'name' }))
    expect(wrong(['a'], { ttl: 1 })).toThrow(expect.objectContaining({ argument: 'ttl' }))
    await expect(locks.multi(['a']).acquire({ waitMs: -1 })).rejects.toMatchObject({
      argument: 'waitMs',
    })
  })
})

import { RedisClient } from '@gravito/plasma'
import { startRedis, uniquePrefix } from '@gravito/redis-testing'
import fc from 'fast-check'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { argumentsKey } from '../../src/commandkit/arguments-key.js'
import { cached, RedisStore, revalidateTag } from '../../src/index.js'
import { deferred, pause, setup } from '../setup.js'

const name = () => uniquePrefix('fn')

describe('cached', () => {
  test('one call for equal arguments, whatever the order of fields; another one for others', async () => {
    const { store } = setup()
    let calls = 0
    const load = async (id: number, options: { a?: number; b?: number } = {}) => {
      calls++
      return { id, ...options }
    }
    const profile = cached(load, { ttl: '5m', store })
    expect(await profile(7, { a: 1, b: 2 })).toEqual({ id: 7, a: 1, b: 2 })
    expect(await profile(7, { b: 2, a: 1 })).toEqual({ id: 7, a: 1, b: 2 })
    expect(calls).toBe(1)
    await profile(8)
    await profile(7)
    expect(calls).toBe(3)
  })

  test('shared between processes: what one computed, the other has, and one tag empties both', async () => {
    const { redis, keyPrefix } = setup()
    const other = new RedisClient({ url: inject('redisUrl'), keyPrefix })
    onTestFinished(() => other.disconnect())
    const stores = [redis, other].map(client => new RedisStore({ client, deadlineMs: 10_000 }))
    const calls: string[] = []
    const [mine, theirs] = stores.map((store, i) =>
      cached(
        (id: string) => {
          calls.push(`${i}:${id}`)
          return `user ${id}`
        },
        {
          key: 'user',
          tags: id => [`user:${id}`, 'users'],
          ttl: 60_000,
          store,
        },
      ),
    )
    if (!mine || !theirs) throw new Error('there are two')
    expect(await mine('7')).toBe('user 7')
    expect(await theirs('7')).toBe('user 7')
    await mine('8')
    expect(calls).toEqual(['0:7', '0:8'])
    await revalidateTag('user:7', stores[1])
    await mine('7')
    await mine('8')
    expect(calls).toEqual(['0:7', '0:8', '0:7'])
    await revalidateTag('users', stores[0])
    await theirs('8')
    expect(calls).toHaveLength(4)
  })

  test('many callers of a cold key make one call', async () => {
    const { store } = setup({ deadlineMs: 10_000 })
    const gate = deferred()
    let calls = 0
    const slow = cached(
      async () => {
        calls++
        await gate.promise
        return calls
      },
      { key: name(), store },
    )
    const all = Promise.all(Array.from({ length: 200 }, () => slow()))
    await pause(20)
    gate.resolve()
    expect(new Set(await all)).toEqual(new Set([1]))
  })

  test('a result expires; null is made anew unless it is to be kept', async () => {
    const { store } = setup({ deadlineMs: 10_000 })
    let calls = 0
    const short = cached(() => ++calls, { key: name(), ttl: 40, store })
    await short()
    await pause(80)
    expect(await short()).toBe(2)
    let nothing = 0
    const none = () => {
      nothing++
      return null
    }
    const forgets = cached(none, { key: name(), store })
    await forgets()
    await forgets()
    expect(nothing).toBe(2)
    const keeps = cached(none, { key: name(), negativeTtl: '1m', store })
    await keeps()
    expect(await keeps()).toBeNull()
    expect(nothing).toBe(3)
  })

  test("the function's own error is the caller's; a result that cannot be kept is returned", async () => {
    const { store } = setup({ deadlineMs: 10_000 })
    const fails = cached(
      () => {
        throw new RangeError('mine')
      },
      { key: name(), store },
    )
    await expect(fails()).rejects.toThrow(RangeError)
    let calls = 0
    const unstorable = cached(() => ({ calls: ++calls, fn: () => 1 }), { key: name(), store })
    expect((await unstorable()).fn()).toBe(1)
    expect(calls).toBe(1)
  })

  test('Redis away: the function is called', async () => {
    const server = await startRedis()
    const client = new RedisClient({ port: server.port, retryDelay: 10, maxRetries: 1 })
    onTestFinished(() => client.disconnect())
    await server.stop()
    const errors: unknown[] = []
    const store = new RedisStore({ client, onError: error => errors.push(error) })
    const answer = cached(() => 42, { key: name(), store })
    expect(await answer()).toBe(42)
    expect(errors).not.toEqual([])
    await expect(revalidateTag('any', store)).rejects.toThrow()
  })

  test('what could be mistaken is refused', async () => {
    const { store } = setup()
    expect(() => cached(() => 1)).toThrow('key is needed')
    expect(() => cached('fn' as never)).toThrow('fn')
    const make = () =>
      function report() {
        return 1
      }
    const first = make()
    cached(first)
    cached(first)
    expect(() => cached(make())).toThrow('key is needed')
    expect(() => cached(make(), { key: 'a', ttl: 'soon' })).toThrow('ttl')
    expect(() => cached(make(), { key: 'a', ttl: 0 })).toThrow('ttl')
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    await expect(cached(make() as (x: unknown) => 1, { key: 'a', store })(cyclic)).rejects.toThrow(
      'key',
    )
    const byName = cached((x: { id: string; self?: unknown }) => x.id, { key: x => x.id, store })
    expect(await byName(Object.assign(cyclic, { id: 'own' }))).toBe('own')
  })
})

const data = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.jsonValue(),
    fc.date({ noInvalidDate: true }),
    fc.bigInt(),
    fc.constant(undefined),
    fc.dictionary(fc.string(), tie('any'), { maxKeys: 4 }),
  ),
})).any

test('equal arguments have one key, and different ones two', () => {
  const reversed = (value: unknown): unknown =>
    Object.getPrototypeOf(value ?? 0) === Object.prototype
      ? Object.fromEntries(
          Object.entries(value as object)
            .reverse()
            .map(([key, inner]) => [key, reversed(inner)]),
        )
      : value
  fc.assert(
    fc.property(fc.array(data, { maxLength: 3 }), args => {
      expect(argumentsKey(args.map(reversed))).toBe(argumentsKey(args))
      expect(argumentsKey([...args, 1])).not.toBe(argumentsKey(args))
      expect(argumentsKey([args, 1])).not.toBe(argumentsKey([args, '1']))
    }),
  )
})

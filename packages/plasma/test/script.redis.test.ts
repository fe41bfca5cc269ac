import { describe, expect, test } from 'vitest'
import { defineScript, InvalidArgumentError, ReplyError } from '../src/index.js'
import { testClient } from './servers.js'

const compareAndDelete = defineScript({
  keys: ['key'],
  args: ['expected'],
  lua: `if redis.call('GET', key) == expected then return redis.call('DEL', key) end return 0`,
  reply: (deleted: number) => deleted === 1,
})

describe('a script', () => {
  test('runs with its names as locals, and its reply is decoded', async () => {
    const redis = testClient()
    await redis.set('lock', 'me')
    expect(await redis.run(compareAndDelete, ['lock'], ['you'])).toBe(false)
    expect(await redis.run(compareAndDelete, ['lock'], ['me'])).toBe(true)
    expect(await redis.exists('lock')).toBe(0)
  })

  test('runs after the server forgot it', async () => {
    const redis = testClient()
    await redis.set('lock', 'me')
    await redis.run(compareAndDelete, ['lock'], ['you'])
    await redis.script('FLUSH')
    expect(await redis.run(compareAndDelete, ['lock'], ['me'])).toBe(true)
  })

  test('that the server does not know yet runs in the order of the calls, each once', async () => {
    const redis = testClient()
    for (let round = 0; round < 30; round++) {
      const add = defineScript({
        keys: ['list'],
        args: ['item'],
        lua: `-- ${round} ${'of a length that takes the server a while '.repeat(50)}
          return redis.call('RPUSH', list, item)`,
      })
      const calls: Promise<unknown>[] = []
      for (let call = 0; call < 30; call++) {
        calls.push(redis.run(add, [`list${round}`], [call]))
        await Promise.race([calls[0], new Promise(setImmediate)])
      }
      await Promise.all(calls)
      const order = await redis.lrange(`list${round}`, 0, -1)
      expect(order).toEqual(calls.map((_, call) => String(call)))
    }
  })

  test('takes any number of keys when it names none', async () => {
    const redis = testClient()
    const count = defineScript({ lua: 'return #KEYS * 100 + #ARGV', reply: (n: number) => n })
    expect(await redis.run(count, ['a', 'b', 'c'], [1, 2])).toBe(302)
  })

  test('that fails is an error with its message', async () => {
    const redis = testClient()
    const broken = defineScript({ keys: [], args: [], lua: `return redis.call('NOPE')` })
    await expect(redis.run(broken, [], [])).rejects.toBeInstanceOf(ReplyError)
    const wrong = defineScript({ keys: [], args: [], lua: 'this is no Lua' })
    await expect(redis.run(wrong, [], [])).rejects.toThrow(/compiling script/)
  })

  test('by defineCommand becomes a method of the client and of its pipelines', async () => {
    const redis = testClient()
    redis.defineCommand('append2', {
      numberOfKeys: 1,
      lua: `return redis.call('APPEND', KEYS[1], ARGV[1])`,
    })
    redis.defineCommand('counted', { lua: 'return #KEYS' })
    const custom = redis as unknown as Record<
      'append2' | 'counted',
      (...args: unknown[]) => Promise<number>
    >
    expect(await custom.append2('k', 'ab')).toBe(2)
    expect(await custom.counted(2, 'a', 'b', 'c')).toBe(2)
    const batch = redis.pipeline() as unknown as Record<
      'append2',
      (...args: unknown[]) => { exec(): Promise<unknown> }
    >
    expect(await batch.append2('k', 'cd').exec()).toEqual([[null, 4]])
    expect(() => redis.defineCommand('get', { lua: 'return 1' })).toThrow(InvalidArgumentError)
  })
})

import { describe, expect, test } from 'vitest'
import { defineScript, InvalidArgumentError, RedisClient } from '../src/index.js'
import { testClient } from './servers.js'

const script = defineScript({ lua: 'return 1' })
const NO_FUNCTIONS = [[['get', 'a']], 'get', 5, {}] as const

describe('a batch', () => {
  test.each(NO_FUNCTIONS)('built by %j says how it is written', async build => {
    const redis = testClient()
    const wanted = { argument: 'build', message: expect.stringContaining('c => [c.get') }
    for (const sender of [redis, redis.buffers, redis.with({ commandTimeout: 1_000 })]) {
      await expect(sender.pipeline(build as never)).rejects.toMatchObject(wanted)
      await expect(sender.multi(build as never)).rejects.toMatchObject(wanted)
    }
  })

  test.each([[undefined], ['get'], [[['get', 'a']]], [[undefined]]])(
    'of %j is refused before anything is sent',
    async commands => {
      const redis = testClient()
      const refused = redis.multi(() => commands as never)
      await expect(refused).rejects.toMatchObject({ argument: 'build', command: 'multi' })
    },
  )
})

test.each(NO_FUNCTIONS)('a transaction and a listener that are %j are refused', async work => {
  const redis = testClient()
  const refused = redis.transaction(work as never)
  await expect(refused).rejects.toMatchObject({ argument: 'work' })
  expect(() => redis.listen(work as never)).toThrow(InvalidArgumentError)
})

describe('a script', () => {
  test.each([undefined, null, {}, 'return 1', { lua: 5 }])('is not made of %j', given => {
    expect(() => defineScript(given as never)).toThrow(/text of a script/)
    expect(() => testClient().defineCommand('mine', given as never)).toThrow(InvalidArgumentError)
  })

  test('runs with lists only, by a client and in batches', async () => {
    const redis = testClient()
    const calls: [unknown, unknown, unknown, string][] = [
      [undefined, [], [], 'script'],
      ['return 1', [], [], 'script'],
      [script, 'a', [], 'keys'],
      [script, [], undefined, 'args'],
    ]
    for (const [given, keys, args, argument] of calls) {
      const call = [given, keys, args] as [never, never, never]
      await expect(redis.run(...call)).rejects.toMatchObject({ argument })
      await expect(redis.pipeline(c => [c.run(...call)])).rejects.toMatchObject({ argument })
    }
    expect(await redis.run(script, [], [])).toBe(1)
  })
})

test.each([undefined, null, 5, '', ['get']])('call(%j) wants the name of a command', async name => {
  await expect(testClient().call(name as never)).rejects.toMatchObject({ argument: 'name' })
})

test('linsert knows two places', async () => {
  const refused = testClient().linsert('a', 'beside' as never, 'b', 'c')
  await expect(refused).rejects.toMatchObject({ argument: 'where', command: 'linsert' })
})

test.each([[null], ['x'], [[]]])('options that are %j are refused', async given => {
  const options = given as never
  expect(() => new RedisClient(options)).toThrow(/must be an object/)
  await expect(testClient().clientList(options)).rejects.toMatchObject({ argument: 'options' })
})

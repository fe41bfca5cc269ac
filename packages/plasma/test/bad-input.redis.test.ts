import { describe, expect, test } from 'vitest'
import { defineScript, InvalidArgumentError, RedisClient, ReplyError } from '../src/index.js'
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

test('a script with names for Lua has as many keys and arguments', async () => {
  const redis = testClient()
  const named = defineScript({ keys: ['from', 'to'], args: ['by'], lua: 'return { from, to, by }' })
  const wrong: [unknown[], unknown[], string][] = [
    [['a'], ['1'], 'keys must be 2 (from, to), not 1'],
    [['a', 'b', 'c'], ['1'], 'keys must be 2 (from, to), not 3'],
    [['a', 'b'], [], 'args must be 1 (by), not 0'],
  ]
  for (const [keys, args, message] of wrong) {
    const call = [named, keys, args] as [never, never, never]
    const refused = { message: expect.stringContaining(message) }
    await expect(redis.run(...call)).rejects.toMatchObject(refused)
    await expect(redis.multi(c => [c.run(...call)])).rejects.toMatchObject(refused)
    expect(() => redis.pipeline().run(...call)).toThrow(expect.objectContaining(refused))
  }
  expect(await redis.run(named, ['a', 'b'], ['1'])).toHaveLength(3)
  for (const name of ['a b', 'end', '1st', '', 5])
    for (const argument of ['keys', 'args']) {
      const define = () => defineScript({ [argument]: [name], lua: 'return 1' } as never)
      expect(define).toThrow(expect.objectContaining({ argument, command: 'defineScript' }))
    }
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

test('a signal aborted without a reason gives calls up all the same', async () => {
  const redis = testClient()
  const given = redis.with({ signal: AbortSignal.abort(null) })
  await expect(given.set('a', 1)).rejects.toBeNull()
  await expect(given.multi(c => [c.set('a', 1)])).rejects.toBeNull()
  await expect(given.blpop('a', 1)).rejects.toBeNull()
  expect(await redis.exists('a')).toBe(0)
})

describe('options of a call', () => {
  const AWAY = [Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 31, '100', null]

  test.each(AWAY)('a time of %j is refused', async time => {
    const redis = testClient()
    const wanted = (argument: string, command: string) =>
      expect.objectContaining({ argument, command, message: expect.stringMatching(/milliseconds/) })
    const limits = { commandTimeout: time as never }
    expect(() => redis.with(limits)).toThrow(wanted('commandTimeout', 'with'))
    const transaction = redis.transaction(async () => 1, limits)
    await expect(transaction).rejects.toEqual(wanted('commandTimeout', 'transaction'))
    const disconnected = redis.disconnect({ timeoutMs: time as never })
    await expect(disconnected).rejects.toEqual(wanted('timeoutMs', 'disconnect'))
    const listen = () => redis.listen(() => undefined, { slowerThan: time as never })
    expect(listen).toThrow(wanted('slowerThan', 'listen'))
    expect(await redis.ping()).toBe('PONG')
  })

  test.each([
    [{ comandTimeout: 1 }, 'comandTimeout'],
    [{ signal: new AbortController() }, 'signal'],
    [{ readFrom: 'slave' }, 'readFrom'],
    [null, 'options'],
    [5, 'options'],
  ])('with(%o)', (options, argument) => {
    const given = () => testClient().with(options as never)
    expect(given).toThrow(expect.objectContaining({ argument, command: 'with' }))
  })

  test.each([
    [{ attempts: 0 }, 'attempts'],
    [{ attempts: Number.NaN }, 'attempts'],
    [{ wach: 'a' }, 'wach'],
    [null, 'options'],
  ])('transaction(…, %o)', async (options, argument) => {
    const refused = testClient().transaction(async () => 1, options as never)
    await expect(refused).rejects.toMatchObject({ argument, command: 'transaction' })
  })

  test('listen: a misspelt option would hear everything', () => {
    const listen = () => testClient().listen(() => undefined, { slower: 1 } as never)
    expect(listen).toThrow(expect.objectContaining({ argument: 'slower' }))
  })
})

test.each([
  ['GET'],
  ['SORT'],
  ['MIGRATE'],
  ['MEMORY', 'USAGE'],
  ['EVAL', 'return 1', 5, 'a'],
  ['ZUNIONSTORE', 'd', 10, 'a'],
  ['LMPOP', 3, 'a', 'LEFT'],
] as [string, ...(string | number)[]][])(
  'call: where keys are missing Redis says so: %s',
  async (...command) => {
    await expect(testClient().call(...command)).rejects.toBeInstanceOf(ReplyError)
  },
)

test('defineCommand: fewer keys than it has are refused, by a client and in a pipeline', async () => {
  const redis = testClient() as ReturnType<typeof testClient> & {
    two(...args: unknown[]): Promise<unknown>
    any(...args: unknown[]): Promise<unknown>
  }
  redis.defineCommand('two', { lua: 'return { #KEYS, #ARGV }', numberOfKeys: 2 })
  redis.defineCommand('any', { lua: 'return { #KEYS, #ARGV }' })
  expect(await redis.two('a', 'b', 'c')).toEqual([2, 1])
  expect(await redis.any(1, 'a', 'b')).toEqual([1, 1])
  for (const refused of [redis.two('a'), redis.any(2, 'a'), redis.any('a'), redis.any()])
    await expect(refused).rejects.toMatchObject({ argument: 'numberOfKeys' })
  const pipeline = redis.pipeline() as unknown as typeof redis
  expect(() => pipeline.two('a')).toThrow(InvalidArgumentError)
  const define = () => redis.defineCommand('three', { lua: 'return 1', numberOfKeys: -1 })
  expect(define).toThrow(expect.objectContaining({ argument: 'numberOfKeys' }))
})

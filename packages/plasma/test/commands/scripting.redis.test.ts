import { startRedis } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isRedisError } from '../../src/index.js'
import { clientOf } from '../servers.js'

/** A busy machine may take a while to begin a script. */
const SOON = { timeout: 10_000 }

const LIBRARY = (text = 'total') => `#!lua name=shop
redis.register_function{ function_name = 'total', description = '${text}',
  callback = function(keys, args) return redis.call('LLEN', keys[1]) + args[1] end, flags = { 'no-writes' } }
redis.register_function('forever', function() while true do end end)`

/** A server of its own: libraries and scripts are everybody's. */
async function server() {
  const own = await startRedis()
  onTestFinished(() => own.stop())
  return { own, redis: clientOf({ url: own.url, keyPrefix: 'p:' }) }
}

const withCode = (code: string) => (error: unknown) => isRedisError(error, code)

describe('scripts', () => {
  test('are loaded, known, forgotten', async () => {
    const { redis } = await server()
    const sha1 = await redis.scriptLoad('return KEYS[1]')
    expect(sha1).toMatch(/^[0-9a-f]{40}$/)
    expect(await redis.buffers.scriptLoad('return KEYS[1]')).toBe(sha1)
    expect(await redis.evalsha(sha1, 1, 'k')).toBe('p:k')
    expect(await redis.scriptExists(sha1, 'f'.repeat(40))).toEqual([true, false])
    expect(await redis.scriptFlush('sync')).toBe('OK')
    expect(await redis.scriptExists([sha1])).toEqual([false])
    await expect(redis.scriptKill()).rejects.toSatisfy(withCode('NOTBUSY'))
    expect(await redis.scriptDebug('no')).toBe('OK')
  })

  test('that run for ever are ended', async () => {
    const { own, redis } = await server()
    const other = clientOf({ url: own.url })
    await other.connect()
    await redis.configSet({ 'busy-reply-threshold': 20 })
    const running = expect(redis.eval('while true do end', 0)).rejects.toSatisfy(withCode('ERR'))
    await expect.poll(() => other.scriptKill().catch(() => 'none'), SOON).toBe('OK')
    await running
  })
})

describe('functions', () => {
  test('are loaded, called, listed and deleted', async () => {
    const { redis } = await server()
    expect(await redis.functionLoad(LIBRARY())).toBe('shop')
    await expect(redis.functionLoad(LIBRARY())).rejects.toSatisfy(withCode('ERR'))
    expect(await redis.functionLoad(LIBRARY(), { replace: true })).toBe('shop')
    await redis.rpush('cart', 'a', 'b')
    expect(await redis.fcall('total', 1, 'cart', 5)).toBe(7)
    expect(await redis.fcallRo('total', 1, 'cart', 0)).toBe(2)
    const [library] = await redis.functionList({ library: 'sh*', withCode: true })
    expect(library).toMatchObject({ name: 'shop', engine: 'LUA', code: LIBRARY() })
    expect(library?.functions.find(it => it.name === 'total')).toEqual({
      name: 'total',
      description: 'total',
      flags: ['no-writes'],
    })
    expect(library?.functions.find(it => it.name === 'forever')?.description).toBeNull()
    expect(await redis.functionList({ library: 'x*' })).toEqual([])
    expect((await redis.buffers.functionList())[0]).not.toHaveProperty('code')
    expect(await redis.functionDelete('shop')).toBe('OK')
    expect(await redis.functionList()).toEqual([])
  })

  test('are dumped and restored', async () => {
    const { redis } = await server()
    await redis.functionLoad(LIBRARY('日本語'))
    const dump = await redis.functionDump()
    expect(dump).toBeInstanceOf(Buffer)
    expect(await redis.functionFlush()).toBe('OK')
    expect(await redis.functionRestore(dump)).toBe('OK')
    await expect(redis.functionRestore(dump, 'append')).rejects.toSatisfy(withCode('ERR'))
    expect(await redis.functionRestore(dump, 'replace')).toBe('OK')
    expect(await redis.functionRestore(dump, 'flush')).toBe('OK')
    const [library] = await redis.functionList({ withCode: true })
    expect(library?.code).toBe(LIBRARY('日本語'))
    expect(await redis.function('DELETE', 'shop')).toBe('OK')
  })

  test('say what runs, and are ended', async () => {
    const { own, redis } = await server()
    const other = clientOf({ url: own.url })
    await other.connect()
    await redis.configSet({ 'busy-reply-threshold': 20 })
    await redis.functionLoad(LIBRARY())
    expect(await redis.functionStats()).toEqual({
      running: null,
      engines: { LUA: { libraries: 1, functions: 2 } },
    })
    await expect(redis.functionKill()).rejects.toSatisfy(withCode('NOTBUSY'))
    const running = expect(redis.fcall('forever', 0)).rejects.toSatisfy(withCode('ERR'))
    await expect
      .poll(async () => (await other.functionStats()).running, SOON)
      .toMatchObject({
        name: 'forever',
        command: ['fcall', 'forever', '0'],
        durationMs: expect.any(Number),
      })
    expect(await other.functionKill()).toBe('OK')
    await running
  })
})

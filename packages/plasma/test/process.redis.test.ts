import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { clientOf } from './servers.js'

/** Run a module in a process of its own; resolves with its exit code, output and how long it took. */
async function run(source: string, timeoutMs = 10_000) {
  const plasma = new URL('../dist/index.js', import.meta.url).href
  const module = `import { RedisClient } from ${JSON.stringify(plasma)}
    const redis = new RedisClient({ url: ${JSON.stringify(inject('redisUrl'))}, keyPrefix: 'exit:' })
    ${source}`
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', module])
  const output: Buffer[] = []
  child.stdout.on('data', chunk => output.push(chunk))
  child.stderr.on('data', chunk => output.push(chunk))
  const deadline = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const [code] = await once(child, 'exit')
  clearTimeout(deadline)
  return { code, output: Buffer.concat(output).toString() }
}

const everything = `
  await redis.set('a', '1', { px: 1_000 })
  await redis.subscribe('news', () => {})
  await redis.with({ commandTimeout: 100 }).send('blpop', ['none', 0.01], [0])
  await redis.transaction(tx => tx.get('a'), { watch: 'a' })
  await redis.with({ signal: new AbortController().signal }).get('a')
  await redis.get('a')`

test('after disconnect nothing keeps the process alive', async () => {
  const { code, output } = await run(`${everything}
    await redis.disconnect()
    console.log('done')`)
  expect(output).toBe('done\n')
  expect(code).toBe(0)
})

for (const [state, fault] of [
  ['away', 'kill'],
  ['frozen', 'pause'],
] as const) {
  test(`after disconnect nothing keeps the process alive, also while Redis is ${state}`, async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const alive = () =>
      process.getActiveResourcesInfo().filter(it => /^(Timeout|TCPSocketWrap)$/.test(it)).length
    const before = alive()
    const redis = clientOf({ url: server.url, retryDelay: 5_000, commandTimeout: 200 })
    redis.on('error', () => {})
    await redis.subscribe('news', () => {})
    await redis.set('a', '1')
    await server[fault]()
    await redis.incr('a').catch(() => undefined)
    const started = performance.now()
    await redis.disconnect({ timeoutMs: 20 })
    expect(performance.now() - started).toBeLessThan(1_500)
    const soon = performance.now() + 1_000
    while (performance.now() < soon && alive() > before)
      await new Promise(resolve => setImmediate(resolve))
    expect(alive()).toBeLessThanOrEqual(before)
  })
}

test('after disconnect between two attempts nothing keeps the process alive either', async () => {
  const { code, output } = await run(`
    const nobody = new RedisClient({ host: '127.0.0.1', port: 1, retryDelay: 60_000 })
    nobody.on('error', () => {})
    const reconnecting = new Promise(resolve => nobody.on('reconnecting', resolve))
    const refused = nobody.get('a').catch(error => error.code)
    await reconnecting
    await nobody.disconnect()
    console.log(await refused, process.getActiveResourcesInfo?.().includes('Timeout') ?? false)`)
  expect(output).toMatch(/^CONNECTION_\w+ false\n$/)
  expect(code).toBe(0)
})

test('what was called before process.exit is on the wire, alone and in a batch', async () => {
  const key = uniquePrefix('last')
  const { code } = await run(`
    await redis.ping()
    redis.set('${key}a', '1', { px: 60_000 })
    redis.pipeline().set('${key}b', Buffer.from('2'), { px: 60_000 }).exec()
    redis.set('${key}c', '3', { px: 60_000 })
    process.exit(7)`)
  expect(code).toBe(7)
  const reader = clientOf({ url: inject('redisUrl'), keyPrefix: 'exit:' })
  await waitUntil('all arrived', async () => (await reader.exists(...keysOf(key))) === 3)
  expect(await reader.mget(keysOf(key))).toEqual(['1', '2', '3'])
})

test('a client that was never used keeps no process alive', async () => {
  expect(await run(`redis.pipeline().get('a'); redis.messages`)).toEqual({ code: 0, output: '' })
})

test('await using closes at the end of the block', async () => {
  const { code, output } = await run(`
    { const closing = redis; ${everything}; await closing[Symbol.asyncDispose]() }
    console.log(redis.status)`)
  expect(output).toBe('closed\n')
  expect(code).toBe(0)
})

const keysOf = (key: string) => ['a', 'b', 'c'].map(name => key + name)

test('memory does not grow with the number of commands', { timeout: 120_000 }, async () => {
  const { code, output } = await run(
    `
    const collect = () => globalThis.Bun ? Bun.gc(true) : gc()
    const heap = async () => {
      for (let i = 0; i < 3; i++) {
        collect()
        await new Promise(resolve => setTimeout(resolve, 20))
      }
      return process.memoryUsage().heapUsed
    }
    const send = async times => {
      const caller = async () => {
        for (let i = 0; i < times / 100; i++) await redis.get('a')
      }
      await Promise.all(Array.from({ length: 100 }, caller))
      for (let i = 0; i < times / 1_000; i++) await redis.pipeline(batch => [batch.get('a'), batch.ping()])
    }
    await send(20_000)
    const before = await heap()
    await send(200_000)
    console.log('grew by', (await heap()) - before)
    await redis.disconnect()`,
    110_000,
  )
  expect(code, output).toBe(0)
  expect(Number(/grew by (-?\d+)/.exec(output)?.[1])).toBeLessThan(2_000_000)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Redis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import {
  type RedisServer,
  type ServerOptions,
  startRedis,
  uniquePrefix,
  waitUntil,
} from '../src/index.js'
import { isAlive } from './processes.js'

async function ownServer(options?: ServerOptions): Promise<RedisServer> {
  const server = await startRedis(options)
  onTestFinished(() => server.stop())
  return server
}

function clientOf(port: number, options = {}): Redis {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: null, ...options })
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return client
}

describe('a server', () => {
  test('answers at its url, and is gone with its folder after stop', async () => {
    const server = await startRedis()
    const client = new Redis(server.url)
    expect(await client.ping()).toBe('PONG')
    const [, folder] = (await client.config('GET', 'dir')) as string[]
    client.disconnect()
    const { pid } = server
    await server.stop()
    await server.stop()
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(String(folder))).toBe(false)
    expect(() => server.pid).toThrow('does not run')
  })

  test('takes more arguments and a port', async () => {
    const free = await startRedis()
    await free.stop()
    const server = await ownServer({ port: free.port, args: ['--maxmemory', '1048576'] })
    expect(server.port).toBe(free.port)
    expect(await clientOf(server.port).config('GET', 'maxmemory')).toEqual(['maxmemory', '1048576'])
  })

  test('says what redis-server printed when it cannot start', async () => {
    const own = mkdtempSync(path.join(tmpdir(), 'server-'))
    vi.stubEnv('TMPDIR', own)
    onTestFinished(() => {
      vi.unstubAllEnvs()
      rmSync(own, { recursive: true })
    })
    expect(tmpdir()).toBe(own)
    await expect(startRedis({ args: ['--maxmemory', 'plenty'] })).rejects.toThrow(/maxmemory/)
    expect(readdirSync(own)).toEqual([])
  })

  test('cannot take a port twice', async () => {
    const server = await ownServer()
    await expect(startRedis({ port: server.port })).rejects.toThrow(/in use/i)
  })

  test('restarts on its port with what it saved', async () => {
    const server = await ownServer({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
    await clientOf(server.port).set('kept', 'yes')
    const { pid } = server
    await server.restart()
    expect(server.pid).not.toBe(pid)
    expect(isAlive(pid)).toBe(false)
    expect(await clientOf(server.port).get('kept')).toBe('yes')
  })

  test('can be killed and started again', async () => {
    const server = await ownServer()
    const { pid } = server
    await server.kill()
    expect(isAlive(pid)).toBe(false)
    await server.restart()
    expect(await clientOf(server.port).ping()).toBe('PONG')
  })

  test('answers nobody while it is paused', async () => {
    const server = await ownServer()
    const client = clientOf(server.port, { commandTimeout: 100, maxRetriesPerRequest: 0 })
    await client.ping()
    server.pause()
    await expect(client.ping()).rejects.toThrow('timed out')
    server.resume()
    await waitUntil('it answers again', async () => (await client.ping()) === 'PONG')
  })

  test('stops while it is paused', async () => {
    const server = await startRedis()
    const { pid } = server
    server.pause()
    await server.stop()
    expect(isAlive(pid)).toBe(false)
  })
})

describe('the end of the process', () => {
  const STARTER = `
    const { startRedis } = await import(process.argv[1])
    const server = await startRedis()
    process.stdout.write(JSON.stringify({ pid: server.pid, port: server.port }) + '\\n')
    if (process.argv[2] === 'stay') setInterval(() => undefined, 1_000)
  `
  const dist = pathToFileURL('dist/index.js').href
  const start = (what: string) =>
    spawn(process.execPath, ['--input-type=module', '-e', STARTER, dist, what], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'by %s ends its servers',
    async signal => {
      const child = start('stay')
      const [line] = await once(child.stdout, 'data')
      const { pid } = JSON.parse(String(line))
      expect(isAlive(pid)).toBe(true)
      child.kill(signal)
      await waitUntil('the server is gone', () => !isAlive(pid))
    },
  )

  test('is not held up by a running server', async () => {
    const child = start('go')
    const exited = once(child, 'exit')
    const [line] = await once(child.stdout, 'data')
    expect(await exited).toEqual([0, null])
    await waitUntil('the server is gone', () => !isAlive(JSON.parse(String(line)).pid))
  })
})

test('the suite’s server takes keys under a unique prefix', async () => {
  const client = new Redis(inject('redisUrl'))
  const [one, two] = [uniquePrefix('testing'), uniquePrefix('testing')]
  expect(one).not.toBe(two)
  await client.set(`${one}a`, '1', 'EX', 60)
  expect(await client.get(`${two}a`)).toBeNull()
  expect(await client.del(`${one}a`)).toBe(1)
  client.disconnect()
})

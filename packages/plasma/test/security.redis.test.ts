import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster, startRedis, startTlsRedis, waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConnectionFailedError, RedisClient, RedisConfigError } from '../src/index.js'
import { clientOf } from './servers.js'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'plasma-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

describe('TLS from files', () => {
  test('authority, certificate and key, read anew for each connection', async () => {
    const server = await startTlsRedis({ clientCertificates: true })
    onTestFinished(() => server.stop())
    const at = folder()
    const [caFile, certFile, keyFile] = ['ca.pem', 'cert.pem', 'key.pem'].map(it => join(at, it))
    writeFileSync(caFile as string, server.ca)
    writeFileSync(certFile as string, 'not yet')
    writeFileSync(keyFile as string, 'not yet')
    const { port } = server
    const redis = clientOf({ port, tls: { caFile, certFile, keyFile }, maxRetries: 0 })
    await expect(redis.connect()).rejects.toThrow()
    writeFileSync(certFile as string, server.cert)
    writeFileSync(keyFile as string, server.key)
    expect(await redis.ping()).toBe('PONG')
  })

  test('a file that is missing, or given twice, is refused with its path', () => {
    const missing = { tls: { caFile: join(folder(), 'none.pem') } }
    expect(() => new RedisClient(missing, 'main')).toThrow(RedisConfigError)
    expect(() => new RedisClient(missing, 'main')).toThrow(
      /connections\.main\.tls\.caFile: cannot be read/,
    )
    const twice = { tls: { caFile: 'a.pem', ca: 'text' } }
    expect(() => new RedisClient(twice, 'main')).toThrow(/caFile: cannot be combined with ca/)
  })
})

describe('a password that changes', () => {
  test('a function gives it before each connection', async () => {
    const server = await startRedis({ args: ['--requirepass', 'one'] })
    onTestFinished(() => server.stop())
    let current = 'one'
    let asked = 0
    const redis = clientOf({
      port: server.port,
      password: async () => {
        asked++
        return current
      },
    })
    expect(await redis.ping()).toBe('PONG')
    await redis.configSet({ requirepass: 'two' })
    current = 'two'
    const admin = clientOf({ port: server.port, password: 'two' })
    await admin.client('KILL', 'TYPE', 'normal')
    await waitUntil('cut', () => redis.stats().reconnects === 1)
    expect(await redis.ping()).toBe('PONG')
    expect(asked).toBe(2)
  })

  test('with a user of its own rights', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const admin = clientOf({ port: server.port })
    await admin.call('acl', 'SETUSER', 'ada', 'on', '>one', '~ada:*', '+@all', '-flushall')
    const redis = clientOf({ port: server.port, username: 'ada', password: () => 'one' })
    await redis.set('ada:1', 'v')
    await expect(redis.set('eve:1', 'v')).rejects.toMatchObject({ code: 'NOPERM' })
    await expect(redis.flushall()).rejects.toMatchObject({ code: 'NOPERM' })
  })

  test('a function that fails says why; the connection works once it does not', async () => {
    const server = await startRedis({ args: ['--requirepass', 'one'] })
    onTestFinished(() => server.stop())
    let broken = true
    const redis = clientOf({
      port: server.port,
      password: () => {
        if (broken) throw new Error('vault is sealed')
        return 'one'
      },
    })
    const error = await redis.get('a').catch(it => it)
    expect(error).toBeInstanceOf(ConnectionFailedError)
    expect(error.message).toContain('vault is sealed')
    broken = false
    expect(await redis.ping()).toBe('PONG')
  })

  test('for every node of a Cluster', async () => {
    const cluster = await startCluster({ masters: 3, replicas: 0 })
    onTestFinished(() => cluster.stop())
    const open = clientOf({ cluster: { nodes: cluster.nodes } })
    await open.call('ping')
    for (const { host, port } of cluster.nodes) {
      const node = clientOf({ host, port })
      await node.configSet({ masterauth: 'one', requirepass: 'one' })
    }
    const redis = clientOf({ cluster: { nodes: cluster.nodes }, password: async () => 'one' })
    await Promise.all(Array.from({ length: 20 }, (_, i) => redis.set(`k${i}`, i)))
    expect(await redis.dbsize()).toBe(20)
    await waitUntil('all nodes', () => redis.status === 'ready')
  })
})

test('no secret in errors, events and listened commands', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const redis = clientOf({ port: server.port })
  const seen: unknown[] = []
  redis.listen(event => seen.push(event))
  await redis.call('acl', 'SETUSER', 'bob', 'on', '>top-secret', '~*', '+@all')
  await redis.call('auth', 'bob', 'wrong-secret').catch(error => seen.push(error, error.message))
  await redis.configSet({ requirepass: 'new-secret', timeout: 100 })
  const text = JSON.stringify(seen)
  expect(text).not.toMatch(/secret/)
  expect(text).toContain('requirepass')
  expect(text).toContain('100')
})

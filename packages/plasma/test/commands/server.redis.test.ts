import { startRedis, waitUntil } from '@gravito/redis-testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ClientInfo, isRedisError } from '../../src/index.js'
import { clientOf, testClient } from '../servers.js'

/** A server of its own, for what changes the whole server. */
async function server(...args: string[]) {
  const own = await startRedis({ args })
  onTestFinished(() => own.stop())
  return { own, redis: clientOf({ url: own.url, keyPrefix: 'p:' }) }
}

const failsWith = (code: string) => (error: unknown) => isRedisError(error, code)

describe('the server itself', () => {
  test('reports about itself, as text and as an object', async () => {
    const { redis } = await server()
    const memory = await redis.infoOf('memory', 'server')
    expect(Number(memory.used_memory)).toBeGreaterThan(1_000)
    expect(memory.redis_version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(Object.keys(memory).filter(name => name.startsWith('#'))).toEqual([])
    expect((await redis.buffers.infoOf('server')).redis_version).toBe(memory.redis_version)
    expect(await redis.infoOf('nothing')).toEqual({})
    expect(await redis.lolwut()).toMatch(/(Redis|Valkey) ver/)
    expect(await redis.lolwut(5, 10, 1)).toMatch(/(Redis|Valkey) ver/)
  })

  test('changes its settings, and writes them down', async () => {
    const { redis } = await server()
    expect(await redis.configSet({ maxmemory: '10mb', 'maxmemory-policy': 'allkeys-lru' })).toBe(
      'OK',
    )
    expect(await redis.configGet('maxmemory', 'maxmemory-policy')).toEqual({
      maxmemory: '10485760',
      'maxmemory-policy': 'allkeys-lru',
    })
    await redis.get('none')
    expect(Number((await redis.infoOf('stats')).keyspace_misses)).toBe(1)
    expect(await redis.configResetStat()).toBe('OK')
    expect(Number((await redis.infoOf('stats')).keyspace_misses)).toBe(0)
    await expect(redis.configRewrite()).rejects.toSatisfy(failsWith('ERR'))
  })

  test('empties its databases', async () => {
    const { redis } = await server()
    await redis.set('a', '1')
    expect(await redis.flushdb('sync')).toBe('OK')
    await redis.set('a', '1')
    expect(await redis.swapdb(0, 1)).toBe('OK')
    expect(await redis.dbsize()).toBe(0)
    expect(await redis.flushall()).toBe('OK')
  })
})

describe('connections', () => {
  test('know themselves and the others', async () => {
    const { own, redis } = await server()
    const other = clientOf({ url: own.url, connectionName: 'other-one' })
    const [id, otherId] = await Promise.all([redis.clientId(), other.clientId()])
    expect(await redis.clientInfo()).toMatchObject({
      id,
      addr: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      name: '',
      user: 'default',
      db: 0,
      cmd: 'client|info',
      multi: -1,
    })
    expect((await redis.clientInfo()).totMem).toBeGreaterThan(0)
    const all = await redis.clientList()
    expect(all.map(it => it.id)).toEqual(expect.arrayContaining([id, otherId]))
    expect(await redis.clientList({ ids: [otherId] })).toMatchObject([
      { id: otherId, name: 'other-one' },
    ])
    expect(await redis.clientList({ type: 'pubsub' })).toEqual([])
    expect((await redis.buffers.clientList({ type: 'normal' })).map(it => it.user)).toContain(
      'default',
    )
  })

  test('have names', async () => {
    const { redis } = await server()
    expect(await redis.clientGetName()).toBeNull()
    expect(await redis.clientSetName('web-1')).toBe('OK')
    expect(await redis.clientGetName()).toBe('web-1')
    expect(await redis.buffers.clientGetName()).toBe('web-1')
    expect((await redis.clientInfo()).name).toBe('web-1')
  })

  test('are closed by what they are', async () => {
    const { own, redis } = await server()
    const other = clientOf({ url: own.url })
    const id = await other.clientId()
    expect(await redis.clientKill({ id })).toBe(1)
    expect(await redis.clientKill({ id })).toBe(0)
    const { addr } = await other.clientInfo()
    expect(await redis.clientKill(addr)).toBe('OK')
    await expect(redis.clientKill('127.0.0.1:1')).rejects.toSatisfy(failsWith('ERR'))
    expect(await redis.clientKill({ type: 'normal', skipMe: true })).toBeTypeOf('number')
  })

  test('wait while the server pauses, and are let go', async () => {
    const { own, redis } = await server()
    const other = clientOf({ url: own.url })
    await other.connect()
    expect(await redis.clientPause(60_000, 'write')).toBe('OK')
    expect(await other.get('a')).toBeNull()
    const writing = other.set('a', '1')
    expect(await redis.clientUnpause()).toBe('OK')
    expect(await writing).toBe('OK')
    const waiting = other.blpop('none', 0)
    const isWaiting = (it: ClientInfo) => it.cmd === 'blpop' && it.flags.includes('b')
    await waitUntil('the other waits', async () => (await redis.clientList()).some(isWaiting))
    const blocked = (await redis.clientList()).find(isWaiting)?.id ?? 0
    expect(await redis.clientUnblock(blocked, 'timeout')).toBe(1)
    expect(await waiting).toBeNull()
    expect(await redis.clientUnblock(blocked)).toBe(0)
  })

  test('are told of changes, as they wish', async () => {
    const { redis } = await server()
    expect(await redis.clientTrackingInfo()).toEqual({ flags: ['off'], redirect: -1, prefixes: [] })
    expect(await redis.clientGetRedir()).toBe(-1)
    expect(await redis.clientTracking(true, { bcast: true, prefixes: ['user:', 'order:'] })).toBe(
      'OK',
    )
    const info = await redis.clientTrackingInfo()
    expect(info).toMatchObject({ flags: ['on', 'bcast'], redirect: 0 })
    expect(info.prefixes.sort()).toEqual(['order:', 'user:'])
    expect(await redis.clientTracking(false)).toBe('OK')
    expect(await redis.clientTracking(true, { optIn: true })).toBe('OK')
    expect(await redis.multi(c => [c.clientCaching(true), c.get('a')])).toEqual(['OK', null])
    expect(await redis.clientGetRedir()).toBe(0)
    expect(await redis.clientTracking(false)).toBe('OK')
    expect(await redis.clientNoEvict(true)).toBe('OK')
    expect(await redis.clientNoEvict(false)).toBe('OK')
  })

  test('log in as somebody else', async () => {
    const { redis } = await server()
    await redis.aclSetUser('reader', 'on', '>secret', '~*', '+@read', '+acl|whoami')
    expect(await redis.auth('reader', 'secret')).toBe('OK')
    expect(await redis.aclWhoami()).toBe('reader')
    await expect(redis.set('a', '1')).rejects.toSatisfy(failsWith('NOPERM'))
    await expect(redis.auth('reader', 'wrong')).rejects.toSatisfy(failsWith('WRONGPASS'))
  })
})

describe('users', () => {
  test('are made, seen and deleted', async () => {
    const { redis } = await server()
    expect(await redis.aclUsers()).toEqual(['default'])
    expect(
      await redis.aclSetUser('ada', ['on', '>secret', '~user:*', '&news:*', '+@read', '-get']),
    ).toBe('OK')
    await redis.aclSetUser('ada', '(+set ~own:*)')
    expect(await redis.aclGetUser('ada')).toEqual({
      flags: expect.arrayContaining(['on']),
      passwords: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      commands: expect.stringContaining('+@read'),
      keys: '~user:*',
      channels: '&news:*',
      selectors: [{ commands: '-@all +set', keys: '~own:*', channels: '' }],
    })
    expect(await redis.buffers.aclGetUser('ada')).toEqual(await redis.aclGetUser('ada'))
    expect(await redis.aclGetUser('nobody')).toBeNull()
    expect((await redis.aclList()).filter(it => it.startsWith('user ada'))).toHaveLength(1)
    expect(await redis.aclDryRun('ada', 'set', 'own:1', 'v')).toBe('OK')
    expect(await redis.aclDryRun('ada', 'flushall')).toContain('no permissions')
    expect(await redis.aclDelUser('ada', 'nobody')).toBe(1)
    await expect(redis.aclSave()).rejects.toSatisfy(failsWith('ERR'))
    await expect(redis.aclLoad()).rejects.toSatisfy(failsWith('ERR'))
  })

  test('who are refused, are noted', async () => {
    const { own, redis } = await server()
    await redis.aclSetUser('ada', 'on', 'nopass', '~*', '+info')
    const ada = clientOf({ url: own.url, username: 'ada', password: 'x' })
    await ada.call('SET', 'a', '1').catch(() => undefined)
    const log = await redis.aclLog(5)
    expect(log[0]).toMatchObject({
      reason: 'command',
      context: 'toplevel',
      username: 'ada',
      count: expect.any(Number),
      ageSeconds: expect.any(Number),
      client: { user: 'ada', id: expect.any(Number) },
    })
    expect(await redis.aclLogReset()).toBe('OK')
    expect(await redis.aclLog()).toEqual([])
  })

  test('get passwords, and categories of commands', async () => {
    const redis = testClient()
    expect(await redis.aclGenPass()).toMatch(/^[0-9a-f]{64}$/)
    expect(await redis.aclGenPass(16)).toHaveLength(4)
    expect(await redis.aclCat()).toContain('read')
    expect(await redis.buffers.aclCat('read')).toContain('get')
  })

  test('are kept in a file', async () => {
    const own = await startRedis({ args: ['--aclfile', 'users.acl'], files: { 'users.acl': '' } })
    onTestFinished(() => own.stop())
    const redis = clientOf({ url: own.url })
    await redis.aclSetUser('ada', 'on')
    expect(await redis.aclSave()).toBe('OK')
    await redis.aclDelUser('ada')
    expect(await redis.aclLoad()).toBe('OK')
    expect(await redis.aclUsers()).toContain('ada')
  })
})

describe('diagnostics', () => {
  test('memory', async () => {
    const { redis } = await server()
    await redis.set('a', 'x'.repeat(1_000))
    expect(await redis.memoryUsage('a')).toBeGreaterThan(1_000)
    expect(await redis.memoryUsage('none', { samples: 0 })).toBeNull()
    expect(await redis.memory('USAGE', 'a')).toBeGreaterThan(1_000)
    const stats = await redis.memoryStats()
    expect(stats).toMatchObject({ keysCount: 1, databases: [{ db: 0 }] })
    const { databases, ...numbers } = stats
    expect(Object.values(numbers).filter(it => !Number.isFinite(it))).toEqual([])
    expect(databases[0]?.overheadHashtableMain).toBeGreaterThan(0)
    expect(stats.peakAllocated).toBeGreaterThan(stats.startupAllocated)
    expect(await redis.memoryDoctor()).toContain('Sam')
    expect(await redis.memoryMallocStats()).not.toBe('')
    expect(await redis.memoryPurge()).toBe('OK')
  })

  test('latency', async () => {
    const { redis } = await server(
      '--latency-monitor-threshold',
      '1',
      '--enable-debug-command',
      'yes',
    )
    await redis.debug('SLEEP', 0.005)
    expect(await redis.latencyLatest()).toEqual([
      {
        event: 'command',
        timestamp: expect.any(Number),
        latestMs: expect.any(Number),
        maxMs: expect.any(Number),
      },
    ])
    const [sample] = await redis.latencyHistory('command')
    expect(sample?.latencyMs).toBeGreaterThanOrEqual(5)
    expect(await redis.latencyHistory('none')).toEqual([])
    expect(await redis.latencyGraph('command')).toContain('command')
    expect(await redis.latencyDoctor()).toContain('command')
    expect(await redis.latencyHistogram('debug')).toEqual({
      debug: { calls: 1, histogramUsec: expect.any(Object) },
    })
    const { histogramUsec } = (await redis.buffers.latencyHistogram()).debug ?? {}
    expect(Object.values(histogramUsec ?? {})).toContain(1)
    expect(await redis.latencyReset('command', 'none')).toBe(1)
    expect(await redis.latencyLatest()).toEqual([])
  })

  test('the slow log', async () => {
    const { redis } = await server('--slowlog-log-slower-than', '0')
    await redis.clientSetName('slow-one')
    await redis.set('a', Buffer.from([0xff]))
    const [entry] = await redis.slowlogGet(1)
    expect(entry).toEqual({
      id: expect.any(Number),
      timestamp: expect.any(Number),
      durationUs: expect.any(Number),
      args: ['set', 'p:a', '\uFFFD'],
      clientAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      clientName: 'slow-one',
    })
    const bytes = await redis.buffers.slowlogGet(-1)
    expect(bytes.find(it => it.args[0]?.equals(Buffer.from('set')))?.args[2]).toEqual(
      Buffer.from([0xff]),
    )
    expect(await redis.slowlogLen()).toBeGreaterThan(2)
    expect(await redis.configSet({ 'slowlog-log-slower-than': -1 })).toBe('OK')
    expect(await redis.slowlogReset()).toBe('OK')
    expect(await redis.slowlogLen()).toBe(0)
  })
})

describe('the table of commands', () => {
  test('names, keys and documentation', async () => {
    const redis = testClient()
    expect(await redis.commandCount()).toBeGreaterThan(200)
    expect(await redis.commandList()).toContain('get')
    expect(await redis.commandList({ pattern: 'xadd*' })).toEqual(['xadd'])
    expect(await redis.buffers.commandList({ aclCat: 'scripting' })).toContain('eval')
    const [get, none, config] = await redis.commandInfo('get', 'none', 'config')
    expect(none).toBeNull()
    expect(get).toMatchObject({
      name: 'get',
      arity: 2,
      flags: ['readonly', 'fast'],
      firstKey: 1,
      lastKey: 1,
      keyStep: 1,
      categories: ['@read', '@string', '@fast'],
      subcommands: [],
    })
    expect(config?.subcommands.map(it => it.name)).toContain('config|get')
    expect(await redis.commandGetKeys('mset', 'a', 1, 'b', 2)).toEqual(['a', 'b'])
    expect(await redis.buffers.commandGetKeys('get', 'a')).toEqual([Buffer.from('a')])
    expect(await redis.commandGetKeysAndFlags('lmove', 'a', 'b', 'left', 'left')).toEqual([
      { key: 'a', flags: ['RW', 'access', 'delete'] },
      { key: 'b', flags: ['RW', 'insert'] },
    ])
    const { set, config: documented } = await redis.commandDocs('set', 'config')
    expect(set).toMatchObject({ group: 'string', since: '1.0.0', history: expect.any(Array) })
    expect(set?.arguments?.map(it => it.name)).toContain('key')
    expect(set?.arguments?.find(it => it.type === 'oneof')?.arguments?.[0]).toHaveProperty('token')
    expect(documented?.subcommands?.['config|get']?.since).toBe('2.0.0')
    expect(await redis.buffers.commandDocs('set')).toEqual({ set })
    expect(await redis.command('COUNT')).toBe(await redis.commandCount())
  })

  test('modules', async () => {
    const redis = testClient()
    expect(await redis.moduleList()).toBeInstanceOf(Array)
    await expect(redis.moduleLoad('/none.so')).rejects.toSatisfy(failsWith('ERR'))
    await expect(redis.moduleLoadEx('/none.so', { args: ['a'] })).rejects.toSatisfy(
      failsWith('ERR'),
    )
    await expect(redis.moduleUnload('none')).rejects.toSatisfy(failsWith('ERR'))
  })

  test('sharded channels', async () => {
    const redis = testClient()
    await redis.ssubscribe('news', () => undefined)
    expect(await redis.pubsubShardchannels('n*')).toEqual(['news'])
    expect(await redis.pubsubShardnumsub('news', 'none')).toEqual({ news: 1, none: 0 })
    expect(await redis.buffers.pubsubShardnumsub('news')).toEqual({ news: 1 })
  })
})

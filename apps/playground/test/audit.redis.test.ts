import { existsSync } from 'node:fs'
import path from 'node:path'
import { createManager, type RedisManager } from '@gravito/plasma'
import { type RedisServer, startRedis, waitUntil } from '@gravito/redis-testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Audit } from '../src/audit/audit.js'
import { AuditQueue } from '../src/audit/queue.js'
import { makeTree, makeUntidyTree, type Tree } from './tree.js'

const workerFile = path.join(import.meta.dirname, '../dist/worker.js')
const project = path.join(import.meta.dirname, '../../..')

let server: RedisServer
let redis: RedisManager
let tree: Tree | undefined
const audits: Audit[] = []

beforeAll(async () => {
  expect(existsSync(workerFile), 'npm run build comes first').toBe(true)
  server = await startRedis()
  redis = createManager({ connections: { default: { url: server.url } } })
})

afterEach(async () => {
  for (const audit of audits.splice(0)) await audit.stop()
  tree?.remove()
  tree = undefined
})

afterAll(async () => {
  await redis.disconnect()
  await server.stop()
})

function newAudit(root: string, { workers = 3, file = workerFile } = {}): Audit {
  const connection = { url: server.url }
  const audit = new Audit({ redis, connection, root, workers, workerFile: file })
  audits.push(audit)
  return audit
}

const sum = (numbers: Record<string, number>) =>
  Object.values(numbers).reduce((total, it) => total + it, 0)

/** Enough packages for something to happen halfway. */
function makeLargeTree(packages: number): Tree {
  const made = makeTree()
  for (let n = 0; n < packages; n++)
    made.add(`node_modules/p${n}`, { name: `p${n}`, version: '1.0.0', license: 'MIT' })
  return made
}

describe('an audit by three worker processes', { timeout: 60_000 }, () => {
  it('equals the sequential scan of an untidy tree', async () => {
    tree = makeUntidyTree(150)
    const state = await newAudit(tree.root).start()
    expect(state).toMatchObject({ stage: 'done', equal: true, differences: [], error: undefined })
    expect(state).toMatchObject({ packages: 161, total: 161, hits: 0, misses: 161, replaced: 0 })
    expect(sum(state.shares)).toBe(161)
    expect(Object.keys(state.shares).length).toBeGreaterThan(1)
    expect(state.acquired).toBeGreaterThan(161)
    expect(state.problems['node_modules/broken-json']).toBe('package.json is not JSON')
    expect(Object.entries(state.licences)).toContainEqual(['__proto__', 1])
  })

  it('equals the sequential scan of the packages installed here', async () => {
    const state = await newAudit(project).start()
    expect(state).toMatchObject({ stage: 'done', equal: true, differences: [] })
    expect(state.packages).toBeGreaterThan(200)
    expect(state.duplicates.length).toBeGreaterThan(0)
    expect(state.handoffs).toBeGreaterThan(0)
    expect(state.licences.MIT).toBeGreaterThan(100)
  })

  it('finds the examinations of the first run in the cache, except where a manifest changed', async () => {
    tree = makeUntidyTree(40)
    const audit = newAudit(tree.root)
    const first = await audit.start()
    expect([first.hits, first.misses]).toEqual([0, 51])
    tree.add('node_modules/plain-7', { name: 'plain-7', version: '2.0.0', license: 'Zlib' })
    const second = await audit.start()
    expect([second.hits, second.misses]).toEqual([50, 1])
    expect(second).toMatchObject({ equal: true, run: 2, licences: { Zlib: 1 } })
  })

  it('is one audit however often it is started', async () => {
    tree = makeUntidyTree(5)
    const audit = newAudit(tree.root)
    const [one, two] = await Promise.all([audit.start(), audit.start()])
    expect(one).toBe(two)
    expect(one.run).toBe(1)
  })

  it('leaves keys behind that all expire', async () => {
    tree = makeUntidyTree(5)
    await newAudit(tree.root).start()
    for await (const key of redis.scanIterator({ match: 'playground:{audit:*' }))
      expect(await redis.ttl(key), key).toBeGreaterThan(0)
  })
})

describe('a worker that is killed', { timeout: 60_000 }, () => {
  it('loses nothing and doubles nothing', async () => {
    tree = makeLargeTree(400)
    const audit = newAudit(tree.root)
    const done = audit.start()
    const victims = new Set<number>()
    for (const packages of [20, 120, 220]) {
      await waitUntil(`${packages} packages are done`, async () => {
        return (await audit.state()).packages >= packages
      })
      const victim = Object.values(audit.pids).find(pid => !victims.has(pid))
      if (victim === undefined) throw new Error('no worker is at work')
      victims.add(victim)
      process.kill(victim, 'SIGKILL')
    }
    const state = await done
    expect(state).toMatchObject({ stage: 'done', equal: true, packages: 400, replaced: 3 })
    expect(sum(state.shares)).toBe(400)
  })

  it('gives back what it had taken, and what it had finished is not counted again', async () => {
    const queue = new AuditQueue(redis, `test-${process.pid}`)
    const blocking = redis.connection().duplicate()
    await queue.fill(['a', 'b'])
    expect(await queue.take('dead', blocking)).toBe('a')
    const examined = { name: 'a', version: '1', licence: 'MIT', problems: [], files: 1, bytes: 5 }
    const completion = { worker: 'dead', cached: false, acquired: 1, handoff: false }
    expect(await queue.takeBack('dead')).toBe(1)
    expect(await queue.takeBack('dead')).toBe(0)
    expect(await queue.take('alive', blocking)).toBe('a')
    expect(await queue.complete({ ...examined, directory: 'a' }, completion)).toBe(true)
    expect(await queue.isDone('a')).toBe(true)
    const again = { ...completion, worker: 'alive' }
    expect(await queue.complete({ ...examined, directory: 'a' }, again)).toBe(false)
    expect(await queue.counts()).toMatchObject({ packages: 1, bytes: 5, shares: { dead: 1 } })
    expect(await queue.takeBack('alive')).toBe(0)
    expect(await queue.take('alive', blocking)).toBe('b')
    await blocking.disconnect()
  })
})

describe('an audit that cannot go on', { timeout: 60_000 }, () => {
  it('fails when workers keep dying, and leaves none', async () => {
    tree = makeUntidyTree(3)
    const file = path.join(import.meta.dirname, 'dying-worker.mjs')
    const audit = newAudit(tree.root, { workers: 2, file })
    const state = await audit.start()
    expect(state).toMatchObject({
      stage: 'failed',
      error: expect.stringMatching(/8 workers ended/),
    })
    expect(audit.pids).toEqual({})
  })

  it('says so when no package is installed', async () => {
    tree = makeTree()
    expect(await newAudit(tree.root).start()).toMatchObject({
      stage: 'failed',
      error: expect.stringMatching(/no installed packages/),
    })
  })

  it('ends with its workers when it is stopped', async () => {
    tree = makeLargeTree(500)
    const audit = newAudit(tree.root)
    const done = audit.start()
    await waitUntil('it is at work', async () => (await audit.state()).packages > 10)
    const pids = Object.values(audit.pids)
    expect(pids).toHaveLength(3)
    await audit.stop()
    expect(await done).toMatchObject({ stage: 'failed', error: 'stopped' })
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
  })
})

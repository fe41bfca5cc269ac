// Rows of the table of promises in docs/locks.md.
import { describe, expect, test } from 'vitest'
import { startWorker } from '../processes.js'
import { client, ownServer, queued } from './setup.js'

describe('SIGKILL', () => {
  test('of the holder: free after its lease at the latest; the next token is larger', async () => {
    const { server } = await ownServer()
    const worker = startWorker('hold', 'a', 1_500, { url: server.url })
    const token = Number(await worker.says('held'))
    worker.child.kill('SIGKILL')
    const started = performance.now()
    const lease = await client(server).locks.mutex('a').acquire()
    expect(performance.now() - started).toBeLessThan(1_500 + 2_000)
    expect(lease.token).toBeGreaterThan(token)
  }, 40_000)

  test('of waiters, any number: skipped at the handoff', async () => {
    const { server, admin } = await ownServer()
    const { locks } = client(server)
    const lease = await locks.mutex('a').acquire()
    const workers = Array.from({ length: 5 }, () =>
      startWorker('hold', 'a', 10_000, { url: server.url }),
    )
    await queued(admin, 5)
    for (const { child } of workers) child.kill('SIGKILL')
    await Promise.all(workers.map(worker => worker.exit()))
    const waiting = client(server).locks.mutex('a').acquire()
    await queued(admin, 6)
    const started = performance.now()
    await lease.release()
    await waiting
    expect(performance.now() - started).toBeLessThan(3_000)
    expect(await admin.exists('lock:{a}:q', 'lock:{a}:w')).toBe(0)
  }, 60_000)
})

describe('SIGSTOP past the lease', () => {
  test('exclusion holds in Redis, and a resource that checks the token refuses what the paused code writes', async () => {
    const { server, admin } = await ownServer()
    const worker = startWorker('fenced', 'a', 600, { url: server.url })
    const token = Number(await worker.says('held'))
    await worker.says('written')
    worker.child.kill('SIGSTOP')
    const lease = await client(server).locks.mutex('a').acquire()
    expect(lease.token).toBeGreaterThan(token)
    await admin.set('a:resource', lease.token)
    worker.child.kill('SIGCONT')
    expect(await worker.says('refused')).toBe('false')
    expect(await admin.get('a:resource')).toBe(String(lease.token))
    expect(lease.isHeld()).toBe(true)
  }, 40_000)
})

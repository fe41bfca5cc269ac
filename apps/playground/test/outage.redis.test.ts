import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { onFreePort, startRedis } from '@gravito/redis-testing'
import { expect, it, onTestFinished } from 'vitest'
import { waitUntil } from './patient.js'
import { makeUntidyTree } from './tree.js'

const main = path.join(import.meta.dirname, '../dist/main.js')

it('survives the loss of Redis: requests fail with the reason, an audit says that it failed, and it recovers', async () => {
  const redis = await startRedis()
  const tree = makeUntidyTree(10)
  const port = await onFreePort(async free => free)
  const args = [main, '--input', tree.root, '--port', String(port)]
  const child = spawn(process.execPath, args, { env: { ...process.env, REDIS_URL: redis.url } })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await redis.stop()
    tree.remove()
  })
  const ask = (method: string, route: string) =>
    fetch(`http://localhost:${port}${route}`, { method })
  const health = async () => (await ask('GET', '/health/redis')).status
  await waitUntil('the app serves', () => health().then(status => status === 200), {
    timeoutMs: 15_000,
  })
  await waitUntil('the first audit ends', async () => {
    const { stage } = (await (await ask('GET', '/api/audit')).json()) as { stage: string }
    return stage === 'done'
  })

  await redis.kill()
  await waitUntil('the outage shows', async () => (await health()) === 503)
  expect((await ask('POST', '/api/counter')).status).toBe(503)
  await ask('POST', '/api/audit')
  expect(await health()).toBe(503)
  expect(child.exitCode).toBeNull()

  await redis.restart()
  await waitUntil('it recovers', async () => (await health()) === 200)
  child.kill('SIGINT')
  await once(child, 'exit')
  expect(child.exitCode).toBe(0)
}, 60_000)

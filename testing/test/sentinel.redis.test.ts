import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { startSentinel, waitUntil } from '../src/index.js'
import { isAlive } from './processes.js'

test('sentinels name the master, and the replica after the master’s death', async () => {
  const { name, sentinels, master, replica, servers, stop } = await startSentinel()
  const pids = servers.map(server => server.pid)
  onTestFinished(async () => {
    await stop()
    expect(pids.filter(isAlive)).toEqual([])
  })
  const [first] = sentinels
  const sentinel = new Redis(first?.port ?? 0, '127.0.0.1')
  onTestFinished(() => sentinel.disconnect())
  const address = () => sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)
  expect(await address()).toEqual([master.host, String(master.port)])

  const client = new Redis({ sentinels: [...sentinels], name })
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  await client.set('a', '1')
  expect(await client.wait(1, 5_000)).toBe(1)
  await master.kill()
  await waitUntil(
    'the replica is promoted',
    async () => String(await address()) === `${replica.host},${replica.port}`,
    { timeoutMs: 15_000 },
  )
  expect(await client.get('a')).toBe('1')
})

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { RedisClient } from '@gravito/plasma'
import { startRedis } from '@gravito/redis-testing'
import { expect, test } from 'vitest'
import { Breaker, CacheAwayError } from '../../src/availability/breaker.js'

test.each(['connected', 'not yet connected'])(
  'a failure counts also where it is thrown (%s)',
  async how => {
    const server = await startRedis()
    const redis = new RedisClient({ port: server.port })
    if (how === 'connected') await redis.connect()
    const breaker = new Breaker({
      client: () => redis,
      deadlineMs: 5_000,
      place: ({ name }) => name,
      recover: async () => undefined,
    })
    const thrown = breaker.run(() => {
      throw new CacheAwayError('thrown')
    })
    await expect(thrown).rejects.toThrow('thrown')
    expect(breaker.isOpen).toBe(true)
    breaker.close()
    await redis.disconnect()
    await server.stop()
  },
)

test('who waited for the first connection is told for how long', async () => {
  const silent = createServer(socket => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const redis = new RedisClient({ port: (silent.address() as AddressInfo).port })
  const breaker = new Breaker({
    client: () => redis,
    deadlineMs: 100,
    place: ({ name }) => name,
    recover: async () => undefined,
  })
  await expect(breaker.run(() => redis.ping())).rejects.toThrow('no connection within 2000 ms')
  expect(breaker.isOpen).toBe(true)
  breaker.close()
  await redis.disconnect({ timeoutMs: 100 })
  silent.close()
})

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

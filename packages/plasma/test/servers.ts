import { uniquePrefix } from '@gravito/redis-testing'
import { inject, onTestFinished } from 'vitest'
import { type ConnectionConfig, RedisClient } from '../src/index.js'

/** A client of the suite's server with keys of its own, which are deleted after the test. */
export function testClient(options: ConnectionConfig = {}): RedisClient {
  const keyPrefix = options.keyPrefix ?? uniquePrefix('plasma')
  const client = new RedisClient(
    { url: inject('redisUrl'), retryDelay: 20, ...options, keyPrefix },
    'test',
  )
  onTestFinished(async () => {
    await client.connect()
    for await (const key of client.scanIterator()) await client.unlink(key)
    await client.disconnect()
  })
  return client
}

/** A client of another server, closed after the test. */
export function clientOf(options: ConnectionConfig, name = 'test'): RedisClient {
  const client = new RedisClient({ retryDelay: 20, ...options }, name)
  onTestFinished(() => client.disconnect())
  return client
}

import { uniquePrefix } from '@gravito/redis-testing'
import { inject, onTestFinished } from 'vitest'
import { type ConnectionConfig, RedisClient } from '../src/index.js'

/** A client of the suite's server with keys of its own, which are deleted after the test; its connections are named after them. */
export function testClient(options: ConnectionConfig = {}): RedisClient {
  const keyPrefix = options.keyPrefix ?? uniquePrefix('plasma')
  const client = new RedisClient(
    { url: inject('redisUrl'), retryDelay: 20, connectionName: keyPrefix, ...options, keyPrefix },
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

/** Whether a blocking command waits: of this `testClient`, or of anybody at the server of another client. */
export async function isBlocked(redis: RedisClient): Promise<boolean> {
  const lines = (await redis.client<string>('LIST')).split('\n')
  return lines.some(line => line.includes(` name=${redis.keyPrefix}`) && / flags=\w*b/.test(line))
}

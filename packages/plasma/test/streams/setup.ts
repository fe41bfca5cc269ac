import { startRedis } from '@gravito/redis-testing'
import { onTestFinished } from 'vitest'
import type { ConsumedEntry, ConsumeOptions, RedisClient, StreamConsumer } from '../../src/index.js'
import { clientOf } from '../servers.js'

/** The options of most loops. */
export const ME: ConsumeOptions = { group: 'g', consumer: 'me', blockMs: 1_000 }

/** Entries `{ n: 0 }`, `{ n: 1 }` and so on. */
export async function add(redis: RedisClient, count: number, key = 's'): Promise<string[]> {
  return redis.pipeline(c => Array.from({ length: count }, (_, n) => c.xadd(key, { n })))
}

/** The next entries of a loop that goes on. */
export async function take(consumer: StreamConsumer, count: number): Promise<ConsumedEntry[]> {
  const entries: ConsumedEntry[] = []
  while (entries.length < count) {
    const { value } = await consumer.next()
    if (!value) throw new Error('the loop has ended')
    entries.push(value)
  }
  return entries
}

/** A loop that is left when the test ends. */
export function consumerOf(
  redis: RedisClient,
  options: Partial<ConsumeOptions> = {},
  keys: string | string[] = 's',
) {
  const consumer = redis.consume(keys, { ...ME, ...options } as ConsumeOptions)
  onTestFinished(async () => {
    await consumer.return()
  })
  return consumer
}

/** The `n` of each. */
export const numbers = (entries: readonly ConsumedEntry[]) =>
  entries.map(({ fields }) => Number(fields.n))

/** A server of the test's own. */
export async function serverOf(args: readonly string[] = []) {
  const server = await startRedis({ args })
  onTestFinished(() => server.stop())
  return { server, redis: clientOf({ port: server.port }).on('error', () => undefined) }
}

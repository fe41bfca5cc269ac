import { Redis } from 'iovalkey'
import type { BenchmarkClient } from '../client.js'
import { addressOf, type Target } from '../target.js'
import { type Instance, overIoredis } from './ioredis.js'

/** iovalkey as it comes; it descends from ioredis 5. */
export async function openIovalkey(target: Target): Promise<BenchmarkClient> {
  if (target.kind !== 'single') throw new Error('iovalkey is measured on a single server only')
  const redis = new Redis({ ...addressOf(target), lazyConnect: true })
  await redis.connect()
  return overIoredis(redis as unknown as Instance)
}

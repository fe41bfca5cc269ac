import { Redis } from 'iovalkey'
import type { BenchmarkClient } from '../client.js'
import { overIoredis } from './ioredis.js'

/** iovalkey as it comes; it descends from ioredis 5. */
export async function openIovalkey(url: string): Promise<BenchmarkClient> {
  const redis = new Redis(url, { lazyConnect: true })
  await redis.connect()
  return overIoredis(redis as never)
}

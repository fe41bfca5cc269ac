import { RedisClient } from '@gravito/plasma'
import type { LocksClient, LocksSource } from './store.js'

/** The plasma client of a source: itself, or one over the user's ioredis instance. */
export function clientOf(source: LocksSource): LocksClient {
  return isPlasma(source) ? source : RedisClient.from(source)
}

const isPlasma = (source: LocksSource): source is LocksClient =>
  'run' in source && 'ssubscribe' in source && 'isCluster' in source

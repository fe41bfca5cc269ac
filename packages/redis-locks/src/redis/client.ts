import { InvalidArgumentError, isRedisError, RedisClient } from '@gravito/plasma'
import type { LocksClient, LocksSource } from './store.js'

/**
 * The plasma client of a source: itself, or one over the user's ioredis instance.
 *
 * @throws InvalidArgumentError for anything else
 */
export function clientOf(source: LocksSource): LocksClient {
  const isObject = typeof source === 'object' && source !== null
  try {
    if (isObject) return isPlasma(source) ? source : RedisClient.from(source)
  } catch (error) {
    if (!isRedisError(error, 'CONFIG_INVALID')) throw error
  }
  throw new InvalidArgumentError(
    'source',
    'must be a client or manager of @gravito/plasma, or an instance or Cluster of ioredis',
  )
}

const isPlasma = (source: LocksSource): source is LocksClient =>
  'run' in source && 'ssubscribe' in source && 'isCluster' in source

import { InvalidArgumentError, RedisClient } from '@gravito/plasma'
import type { LocksClient, LocksSource } from './store.js'

/**
 * The plasma client of a source: itself, or one over the user's ioredis instance.
 *
 * @throws InvalidArgumentError for anything else
 */
export function clientOf(source: LocksSource): LocksClient {
  if (typeof source === 'object' && source !== null) {
    if (isPlasma(source)) return source
    if ('sendCommand' in source) return RedisClient.from(source)
  }
  const problem = 'must be a plasma client or manager, or an ioredis instance or Cluster'
  throw new InvalidArgumentError('source', `${problem}, as in createLocks(redis)`)
}

const isPlasma = (source: LocksSource): source is LocksClient =>
  'run' in source && 'ssubscribe' in source && 'isCluster' in source

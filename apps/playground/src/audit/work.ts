import type { RedisClient } from '@gravito/plasma'
import { createLocks } from '@gravito/redis-locks'
import { RedisStore } from '@gravito/stasis-redis'
import { CACHE_PREFIX, LOCK_PREFIX, MANIFESTS_TAG } from './keys.js'
import { Ledger } from './ledger.js'
import { AuditQueue } from './queue.js'
import { examine, identityOf } from './scan.js'

/** What a worker is told to do. */
export interface Assignment {
  /** The audit's id. */
  id: string
  /** The audited folder, absolute. */
  root: string
  /** The worker's name, new for every process. */
  worker: string
}

const KEEP_SECONDS = 86_400
/** A killed worker's locks are free after that time. */
const LEASE_MS = 2_000
const WAIT_MS = 30_000

/**
 * Take packages until `signal` says stop: each under a lock of its own, from the cache where it has been examined
 * before, entered among the largest, if it is one, under a lock that all workers share, and counted
 * exactly once.
 */
export async function work(
  { id, root, worker }: Assignment,
  redis: RedisClient,
  signal: AbortSignal,
): Promise<void> {
  const queue = new AuditQueue(redis, id)
  const ledger = new Ledger(redis, id)
  const store = new RedisStore({ client: redis, prefix: CACHE_PREFIX })
  const locks = createLocks(redis, {
    prefix: `${LOCK_PREFIX}:${id}`,
    ttlMs: LEASE_MS,
    waitMs: WAIT_MS,
  })
  const blocking = redis.duplicate()
  try {
    while (!signal.aborted) {
      const directory = await queue.take(worker, blocking)
      if (directory !== null) await locks.withLock(directory, () => process(directory))
    }
  } finally {
    await blocking.disconnect()
  }

  async function process(directory: string): Promise<void> {
    if (await queue.isDone(directory)) return queue.drop(worker, directory)
    let cached = true
    const key = store.tagKey(await identityOf(root, directory), [MANIFESTS_TAG])
    const found = await store.remember(key, KEEP_SECONDS, () => {
      cached = false
      return examine(root, directory)
    })
    // Two folders audited at different times may hold the same package.
    const examined = { ...found, directory }
    const isLarge = await ledger.qualifies(examined)
    const handoff =
      isLarge && (await locks.withLock('largest', () => ledger.enter(worker, examined)))
    await queue.complete(examined, { worker, cached, acquired: isLarge ? 2 : 1, handoff })
  }
}

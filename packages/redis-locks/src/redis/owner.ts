import { ConnectionClosedError, type RedisClient, type RedisManager } from '@gravito/plasma'
import type { LocksClient } from './store.js'

/**
 * The client that the commands of a source go to.
 *
 * @throws NotConfiguredError for a manager that was reset
 */
export const ownerOf = (source: LocksClient): RedisClient =>
  'connection' in source
    ? (source as unknown as RedisManager).connection()
    : (source as unknown as RedisClient)

/** Has the user closed the client, or the owner of its ioredis instance that one? */
export const isOver = (owner: RedisClient): boolean =>
  owner.status === 'closed' || owner.ioredis.status === 'end'

const listeners = new WeakMap<object, Set<() => void>>()

/** Call `over` whenever the ioredis instance has ended; the result stops that. One listener for all: Node warns of eleven. */
export function onEnd(instance: RedisClient['ioredis'], over: () => void): () => void {
  const all = listeners.get(instance) ?? new Set()
  if (!listeners.has(instance)) {
    listeners.set(instance, all)
    instance.on('end', () => {
      for (const listener of [...all]) listener()
    })
  }
  all.add(over)
  return () => all.delete(over)
}

/** Call `over` with the reason when a client that commands flowed through is closed; the result stops that. */
export function onClose(owner: RedisClient, over: (reason: Error) => void): () => void {
  const { ioredis } = owner
  const ended = () => over(new ConnectionClosedError(owner.name))
  // Over an ioredis instance of somebody else only the connection that listens is closed.
  const closed = () => {
    if (owner.status === 'closed') ended()
  }
  owner.on('close', closed)
  const stop = onEnd(ioredis, ended)
  return () => {
    owner.off('close', closed)
    stop()
  }
}

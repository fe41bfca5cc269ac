import type { Cluster, Redis } from 'ioredis'

/** Call `used` when the instance is opened by somebody else than `begin`, as libraries do that were given it. */
export function onForeignUse(instance: Redis | Cluster, used: () => void): () => void {
  let isOurs = false
  const connect = instance.connect.bind(instance)
  instance.connect = callback => {
    if (!isOurs && (instance.status === 'wait' || instance.status === 'end')) used()
    return connect(callback)
  }
  return () => {
    isOurs = true
    instance.connect().catch(() => undefined)
    isOurs = false
  }
}

/** Do commands of somebody else wait for the connection? Ours do not wait there. */
export const hasForeignCommands = (instance: Redis | Cluster): boolean =>
  ((instance as unknown as { offlineQueue?: { length: number } }).offlineQueue?.length ?? 0) > 0

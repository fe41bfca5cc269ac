import { CacheAwayError } from '../availability/breaker.js'
import type { Client } from './many-keys.js'

/** An ioredis Cluster. */
export type Cluster = Extract<Client['ioredis'], { nodes: unknown }>
/** An ioredis instance on one server. */
export type Server = Exclude<Client['ioredis'], Cluster>

/**
 * Every master of a Cluster that has slots.
 *
 * @throws CacheAwayError while one is not there: ioredis leaves out of its list whom it lost
 */
export async function mastersOf(cluster: Cluster): Promise<Server[]> {
  if (!isWhole(cluster)) await refresh(cluster)
  if (!isWhole(cluster)) throw new CacheAwayError('a master of the Cluster is not connected')
  return cluster.nodes('master')
}

function isWhole(cluster: Cluster): boolean {
  const there = cluster.nodes('master').map(({ options }) => `${options.host}:${options.port}`)
  const owners = new Set(cluster.slots.map(([master]) => master))
  return [...owners].every(owner => owner === undefined || there.includes(owner))
}

/** Ask which node has which slots; the answer also brings lost nodes back into the list. */
const refresh = (cluster: Cluster): Promise<void> =>
  new Promise((resolve, reject) => {
    cluster.refreshSlotsCache(error => {
      if (error) reject(new CacheAwayError(error.message))
      else resolve()
    })
  })

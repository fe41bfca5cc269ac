import type { RedisClient, RedisManager } from '@gravito/plasma'

/** What a store runs on. */
export type Client = RedisClient | RedisManager

/** So many keys in one command keep the server busy for about half a millisecond. */
export const BATCH = 500

/** The values of any number of keys, by position; a Cluster is asked key by key, because their slots differ. */
export async function getAll(client: Client, keys: readonly string[]): Promise<(string | null)[]> {
  const [only] = keys
  if (only === undefined) return []
  if (keys.length === 1) return [await client.get(only)]
  if (client.isCluster) return Promise.all(keys.map(key => client.get(key)))
  if (keys.length <= BATCH) return client.mget(...keys)
  return (await Promise.all(batches(keys).map(batch => client.mget(...batch)))).flat()
}

/** Remove any number of keys; resolves with how many existed. */
export async function unlinkAll(client: Client, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0
  const removed = client.isCluster
    ? await Promise.all(keys.map(key => client.unlink(key)))
    : await Promise.all(batches(keys).map(batch => client.unlink(batch)))
  return removed.reduce((sum, one) => sum + one, 0)
}

function batches(keys: readonly string[]): string[][] {
  const parts: string[][] = []
  for (let i = 0; i < keys.length; i += BATCH) parts.push(keys.slice(i, i + BATCH))
  return parts
}

import type { RedisClient, RedisManager } from '@gravito/plasma'

/** What a store runs on. */
export type Client = RedisClient | RedisManager

/** So many keys in one command keep the server busy for about half a millisecond. */
const READ = 500
/** To remove a key takes longer than to read it. */
const REMOVED = 100

/** The values of any number of keys, by position; a Cluster is asked key by key, because their slots differ. */
export async function getAll(client: Client, keys: readonly string[]): Promise<(string | null)[]> {
  const [only] = keys
  if (only === undefined) return []
  if (keys.length === 1) return [await client.get(only)]
  if (client.isCluster) return Promise.all(keys.map(key => client.get(key)))
  if (keys.length <= READ) return client.mget(keys)
  return (await Promise.all(batches(keys, READ).map(batch => client.mget(batch)))).flat()
}

/** Remove any number of keys; resolves with how many existed, rejects when nothing is under way any more. */
export async function unlinkAll(client: Client, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0
  if (keys.length <= REMOVED) return client.unlink(keys)
  const removed = await allOf(batches(keys, REMOVED).map(batch => client.unlink(batch)))
  return removed.reduce((sum, one) => sum + one, 0)
}

/** Every result, or the first failure after all have settled. */
export async function allOf<Result>(work: readonly Promise<Result>[]): Promise<Result[]> {
  const settled = await Promise.allSettled(work)
  return settled.map(one => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}

function batches(keys: readonly string[], size: number): string[][] {
  const parts: string[][] = []
  for (let i = 0; i < keys.length; i += size) parts.push(keys.slice(i, i + size))
  return parts
}

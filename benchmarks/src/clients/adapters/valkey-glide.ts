import {
  Batch,
  ClusterBatch,
  GlideClient,
  GlideClusterClient,
  Script,
  TimeUnit,
} from '@valkey/valkey-glide'
import { type BenchmarkClient, INCREASE } from '../client.js'
import { addressOf, type Target } from '../target.js'

/** valkey-glide as it comes: its core is Rust. */
export async function openValkeyGlide(target: Target): Promise<BenchmarkClient> {
  const redis = await made(target)
  const script = new Script(INCREASE)
  return {
    get: async key => (await redis.get(key)) as string | null,
    set: (key, value) => redis.set(key, value),
    setNew: (key, value, count) =>
      redis.set(key, value, {
        expiry: { type: TimeUnit.Milliseconds, count },
        conditionalSet: 'onlyIfDoesNotExist',
      }),
    mget: keys => redis.mget(keys),
    incr: key => redis.incr(key),
    hset: (key, fields) => redis.hset(key, fields),
    hgetall: async key => {
      const fields = await redis.hgetall(key)
      return Object.fromEntries(fields.map(({ field, value }) => [String(field), String(value)]))
    },
    zadd: (key, score, member) => redis.zadd(key, { [member]: score }),
    increaseByScript: async (key, by) =>
      (await redis.invokeScript(script, { keys: [key], args: [String(by)] })) as number,
    getAll: keys =>
      run(redis, batch => {
        for (const key of keys) batch.get(key)
      }),
    setAll: (keys, value) =>
      run(redis, batch => {
        for (const key of keys) batch.set(key, value)
      }),
    close: () => redis.close(),
  }
}

async function made(target: Target): Promise<GlideClient | GlideClusterClient> {
  if (target.kind === 'cluster')
    return GlideClusterClient.createClient({ addresses: [...target.nodes] })
  const addresses = [addressOf(target)]
  if (target.kind === 'single') return GlideClient.createClient({ addresses })
  return GlideClient.createClient({
    addresses,
    useTLS: true,
    advancedConfiguration: {
      tlsAdvancedConfiguration: { rootCertificates: Buffer.from(target.ca) },
    },
  })
}

async function run(
  redis: GlideClient | GlideClusterClient,
  fill: (batch: Batch | ClusterBatch) => void,
): Promise<readonly unknown[]> {
  const isCluster = redis instanceof GlideClusterClient
  const batch = isCluster ? new ClusterBatch(false) : new Batch(false)
  fill(batch)
  const replies = await redis.exec(batch as Batch & ClusterBatch, true)
  return replies ?? []
}

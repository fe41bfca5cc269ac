import { type BenchmarkClient, INCREASE } from '../client.js'
import type { Target } from '../target.js'

/** What is used of Bun's own client. */
interface NativeClient {
  connect(): Promise<void>
  get(key: string): Promise<string | null>
  set(key: string, value: string, ...options: string[]): Promise<unknown>
  mget(...keys: string[]): Promise<(string | null)[]>
  incr(key: string): Promise<number>
  hset(key: string, fields: Record<string, string>): Promise<number>
  hgetall(key: string): Promise<Record<string, string>>
  zadd(key: string, score: number, member: string): Promise<unknown>
  send(command: string, args: string[]): Promise<unknown>
  close(): void
}

interface Runtime {
  RedisClient: new (url: string, options?: { tls?: { ca: string } }) => NativeClient
}

/** The client that comes with Bun; it pipelines by itself what is called together. */
export async function openBun(target: Target): Promise<BenchmarkClient> {
  const { Bun } = globalThis as { Bun?: Runtime }
  if (!Bun) throw new Error('the native client of Bun runs on Bun only')
  if (target.kind === 'cluster') throw new Error('the native client of Bun knows no Cluster')
  const redis = new Bun.RedisClient(
    target.url,
    target.kind === 'tls' ? { tls: { ca: target.ca } } : {},
  )
  await redis.connect()
  let sha: Promise<unknown> | undefined
  return {
    get: key => redis.get(key),
    set: (key, value) => redis.set(key, value),
    setNew: (key, value, ms) => redis.set(key, value, 'PX', String(ms), 'NX'),
    mget: keys => redis.mget(...keys),
    incr: key => redis.incr(key),
    hset: (key, fields) => redis.hset(key, fields),
    hgetall: key => redis.hgetall(key),
    zadd: (key, score, member) => redis.zadd(key, score, member),
    increaseByScript: async (key, by) => {
      sha ??= redis.send('SCRIPT', ['LOAD', INCREASE])
      return (await redis.send('EVALSHA', [String(await sha), '1', key, String(by)])) as number
    },
    getAll: keys => Promise.all(keys.map(key => redis.get(key))),
    setAll: (keys, value) => Promise.all(keys.map(key => redis.set(key, value))),
    close: () => redis.close(),
  }
}

/** Adds to a counter: the least that a script does. */
export const INCREASE = "return redis.call('INCRBY', KEYS[1], ARGV[1])"

/** What the benchmark asks of every client. */
export interface BenchmarkClient {
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<unknown>
  /** SET with PX and NX: resolves with 'OK' or null. */
  setNew(key: string, value: string, ms: number): Promise<unknown>
  mget(keys: string[]): Promise<readonly unknown[]>
  incr(key: string): Promise<number>
  hset(key: string, fields: Record<string, string>): Promise<number>
  hgetall(key: string): Promise<Record<string, string>>
  zadd(key: string, score: number, member: string): Promise<unknown>
  /** EVALSHA of INCREASE. */
  increaseByScript(key: string, by: number): Promise<number>
  /** One explicit pipeline. */
  getAll(keys: readonly string[]): Promise<readonly unknown[]>
  /** One explicit pipeline. */
  setAll(keys: readonly string[], value: string): Promise<readonly unknown[]>
  close(): Promise<unknown> | unknown
}

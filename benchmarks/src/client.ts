/** What the benchmark asks of every client. */
export interface BenchmarkClient {
  get(key: string): Promise<string | null>
  set(key: string, value: string): Promise<unknown>
  incr(key: string): Promise<number>
  hset(key: string, fields: Record<string, string>): Promise<number>
  hgetall(key: string): Promise<Record<string, string>>
  zadd(key: string, score: number, member: string): Promise<unknown>
  /** One explicit pipeline. */
  getAll(keys: readonly string[]): Promise<readonly unknown[]>
  /** One explicit pipeline. */
  setAll(keys: readonly string[], value: string): Promise<readonly unknown[]>
  close(): Promise<unknown>
}

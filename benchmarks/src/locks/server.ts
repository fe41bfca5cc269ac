import { startRedis } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { SUBJECTS, type SubjectName } from './adapters/index.js'

/** A Redis for the benchmark alone: its counters and its whole memory are looked at. */
export class BenchServer {
  readonly url: string
  readonly #redis: Redis
  readonly #stop: () => Promise<unknown>

  private constructor(url: string, stop: () => Promise<unknown>) {
    this.url = url
    this.#redis = new Redis(url)
    this.#stop = stop
  }

  static async start(): Promise<BenchServer> {
    const server = await startRedis()
    return new BenchServer(server.url, () => server.stop())
  }

  async version(): Promise<string> {
    const [, version = '?'] = /redis_version:(\S+)/.exec(await this.#redis.info('server')) ?? []
    return `Redis ${version}`
  }

  /** How many commands the library's processes have sent until now. */
  async sent(name: SubjectName): Promise<number> {
    const stats = await this.#redis.info('commandstats')
    return SUBJECTS[name].commands
      .map(it => Number(new RegExp(`cmdstat_${it}:calls=(\\d+)`).exec(stats)?.[1] ?? 0))
      .reduce((sum, it) => sum + it, 0)
  }

  async clear(): Promise<void> {
    await this.#redis.flushall()
  }

  /** What the keys take, in bytes. */
  async bytes(): Promise<number> {
    const keys = await this.#redis.keys('*')
    const sizes = await Promise.all(keys.map(key => this.#redis.memory('USAGE', key)))
    return sizes.reduce<number>((sum, it) => sum + (it ?? 0), 0)
  }

  async keys(): Promise<number> {
    return this.#redis.dbsize()
  }

  async stop(): Promise<void> {
    this.#redis.disconnect()
    await this.#stop()
  }
}

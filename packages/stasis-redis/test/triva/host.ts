import { onTestFinished } from 'vitest'
import { RedisAdapter, type RedisAdapterOptions } from '../../src/index.js'

/** What the documented contract of Triva says of its cache: an adapter behind it, patterns handed on as `users:.*`. */
class TrivaCache {
  adapter: RedisAdapter | undefined
  config: { type: string } = { type: 'memory' }

  get = (key: string) => this.#own().get(key)
  set = (key: string, value: unknown, ttl: number | null = null) => this.#own().set(key, value, ttl)
  keys = (pattern?: string) => this.#own().keys(pattern)
  has = (key: string) => this.#own().has(key)
  clear = () => this.#own().clear()
  delete = async (key: string): Promise<boolean | number> => {
    if (!key.includes('*')) return this.#own().delete(key)
    const keys = await this.#own().keys(key.replaceAll('*', '.*'))
    const removed = await Promise.all(keys.map(it => this.#own().delete(it)))
    return removed.filter(Boolean).length
  }

  #own(): RedisAdapter {
    if (!this.adapter) throw new Error('build() comes first')
    return this.adapter
  }
}

/** An application of its own, as `import { build, cache } from 'triva'` gives it. */
export function triva(extra: RedisAdapterOptions = {}) {
  const cache = new TrivaCache()
  const build = async (options: { cache: { type: 'redis'; database: RedisAdapterOptions } }) => {
    const adapter = new RedisAdapter({ deadlineMs: 10_000, ...extra, ...options.cache.database })
    onTestFinished(() => adapter.disconnect())
    await adapter.connect()
    cache.adapter = adapter
    cache.config.type = options.cache.type
  }
  return { build, cache }
}

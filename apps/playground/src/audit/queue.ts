import type { RedisClient, RedisManager } from '@gravito/plasma'
import { type AuditKeys, auditKeys, PROGRESS_CHANNEL } from './keys.js'
import type { Examined } from './scan.js'
import { COMPLETE, TAKE_BACK } from './scripts.js'
import { versionOf } from './totals.js'

/** How a package came to be finished. */
export interface Completion {
  worker: string
  /** The cache had the examination. */
  cached: boolean
  /** How many locks that took. */
  acquired: number
  /** The lock on the list of the largest came from another worker. */
  handoff: boolean
}

/** The numbers of an audit so far. */
export interface Counts {
  packages: number
  files: number
  bytes: number
  hits: number
  misses: number
  acquired: number
  handoffs: number
  licences: Record<string, number>
  versions: Record<string, number>
  /** Packages per worker. */
  shares: Record<string, number>
}

const KEEP_SECONDS = 3_600
/** A worker that is told to stop does so after that time. */
const WAIT_SECONDS = 0.2
const GROUPS = { 'licence:': 'licences', 'version:': 'versions', 'worker:': 'shares' } as const

/**
 * The work of one audit in Redis. A directory is in exactly one place at a time: pending, taken by a worker, or
 * done; it is counted when it gets done, in the same step.
 */
export class AuditQueue {
  readonly #redis: RedisClient | RedisManager
  readonly #id: string
  readonly #keys: AuditKeys

  constructor(redis: RedisClient | RedisManager, id: string) {
    this.#redis = redis
    this.#id = id
    this.#keys = auditKeys(id)
  }

  async fill(directories: readonly string[]): Promise<void> {
    const { pending } = this.#keys
    for (let at = 0; at < directories.length; at += 1_000)
      await this.#redis.rpush(pending, ...directories.slice(at, at + 1_000))
    await this.#redis.expire(pending, KEEP_SECONDS)
  }

  /**
   * Take a directory, waiting a moment for one.
   *
   * @param blocking a connection of the worker's own, for the wait blocks it
   */
  async take(worker: string, blocking: RedisClient): Promise<string | null> {
    const { pending, taken } = this.#keys
    return blocking.call<string | null>(
      'blmove',
      pending,
      taken(worker),
      'LEFT',
      'RIGHT',
      WAIT_SECONDS,
    )
  }

  async isDone(directory: string): Promise<boolean> {
    return (await this.#redis.hexists(this.#keys.done, directory)) === 1
  }

  /** Count a package; false when it was counted before. */
  async complete(examined: Examined, completion: Completion): Promise<boolean> {
    const { done, counters, taken } = this.#keys
    const { worker, cached, acquired, handoff } = completion
    const { directory, files, bytes, licence, problems } = examined
    const message = JSON.stringify({ audit: this.#id, directory, worker, cached })
    const increments = {
      packages: 1,
      files,
      bytes,
      [cached ? 'hits' : 'misses']: 1,
      acquired,
      handoffs: handoff ? 1 : 0,
      [`licence:${licence}`]: 1,
      [`version:${versionOf(examined)}`]: 1,
      [`worker:${worker}`]: 1,
    }
    return this.#redis.run(
      COMPLETE,
      [done, counters, taken(worker)],
      [
        directory,
        problems.join('; '),
        KEEP_SECONDS,
        PROGRESS_CHANNEL,
        message,
        ...Object.entries(increments).flat(),
      ],
    )
  }

  /** Forget that a worker took a directory which somebody else has finished. */
  async drop(worker: string, directory: string): Promise<void> {
    await this.#redis.lrem(this.#keys.taken(worker), 1, directory)
  }

  /** Give the others what a dead worker had taken; resolves with how many. */
  async takeBack(worker: string): Promise<number> {
    return this.#redis.run(TAKE_BACK, [this.#keys.taken(worker), this.#keys.pending], [])
  }

  /** How many packages are done. */
  async finished(): Promise<number> {
    return this.#redis.hlen(this.#keys.done)
  }

  /** What is wrong, by directory. */
  async problems(): Promise<Record<string, string>> {
    const done = await this.#redis.hgetall(this.#keys.done)
    return Object.fromEntries(Object.entries(done).filter(([, problem]) => problem !== ''))
  }

  async counts(): Promise<Counts> {
    const raw = await this.#redis.hgetall(this.#keys.counters)
    const counts: Counts = { ...noCounts(), licences: {}, versions: {}, shares: {} }
    const groups = { licences: [], versions: [], shares: [] } as Record<string, [string, number][]>
    for (const [field, value] of Object.entries(raw)) {
      const group = Object.entries(GROUPS).find(([prefix]) => field.startsWith(prefix))
      if (group) groups[group[1]]?.push([field.slice(group[0].length), Number(value)])
      else Object.assign(counts, { [field]: Number(value) })
    }
    for (const [group, entries] of Object.entries(groups))
      Object.assign(counts, { [group]: Object.fromEntries(entries) })
    return counts
  }
}

/** The numbers of an audit that has not begun. */
export function noCounts(): Counts {
  return {
    packages: 0,
    files: 0,
    bytes: 0,
    hits: 0,
    misses: 0,
    acquired: 0,
    handoffs: 0,
    licences: {},
    versions: {},
    shares: {},
  }
}

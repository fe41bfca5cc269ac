import type { RedisClient } from '@gravito/plasma'
import { createLocks, type Locks } from '@gravito/redis-locks'
import { RedisStore } from '@gravito/stasis-redis'
import { useCache } from './jobs/cache.js'
import { useFeed } from './jobs/feed.js'
import { useLock } from './jobs/lock.js'
import { attempt, request } from './jobs/orders.js'
import { usePermit } from './jobs/permit.js'
import { useStream } from './jobs/stream.js'
import { pause } from './pause.js'
import {
  type CrewAssignment,
  type FromCrew,
  type Orders,
  stageNames,
  type ToCrew,
} from './protocol.js'

/** What every job of a process is given. */
export interface Job {
  member: string
  names: ReturnType<typeof stageNames>
  redis: RedisClient
  locks: Locks
  cache: RedisStore
  /** Aborts when the process is to end. */
  signal: AbortSignal
  /** Tell the playground. */
  say(news: FromCrew): void
}

const REPORT_MS = 250
const AGAIN_MS = 300

/** One process of the crew: its jobs run side by side until it is told to stop; what fails is tried again. */
export class CrewMember {
  readonly #job: Job

  constructor({ member, stage }: CrewAssignment, redis: RedisClient, signal: AbortSignal) {
    const names = stageNames(stage)
    // An outage shows in the reports.
    redis.on('error', () => undefined)
    this.#job = {
      member,
      names,
      redis,
      locks: createLocks(redis, { prefix: names.locks }),
      cache: new RedisStore({ client: redis, prefix: names.cache, near: true }),
      signal,
      say: news => void process.send?.(news, () => undefined),
    }
  }

  async work(): Promise<void> {
    const { cache, redis } = this.#job
    await redis.connect()
    const jobs = [report, useLock, usePermit, useCache, useStream, useFeed]
    try {
      await Promise.all(jobs.map(job => this.#keepOn(job)))
    } finally {
      await cache.close()
    }
  }

  /** Do what the playground asks for, and tell what came of it. */
  async obey({ order, id, what }: Extract<ToCrew, { id: number }>): Promise<void> {
    const { say } = this.#job
    try {
      const reply =
        order === 'requests'
          ? await request(this.#job, what as Orders['requests']['order'])
          : await attempt(this.#job, what)
      say({ kind: 'reply', id, reply })
    } catch (error) {
      say({ kind: 'failed', id, error: error instanceof Error ? error.message : String(error) })
    }
  }

  async #keepOn(job: (job: Job) => Promise<void>): Promise<void> {
    const { signal } = this.#job
    while (!signal.aborted) {
      await job(this.#job).catch(() => undefined)
      await pause(AGAIN_MS, signal)
    }
  }
}

async function report({ redis, cache, say, signal }: Job): Promise<void> {
  while (!signal.aborted) {
    const { status } = redis
    say({ kind: 'report', report: { status, stats: redis.stats(), cache: cache.stats() } })
    await pause(REPORT_MS, signal)
  }
}

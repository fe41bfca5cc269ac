import { type RedisServer, startRedis, uniquePrefix } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import type { CacheName } from './adapters/index.js'
import { Subject, withSubjects } from './process.js'

const PROCESSES = 4
const CALLERS = 200
const FACTORY_MS = 100

/** How often the factory of one cold key ran for 4 processes of 200 callers. */
export async function runCold(
  names: readonly CacheName[],
  url: string,
): Promise<Map<CacheName, number>> {
  const calls = new Map<CacheName, number>()
  for (const name of names) {
    const namespace = uniquePrefix('cold')
    const subjects = await Promise.all(
      Array.from({ length: PROCESSES }, () => Subject.start(name, url, namespace)),
    )
    try {
      const task = { kind: 'cold', key: 'cold', callers: CALLERS, factoryMs: FACTORY_MS } as const
      const results = await Promise.all(subjects.map(subject => subject.perform(task)))
      calls.set(
        name,
        results.reduce((sum, result) => sum + result.calls, 0),
      )
    } finally {
      await Promise.all(subjects.map(subject => subject.stop()))
    }
  }
  return calls
}

/** Milliseconds that something took, and of the longest command that the server ran for it. */
export interface Taken {
  readonly ms: number
  readonly blockMs: number
}

/** How long it takes to invalidate a tag; nothing for a cache without tags. */
export async function runInvalidation(
  names: readonly CacheName[],
  url: string,
  keys: number,
): Promise<Map<CacheName, Taken>> {
  const taken = new Map<CacheName, Taken>()
  const redis = new Redis(url)
  await watchSlow(redis)
  for (const name of names) {
    await withSubjects(
      [name],
      url,
      () => uniquePrefix('tag'),
      async ([subject]) => {
        const result = await subject?.perform({ kind: 'invalidate', keys })
        if (result && 'ms' in result)
          taken.set(name, { ms: result.ms, blockMs: await slowest(redis) })
      },
    )
  }
  await redis.quit()
  return taken
}

/** How a clear went: also how many keys of others were gone. */
export interface Cleared extends Taken {
  readonly foreignLost: number
  readonly ownLeft: number
}

/** Clear `own` keys beside `foreign` keys of others, on a server of its own. */
export async function runClear(
  names: readonly CacheName[],
  own: number,
  foreign: number,
): Promise<Map<CacheName, Cleared>> {
  const server = await startRedis({ args: ['--enable-debug-command', 'local'] })
  const redis = new Redis(server.port)
  const cleared = new Map<CacheName, Cleared>()
  try {
    await watchSlow(redis)
    for (const name of names) {
      await redis.flushall()
      await redis.call('DEBUG', 'POPULATE', String(foreign), 'foreign', '50')
      await withSubjects(
        [name],
        server.url,
        () => 'bench',
        async ([subject]) => {
          if (!subject) return
          await subject.perform({ kind: 'fill', count: own })
          await redis.slowlog('RESET')
          const { ms } = await subject.perform({ kind: 'clear' })
          const blockMs = await slowest(redis)
          const left = await countForeign(redis)
          const ownLeft = (await redis.dbsize()) - left
          cleared.set(name, { ms, blockMs, foreignLost: foreign - left, ownLeft })
        },
      )
    }
  } finally {
    redis.disconnect()
    await server.stop()
  }
  return cleared
}

/** Milliseconds to an answer after Redis was killed, the second one, and to a good read once it is back. */
export interface Outage {
  readonly firstMs: number
  readonly nextMs: number
  readonly backMs: number
}

export async function runOutage(
  names: readonly CacheName[],
  patienceMs: number,
): Promise<Map<CacheName, Outage>> {
  const outages = new Map<CacheName, Outage>()
  for (const name of names) {
    const server = await startRedis()
    try {
      await withSubjects(
        [name],
        server.url,
        () => 'bench',
        async ([subject]) => {
          if (subject) outages.set(name, await outage(server, subject, patienceMs))
        },
      )
    } finally {
      await server.stop()
    }
  }
  return outages
}

async function outage(server: RedisServer, subject: Subject, patienceMs: number): Promise<Outage> {
  const key = 'known'
  await subject.perform({ kind: 'recover', key, patienceMs })
  await server.kill()
  // Another key, which no memory of the process can know.
  const first = await subject.perform({ kind: 'ask', key: 'other', patienceMs })
  const next = await subject.perform({ kind: 'ask', key: 'another', patienceMs })
  await server.restart()
  const back = await subject.perform({ kind: 'recover', key: 'back', patienceMs })
  return { firstMs: first.ms, nextMs: next.ms, backMs: back.ms }
}

/** From 50 microseconds on. */
async function watchSlow(redis: Redis): Promise<void> {
  await redis.config('SET', 'slowlog-log-slower-than', '50')
  await redis.config('SET', 'slowlog-max-len', '10000')
  await redis.slowlog('RESET')
}

/** Milliseconds of the longest command since the last time that was asked. */
async function slowest(redis: Redis): Promise<number> {
  const entries = (await redis.slowlog('GET', '10000')) as [number, number, number, string[]][]
  await redis.slowlog('RESET')
  const own = entries.filter(
    ([, , , [command = '']]) => !/^(slowlog|debug|flushall)$/i.test(command),
  )
  return Math.max(0, ...own.map(([, , micros]) => micros)) / 1_000
}

async function countForeign(redis: Redis): Promise<number> {
  const count = "return #redis.call('KEYS', 'foreign:*')"
  return Number(await redis.eval(count, 0))
}

import { type RedisServer, startRedis, uniquePrefix } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { median } from '../statistics.js'
import type { CacheName } from './adapters/index.js'
import { Subject, withSubjects } from './process.js'

const PROCESSES = 4
const CALLERS = 200
const FACTORY_MS = 100
/** Invalidated one after the other. */
export const TAGS = 7
/** Outages at the same time. */
const AT_ONCE = 4

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
        const result = await subject?.perform({ kind: 'invalidate', tags: TAGS, keys })
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

/**
 * Clear `own` keys beside `foreign` keys of others, on a server of its own: the median of the times, and the least of
 * the longest commands, to which whatever else the machine does can only add.
 */
export async function runClear(
  names: readonly CacheName[],
  own: number,
  foreign: number,
  times: number,
): Promise<Map<CacheName, Cleared>> {
  const server = await startRedis({ args: ['--enable-debug-command', 'local'] })
  const redis = new Redis(server.port)
  const runs = new Map<CacheName, Cleared[]>()
  try {
    await watchSlow(redis)
    for (let i = 0; i < times; i++) {
      for (const name of names) {
        await redis.flushall()
        await redis.call('DEBUG', 'POPULATE', String(foreign), 'foreign', '50')
        const once = await withSubjects(
          [name],
          server.url,
          () => 'bench',
          ([subject]) => clearOnce(subject, redis, own, foreign),
        )
        runs.set(name, [...(runs.get(name) ?? []), once])
      }
    }
  } finally {
    redis.disconnect()
    await server.stop()
  }
  return new Map([...runs].map(([name, all]) => [name, together(all)]))
}

async function clearOnce(
  subject: Subject | undefined,
  redis: Redis,
  own: number,
  foreign: number,
): Promise<Cleared> {
  if (!subject) throw new Error('there is no process')
  await subject.perform({ kind: 'fill', count: own })
  await redis.slowlog('RESET')
  const { ms } = await subject.perform({ kind: 'clear' })
  const blockMs = await slowest(redis)
  const foreignLost = foreign - (await countOf(redis, 'foreign:*'))
  return { ms, blockMs, foreignLost, ownLeft: await countOf(redis, '*fill-*') }
}

const together = (all: readonly Cleared[]): Cleared => ({
  ms: median(all.map(it => it.ms)),
  blockMs: Math.min(...all.map(it => it.blockMs)),
  foreignLost: Math.max(...all.map(it => it.foreignLost)),
  ownLeft: Math.max(...all.map(it => it.ownLeft)),
})

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
  const run = async (name: CacheName) => {
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
  // They wait, mostly; each has a server of its own.
  for (let i = 0; i < names.length; i += AT_ONCE)
    await Promise.all(names.slice(i, i + AT_ONCE).map(run))
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

async function countOf(redis: Redis, glob: string): Promise<number> {
  return Number(await redis.eval("return #redis.call('KEYS', ARGV[1])", 0, glob))
}

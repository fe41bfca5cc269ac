import { median } from '../statistics.js'
import { type CacheAdapter, itemOf, type TaggedAdapter } from './adapter.js'
import { CASES, tagsOf } from './cases.js'

/** What is asked of a process with one cache in it. */
export type Task =
  | { kind: 'measure'; index: number; key: string; durationMs: number }
  /** `callers` ask for one cold key whose factory takes `factoryMs`. */
  | { kind: 'cold'; key: string; callers: number; factoryMs: number }
  | { kind: 'fill'; count: number }
  | { kind: 'clear' }
  /** So many tags, one after the other, each of so many keys. */
  | { kind: 'invalidate'; tags: number; keys: number }
  /** One read, an error being an answer, given up after `patienceMs`. */
  | { kind: 'ask'; key: string; patienceMs: number }
  /** Until a value that was set is read again. */
  | { kind: 'recover'; key: string; patienceMs: number }

export interface Results {
  /** `cpuMicros`: of this process for one call, user and system. */
  measure: { perSecond: number; cpuMicros: number } | { without: true }
  cold: { calls: number }
  fill: null
  clear: { ms: number }
  invalidate: { ms: number } | { without: true }
  ask: { ms: number }
  recover: { ms: number }
}

const AT_ONCE = 200

/** Do it, and say what came of it. */
export async function perform(cache: CacheAdapter, task: Task): Promise<Results[Task['kind']]> {
  switch (task.kind) {
    case 'measure':
      return measure(cache, task)
    case 'cold':
      return cold(cache, task)
    case 'fill':
      await all(task.count, i => cache.set(`fill-${i}`, itemOf(i)))
      return null
    case 'clear':
      return { ms: await timed(() => cache.clear()) }
    case 'invalidate': {
      if (!cache.tagged) return { without: true }
      const { tagged } = cache
      const times: number[] = []
      for (let i = 0; i < task.tags; i++) times.push(await invalidation(tagged, i, task.keys))
      return { ms: median(times) }
    }
    case 'ask':
      return {
        ms: await timed(() =>
          within(
            task.patienceMs,
            cache.get(task.key).catch(() => null),
          ),
        ),
      }
    case 'recover':
      return { ms: await timed(() => recovered(cache, task.key, task.patienceMs)) }
  }
}

/** Milliseconds to invalidate a tag of so many keys. */
async function invalidation(cache: TaggedAdapter, index: number, keys: number): Promise<number> {
  const tag = `tag-${index}`
  const place = (i: number) => `${tag}-${i}`
  await all(keys, i => cache.set(place(i), itemOf(i), [tag]))
  const ms = await timed(() => cache.invalidate(tag))
  for (const i of [0, keys - 1]) {
    const left = await cache.get(place(i), [tag])
    if (left !== undefined && left !== null) throw new Error('an invalidated entry was read')
  }
  return ms
}

async function measure(
  cache: CacheAdapter,
  { index, key, durationMs }: Extract<Task, { kind: 'measure' }>,
): Promise<Results['measure']> {
  const it = CASES[index]
  if (!it) throw new Error(`there is no case ${index}`)
  if (it.tagged && !cache.tagged) return { without: true }
  if (it.tagged) tagsOf(cache)
  const keys = Array.from({ length: it.callers }, (_, i) => `${key}-${i}`)
  await cache.warm?.(key)
  await Promise.all(keys.map((key, i) => it.prepare(cache, key, i)))
  // What a write changed is kept in the process from the second read on.
  for (let i = 0; i < 3; i++) await Promise.all(keys.map((key, i) => it.call(cache, key, i)))
  let calls = 0
  const cpu = process.cpuUsage()
  const started = performance.now()
  const deadline = started + durationMs
  await Promise.all(
    keys.map(async (key, i) => {
      while (performance.now() < deadline) {
        await it.call(cache, key, i)
        calls++
      }
    }),
  )
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: calls / seconds, cpuMicros: (user + system) / calls }
}

async function cold(
  cache: CacheAdapter,
  { key, callers, factoryMs }: Extract<Task, { kind: 'cold' }>,
): Promise<Results['cold']> {
  let calls = 0
  const factory = async () => {
    calls++
    await pause(factoryMs)
    return itemOf(7)
  }
  await Promise.all(Array.from({ length: callers }, () => cache.remember(key, factory)))
  return { calls }
}

async function all(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) await work(next++)
    }),
  )
}

async function recovered(cache: CacheAdapter, key: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    const value = await within(
      patienceMs,
      roundTrip(cache, key).catch(() => undefined),
    )
    if (value !== undefined && value !== null) return
    await pause(5)
  }
}

async function roundTrip(cache: CacheAdapter, key: string): Promise<unknown> {
  await cache.set(key, itemOf(1))
  return cache.get(key)
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

import { CACHE_NAMES, type CacheName } from './adapters/index.js'
import { CASES } from './cases.js'
import { withSubjects } from './process.js'

/** How fast a cache was, and what a call cost its process. */
export interface Speed {
  readonly perSecond: number
  readonly cpuMicros: number
}

/** By case, then by cache, then by round; a cache that cannot do a case is not there. */
export type Speeds = Map<string, Map<CacheName, Speed[]>>

export interface SpeedOptions {
  url: string
  namespace: string
  rounds: number
  /** Of one cache in one round. */
  durationMs: number
  /** Cases whose name has this in it. */
  only: string
  report(progress: string): void
}

/** The caches take turns in rounds, each round in another order. */
export async function runSpeed(options: SpeedOptions): Promise<Speeds> {
  const { url, namespace, rounds, durationMs, only, report } = options
  const place = (name: CacheName) => `${namespace}${CACHE_NAMES.indexOf(name)}`
  return withSubjects(CACHE_NAMES, url, place, async subjects => {
    const speeds: Speeds = new Map()
    for (const [index, { name }] of CASES.entries()) {
      if (!name.includes(only)) continue
      report(`${index + 1}/${CASES.length} ${name}`)
      const byCache = new Map<CacheName, Speed[]>()
      speeds.set(name, byCache)
      // The first round, not counted, lets the code be compiled.
      for (let round = -1; round < rounds; round++) {
        for (let turn = 0; turn < subjects.length; turn++) {
          const subject = subjects[(round + 1 + turn) % subjects.length]
          if (!subject) continue
          const key = `case${index}`
          const measured = await subject.perform({ kind: 'measure', index, key, durationMs })
          if (round < 0 || 'without' in measured) continue
          byCache.set(subject.name, [...(byCache.get(subject.name) ?? []), measured])
        }
      }
    }
    return speeds
  })
}

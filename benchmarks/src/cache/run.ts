import { findRedis, startRedis, uniquePrefix } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { machine, writePage } from '../page.js'
import { CACHE_NAMES, type CacheName } from './adapters/index.js'
import { runClear, runCold, runInvalidation, runOutage, TAGS } from './events.js'
import { runSpeed } from './speed.js'
import { cpuTable, type Situations, situationTable, speedTable } from './table.js'

const FULL = {
  rounds: 15,
  durationMs: 120,
  cold: [
    'ioredis + JSON',
    'stasis-redis',
    'bentocache',
    'cacheable',
    'keyv',
    'cache-manager',
    'unstorage',
  ],
  clear: [
    'ioredis + JSON',
    'stasis-redis',
    'bentocache',
    'cacheable',
    'keyv',
    'cache-manager',
    'unstorage',
  ],
  outage: CACHE_NAMES.filter(name => !name.includes('near tags')),
  tagged: 10_000,
  own: 100_000,
  foreign: 900_000,
  clears: 5,
  patienceMs: 12_000,
} satisfies Size

const QUICK: Size = {
  rounds: 2,
  durationMs: 80,
  cold: ['ioredis + JSON', 'stasis-redis', 'bentocache'],
  clear: ['ioredis + JSON', 'stasis-redis'],
  outage: ['stasis-redis'],
  tagged: 1_000,
  own: 5_000,
  foreign: 20_000,
  clears: 1,
  patienceMs: 3_000,
}

/** How much is measured. */
interface Size {
  rounds: number
  durationMs: number
  cold: readonly CacheName[]
  clear: readonly CacheName[]
  outage: readonly CacheName[]
  /** Entries of the tag that is invalidated. */
  tagged: number
  /** Keys that are cleared, and keys beside them. */
  own: number
  foreign: number
  /** How often. */
  clears: number
  /** Milliseconds after which a hanging answer is given up. */
  patienceMs: number
}

const TAGGED: readonly CacheName[] = ['ioredis + JSON', 'stasis-redis', 'bentocache', 'cacheable']

/**
 * Every cache with every case, or with those that have `only` in their names and no situations; prints the tables, and
 * writes docs/benchmarks-cache.md unless it is a part or quick.
 */
export async function benchCache({ quick, only }: { quick: boolean; only: string }): Promise<void> {
  const size: Size = quick ? QUICK : FULL
  const given = process.env.REDIS_URL ? (await findRedis()).url : undefined
  const server = given ? undefined : await startRedis()
  const url = given ?? server?.url ?? ''
  const report = (progress: string) => void process.stderr.write(`cache: ${progress}\n`)
  try {
    const { rounds, durationMs } = size
    const namespace = uniquePrefix('bench')
    const speeds = await runSpeed({ url, namespace, rounds, durationMs, only, report })
    const cpu = `CPU of the process for one call; below 1 is cheaper:\n\n${cpuTable(speeds)}`
    const speed = `${speedTable(speeds)}\n${cpu}`
    const setting = `${await version(url)}, Node ${process.versions.node}, ${machine()}; ${rounds} rounds of ${durationMs} ms.`
    console.log(`\n${speed}\n${setting}`)
    if (only !== '') return
    const situations = situationTable(await runSituations(url, size, report))
    console.log(`\n${situations}`)
    if (!quick) writePage('benchmarks-cache.md', page(speed, situations, setting, size))
  } finally {
    await server?.stop()
  }
}

async function runSituations(
  url: string,
  size: Size,
  report: (progress: string) => void,
): Promise<Situations> {
  report('a cold key')
  const cold = await runCold(size.cold, url)
  report('a tag')
  const invalidation = await runInvalidation(TAGGED, url, size.tagged)
  report('clear')
  const clear = await runClear(size.clear, size.own, size.foreign, size.clears)
  report('Redis killed')
  const { patienceMs } = size
  const outage = await runOutage(size.outage, patienceMs)
  return { cold, invalidation, clear, outage, patienceMs }
}

async function version(url: string): Promise<string> {
  const redis = new Redis(url)
  const info = await redis.info('server')
  await redis.quit()
  const [, number = '?'] = /redis_version:(\S+)/.exec(info) ?? []
  return `Redis ${number}`
}

function page(
  speed: string,
  situations: string,
  setting: string,
  { tagged, own, foreign, clears, patienceMs }: Size,
): string {
  const thousands = (count: number) => count.toLocaleString('en')
  return `# Benchmarks of the cache

Written by \`npm run bench -- cache\`; run it on your own machine. The caches take turns in every round, each in a
process of its own. The first row is what one would write by hand, ioredis and JSON, in calls per second (a call with
100 keys counts once); the others are the median of the ratios within a round, above 1 is faster. Every value is checked.

${speed}
## Situations

${situations}
- A cold key: 4 processes with 200 callers each ask for the same missing value.
- A tag of ${thousands(tagged)} entries is invalidated, the median of ${TAGS} tags. By hand that is a set of keys.
- ${thousands(own)} keys are cleared beside ${thousands(foreign)} of others; the longest command is what everybody else
  waits for. The median of ${clears} times, and the least of their longest commands, to which a busy machine only adds.
- Redis is killed while nothing is under way; an error counts as an answer, and after ${thousands(patienceMs)} ms it is given up.

${setting}
`
}

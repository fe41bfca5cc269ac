// npm run bench [-- --quick]
import { writeFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findRedis, startRedis, uniquePrefix } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import { CASES } from './cases.js'
import { type RoundOptions, runRounds } from './rounds.js'
import { cpuTable, speedTable } from './table.js'

const FULL = { rounds: 9, durationMs: 400 }
const QUICK = { rounds: 3, durationMs: 250 }
const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const size = values.quick ? QUICK : FULL
const { url: given } = process.env.REDIS_URL ? await findRedis() : { url: undefined }
const server = given ? undefined : await startRedis()
const url = given ?? server?.url ?? ''
const keyPrefix = uniquePrefix('benchmark')
try {
  const onCase: RoundOptions['onCase'] = (name, index) =>
    process.stderr.write(`${index + 1}/${CASES.length} ${name}\n`)
  const measured = await runRounds({ url, keyPrefix, ...size, onCase })
  const table = `${speedTable(measured)}\nCPU of the client; below 1 is cheaper:\n\n${cpuTable(measured)}`
  const setting = `${await tidy()}, Node ${process.versions.node}, ${machine()}; ${size.rounds} rounds of ${size.durationMs} ms.`
  console.log(`\n${table}\n${setting}`)
  if (!values.quick) writeFileSync(PAGE, page(table, setting))
} finally {
  await server?.stop()
}

/** Removes our keys; gives the server's name and version. */
async function tidy(): Promise<string> {
  const redis = new Redis(url)
  const most = Math.max(...CASES.map(({ callers }) => callers))
  await redis.unlink(
    Array.from({ length: most }, (_, i) =>
      ['', ':n', ':h', ':z'].map(it => `${keyPrefix}${i}${it}`),
    ).flat(),
  )
  const info = await redis.info('server')
  await redis.quit()
  const [, name = 'Redis'] = /server_name:(\w+)/.exec(info) ?? []
  const [, version = '?'] = /(?:valkey|redis)_version:(\S+)/.exec(info) ?? []
  return `${name} ${version}`
}

function machine(): string {
  return `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, client and server on one machine`
}

function page(table: string, setting: string): string {
  const before = '# Benchmarks\n\nWritten by `npm run bench`; run it on your own machine.\n\n'
  const how =
    'The clients take turns in every round, each in a process of its own. A figure is the median of the rounds, a ratio the median of the ratios within a round; above 1 is faster than ioredis. Every reply is checked.'
  return `${before}${table}\n${setting}\n\n${how}\n`
}

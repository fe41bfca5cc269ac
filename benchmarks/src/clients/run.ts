import { uniquePrefix } from '@gravito/redis-testing'
import { machine, writePage } from '../page.js'
import { CASES } from './cases.js'
import { runSetting, type SettingResult, type Size } from './rounds.js'
import { startServers } from './servers.js'
import { SETTINGS } from './settings.js'
import { cpuTable, extrasTable, speedTable } from './table.js'

const FULL: Size = { rounds: 7, durationMs: 150, commands: 1_000_000, stalls: 5 }
const QUICK: Size = { rounds: 3, durationMs: 75, commands: 100_000, stalls: 1 }

/** Every client in every setting; prints the tables, and writes docs/benchmarks.md if it is all of it. */
export async function benchClients({
  quick,
  only,
}: {
  quick: boolean
  only: string
}): Promise<void> {
  const size = quick ? QUICK : FULL
  const sections: string[] = []
  let version = ''
  for (const setting of SETTINGS) {
    if (!CASES[setting.cases].some(({ name }) => name.includes(only))) continue
    const servers = await startServers(setting.target)
    const keyPrefix = uniquePrefix('benchmark')
    try {
      const report = (progress: string) => process.stderr.write(`${setting.title}: ${progress}\n`)
      const result = await runSetting(setting, servers, keyPrefix, size, only, report)
      const section = `## ${setting.title}\n\n${tables(result)}`
      console.log(`\n${section}`)
      sections.push(section)
      version = servers.version
    } finally {
      await servers.stop(keyPrefix)
    }
  }
  const how = `${version}, Node ${process.versions.node}, ${machine()}; ${size.rounds} rounds of ${size.durationMs} ms.`
  console.log(how)
  if (!quick && only === '')
    writePage('benchmarks.md', `${INTRODUCTION}${sections.join('\n')}\n${how}\n`)
}

function tables({ rounds, extras }: SettingResult): string {
  const parts = [
    speedTable(rounds),
    `CPU of the client; below 1 is cheaper:\n\n${cpuTable(rounds, 'cpuMicros')}`,
  ]
  if (extras) {
    parts.push(
      `CPU of the server; below 1 is cheaper:\n\n${cpuTable(rounds, 'serverCpuMicros')}`,
      `Memory over a million GET by 100 callers, and how long small replies wait behind a large one:\n\n${extrasTable(extras)}`,
    )
  }
  return parts.join('\n')
}

const INTRODUCTION = `# Benchmarks

Written by \`npm run bench\`; run it on your own machine. The clients take turns in every round, each in a process
of its own. A figure is the median of the rounds, a ratio the median of the ratios within a round; above 1 is
faster than ioredis. One caller alone, who mostly waits to be woken, has four short turns a round. Every reply is checked.

`

// npm run bench [-- <suite>] [--quick] [--only <part of a row's name>]
import { parseArgs } from 'node:util'
import { benchCache } from './cache/run.js'
import { benchClients } from './clients/run.js'
import { benchLocks } from './locks/run.js'

/** What one run measures; each writes a page of docs/, unless it is quick. */
const SUITES = {
  clients: benchClients,
  locks: benchLocks,
  cache: benchCache,
} satisfies Record<string, (options: { quick: boolean; only: string }) => Promise<void>>

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
  allowPositionals: true,
})
const [name = 'clients'] = positionals
if (!Object.hasOwn(SUITES, name)) {
  console.error(
    `There is no benchmark called ${name}; there are: ${Object.keys(SUITES).join(', ')}`,
  )
  process.exit(1)
}
await SUITES[name as keyof typeof SUITES](values)

// npm run soak -w @gravito/redis-locks -- --seconds 60 --seed 7
// Processes take locks while faults happen; a store that checks the fencing tokens is the judge.
import { parseArgs } from 'node:util'
import { soak } from './soak.mjs'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    processes: { type: 'string', default: '5' },
    ttl: { type: 'string', default: '1000' },
  },
})
const settings = {
  seconds: whole('seconds', 1),
  seed: whole('seed', 0),
  processes: whole('processes', 2),
  ttlMs: whole('ttl', 100),
}
console.log(`seed ${settings.seed} (replay: npm run soak -- --seed ${settings.seed})`)
const { violations, report } = await soak(settings)
console.log(report)
for (const violation of violations) console.error(`violation: ${violation}`)
console.log(violations.length === 0 ? 'no violation' : `${violations.length} violations`)
process.exitCode = violations.length === 0 ? 0 : 1

function whole(name, min) {
  const value = Number(values[name])
  if (Number.isSafeInteger(value) && value >= min) return value
  console.error(`--${name} must be a whole number from ${min} up, not ${values[name]}`)
  process.exit(2)
}

import { machine, writePage } from '../page.js'
import { runRounds, type Size } from './rounds.js'
import { BenchServer } from './server.js'
import { locksTable } from './table.js'

const FULL: Size = { rounds: 7, aloneMs: 1_500, crowdMs: 2_000, idleMs: 2_000 }
const QUICK: Size = { rounds: 2, aloneMs: 200, crowdMs: 300, idleMs: 300 }

/** Our locks beside the peers; prints the table, and writes docs/benchmarks-locks.md unless it is quick. */
export async function benchLocks({ quick }: { quick: boolean }): Promise<void> {
  const size = quick ? QUICK : FULL
  const server = await BenchServer.start()
  try {
    const measured = await runRounds(server, size, it => process.stderr.write(`${it}\n`))
    const table = locksTable(measured)
    const setting = `${await server.version()}, Node ${process.versions.node}, ${machine()}; ${size.rounds} rounds.`
    console.log(`\n${table}\n${setting}`)
    if (!quick) writePage('benchmarks-locks.md', `${INTRODUCTION}${table}\n${setting}\n`)
  } finally {
    await server.stop()
  }
}

const INTRODUCTION = `# Benchmarks of locks

Written by \`npm run bench -- locks\`; run it on your own machine. Every library runs with its own defaults, but waits
as long as it takes, in four processes. They take turns in every round, each round in another order; a figure is the
median of the rounds, a ratio the median of the ratios within a round. The floor is \`SET NX PX\` and a script that
compares and deletes, over ioredis; it has no queue, no token and no renewal. Commands are those that the library
sends; what its scripts call inside Redis does not count. Fairness counts what was taken after the first fifth
of the time, when all are in the queue. The ideal of the semaphore has no pause between two holders, whose holds are as long as they really were.

`

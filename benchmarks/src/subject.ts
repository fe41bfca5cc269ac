// One client in a process of its own; main.ts tells it what to measure when.
import { CASES } from './cases.js'
import { CLIENTS, type ClientName } from './clients/index.js'
import { measure } from './measure.js'
import type { Answer, Task } from './protocol.js'

const [name = '', url = ''] = process.argv.slice(2)
const client = await CLIENTS[name as ClientName](url)

process.on('message', async ({ caseIndex, keyPrefix, durationMs }: Task) => {
  try {
    const it = CASES[caseIndex]
    if (!it) throw new Error(`there is no case ${caseIndex}`)
    answer(await measure(client, it, keyPrefix, durationMs))
  } catch (error) {
    answer({ error: String(error) })
  }
})
process.once('disconnect', () => client.close())
answer({ perSecond: 0, cpuMicros: 0 })

function answer(message: Answer): void {
  process.send?.(message)
}

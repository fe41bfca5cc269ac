// One client in a process of its own, which is told what to measure when.
import { CLIENTS, type ClientName } from './adapters/index.js'
import { CASES } from './cases.js'
import { measure } from './measure.js'
import { growth } from './memory.js'
import type { Answer, Results, Task } from './protocol.js'
import { stall } from './stall.js'

const [name = '', target = ''] = process.argv.slice(2)
const client = await CLIENTS[name as ClientName](JSON.parse(target))

process.on('message', async (task: Task) => {
  try {
    answer({ result: await perform(task) })
  } catch (error) {
    answer({ error: String(error) })
  }
})
process.once('disconnect', async () => {
  await client.close()
  process.exit()
})
answer({ result: null })

function perform(task: Task): Promise<Results[keyof Results]> {
  switch (task.kind) {
    case 'measure': {
      const it = CASES[task.cases][task.index]
      if (!it) throw new Error(`there is no case ${task.index} of ${task.cases}`)
      return measure(client, it, task.keyPrefix, task.durationMs)
    }
    case 'memory':
      return growth(client, task.key, task.commands)
    case 'stall':
      return stall(client, task.keyPrefix, task.times)
  }
}

function answer(message: Answer): void {
  process.send?.(message)
}

// One cache in a process of its own, which is told what to do when.
import { type CacheName, openCache } from './adapters/index.js'
import { perform, type Task } from './tasks.js'

const [name = '', url = '', namespace = ''] = process.argv.slice(2)
// A library may throw where nobody can catch it while Redis is away.
process.on('uncaughtException', error => process.send?.({ stray: String(error) }))
process.on('unhandledRejection', error => process.send?.({ stray: String(error) }))
const cache = await openCache(name as CacheName, url, namespace)

process.on('message', async (task: Task) => {
  try {
    process.send?.({ result: await perform(cache, task) })
  } catch (error) {
    process.send?.({ error: String(error) })
  }
})
process.once('disconnect', () => process.exit())
process.send?.({ result: null })

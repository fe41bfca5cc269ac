import { type ConnectionConfig, RedisClient } from '@gravito/plasma'
import { type Assignment, work } from './audit/work.js'

/** What the parent sends: first the work, then the end of it. */
export type WorkerMessage = { start: Assignment; redis: ConnectionConfig } | { stop: true }

const stopped = new AbortController()

// Ctrl-C reaches the whole group; the parent decides when a worker ends.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(1))
process.on('message', (message: WorkerMessage) => {
  if ('stop' in message) stopped.abort()
  else void run(message.start, message.redis)
})

async function run(assignment: Assignment, connection: ConnectionConfig): Promise<void> {
  const redis = new RedisClient(connection, assignment.worker)
  try {
    await work(assignment, redis, stopped.signal)
    await redis.disconnect()
    process.exit(0)
  } catch (error) {
    console.error(`worker ${assignment.worker}: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}

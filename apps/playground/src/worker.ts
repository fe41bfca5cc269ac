import { type ConnectionConfig, RedisClient } from '@gravito/plasma'
import { type Assignment, work } from './audit/work.js'
import { CrewMember } from './crew/member.js'
import type { ToCrew } from './crew/protocol.js'

/** What the parent sends: first the work, an audit's or the crew's, then the end of it. */
export type WorkerMessage = { start: Assignment; redis: ConnectionConfig } | { stop: true } | ToCrew

const stopped = new AbortController()
let member: CrewMember | undefined

// Ctrl-C reaches the whole group; the parent decides when a worker ends.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(1))
process.on('message', (message: WorkerMessage) => {
  if ('stop' in message) stopped.abort()
  else if ('order' in message) void member?.obey(message)
  else void run(message)
})

async function run(message: Extract<WorkerMessage, { redis: ConnectionConfig }>): Promise<void> {
  const name = 'start' in message ? message.start.worker : message.join.member
  const redis = new RedisClient(message.redis, name)
  try {
    if ('start' in message) await work(message.start, redis, stopped.signal)
    else {
      member = new CrewMember(message.join, redis, stopped.signal)
      await member.work()
    }
    await redis.disconnect()
    process.exit(0)
  } catch (error) {
    console.error(`worker ${name}: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}

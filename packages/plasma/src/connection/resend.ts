import type { Redis } from 'ioredis'
import { REPLY_LOST, SentCommand } from './command.js'

/**
 * ioredis sends again what was under way when the connection was lost. Take out what must not be executed twice
 * and what nobody waits for any more.
 */
export function dropUnrepeatable(instance: Redis): void {
  const queue = (instance as unknown as { prevCommandQueue?: ResendQueue | null }).prevCommandQueue
  if (!queue?.toArray || !queue.clear) return
  const items = queue.toArray()
  queue.clear()
  for (const item of items) {
    const { command } = item
    if (!(command instanceof SentCommand)) queue.push(item)
    // Without its stream: that of a pipeline waits for all of its commands before it writes any.
    else if (!command.isSettled && command.repeatable) queue.push({ ...item, stream: undefined })
    else if (!command.isSettled) command.reject(new Error(REPLY_LOST))
  }
}

interface ResendItem {
  command: unknown
  stream?: unknown
}

/** The queue of ioredis (a Denque), as far as it is used here. */
interface ResendQueue {
  toArray(): ResendItem[]
  clear(): void
  push(item: ResendItem): void
}

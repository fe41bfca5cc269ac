import { defineScript } from '@gravito/plasma'
import type { Job } from '../member.js'
import { pause } from '../pause.js'

const WORK_MS = 60
const BLOCK_MS = 1_000
/** Longer than the work takes; a dead process' entries go to another one after that time. */
const CLAIM_MS = 2_500
const MOST_DELIVERIES = 3
const KEEP_SECONDS = 3_600

/** Count an entry once, however often it is handled. Replies with true when it was the first time. */
const HANDLE = defineScript({
  keys: ['handled'],
  args: ['id', 'seconds'],
  lua: `
    redis.call('EXPIRE', handled, seconds)
    return redis.call('SADD', handled, id)`,
  reply: (added: number) => added === 1,
})

/** Work off orders as one consumer of the group. A poisoned one is never acknowledged. */
export async function useStream({ member, names, redis, signal, say }: Job): Promise<void> {
  // Its reads wait on a connection of their own, and are not in the latency that is shown.
  const blocking = redis.duplicate()
  blocking.on('error', () => undefined)
  const orders = blocking.consume(names.stream, {
    ...{ group: names.group, consumer: member, count: 4, blockMs: BLOCK_MS },
    ...{ claimIdleMs: CLAIM_MS, maxDeliveries: MOST_DELIVERIES, deadLetter: names.deadLetters },
    signal,
  })
  try {
    for await (const order of orders) {
      await pause(WORK_MS, signal)
      if (signal.aborted) break
      if (order.fields.poison) {
        say({ kind: 'order', outcome: 'poison', deliveries: order.deliveries })
        continue
      }
      const isFirst = await redis.run(HANDLE, [names.handled], [order.id, KEEP_SECONDS])
      await order.ack()
      const outcome = isFirst ? 'handled' : 'again'
      say({ kind: 'order', outcome, deliveries: order.deliveries })
    }
  } finally {
    await blocking.disconnect()
  }
}

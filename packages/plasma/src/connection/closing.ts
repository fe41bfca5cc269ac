import type { Cluster, Redis } from 'ioredis'

/**
 * Let what is on its way be answered, at most `timeoutMs`: QUIT is answered after everything before it.
 *
 * @param awaitsReady does something wait for the connection to be ready?
 */
export async function finish(
  instance: Redis | Cluster,
  timeoutMs: number,
  awaitsReady: boolean,
): Promise<void> {
  if (!['ready', 'connecting', 'connect'].includes(instance.status)) return
  await within(timeoutMs, quit(instance, awaitsReady))
}

/** Close it now, whatever it is doing. */
export function end(instance: Redis | Cluster): void {
  const isBetweenAttempts = instance.status === 'reconnecting'
  if (instance.status !== 'end') instance.disconnect()
  if (isBetweenAttempts) abandon(instance)
}

async function quit(instance: Redis | Cluster, awaitsReady: boolean): Promise<void> {
  if (instance.status !== 'ready' && awaitsReady) {
    await new Promise(resolve => {
      for (const event of ['ready', 'close', 'end']) instance.once(event, resolve)
    })
  }
  await instance.quit().catch(() => undefined)
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let deadline: NodeJS.Timeout | undefined
  const late = new Promise(resolve => {
    deadline = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, late])
  clearTimeout(deadline)
}

/**
 * Between two attempts ioredis stops its timer, but neither rejects what is queued nor says that it ended; and for the
 * end of a stream that ended before it keeps the process alive, which the stream therefore tells again.
 */
function abandon(instance: Redis | Cluster): void {
  const { flushQueue } = instance as unknown as { flushQueue(error: Error): void }
  flushQueue.call(instance, new Error('Connection is closed.'))
  instance.emit('end')
  if ('stream' in instance && instance.stream?.closed) instance.stream.emit('close')
}

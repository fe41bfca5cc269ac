import type { Socket } from 'node:net'
import type { Cluster, Redis } from 'ioredis'
import type { Connection } from './connection.js'
import { type Limits, limited } from './limits.js'

/** What may come of opening an instance. */
interface Opening {
  /** Set it on its way. */
  begin(): void
  /** An attempt ended without a connection: does whoever waits give up now? */
  givesUp(): boolean
  /** What whoever waits is told then. */
  failure(): Error
}

/** Resolves when commands flow. */
export function untilReady(instance: Redis | Cluster, opening: Opening): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const settle = () => {
      instance.off('ready', ready)
      instance.off('end', failed)
      instance.off('close', missed)
    }
    const ready = () => {
      settle()
      resolve()
    }
    const failed = () => {
      settle()
      reject(opening.failure())
    }
    const missed = () => {
      if (opening.givesUp()) failed()
    }
    instance.on('ready', ready)
    instance.on('end', failed)
    instance.on('close', missed)
    opening.begin()
  })
}

/** Resolves when commands of a connection flow, within the limits of the one that needs it. */
export async function ready(
  connection: Connection,
  command: string,
  limits: Limits,
): Promise<void> {
  const { signal, commandTimeout = connection.config.commandTimeout } = limits
  signal?.throwIfAborted()
  try {
    await limited({ ...limits, commandTimeout }, connection.connect())
  } catch (error) {
    throw signal?.aborted ? error : connection.explain(error, command, commandTimeout)
  }
}

/** A server that takes the connection and answers nothing must not keep anybody waiting; `timeoutMs` is its time. */
export function limitHandshake(
  instance: Redis,
  timeoutMs: number,
  late: (error: Error) => void,
): void {
  let timer: NodeJS.Timeout | undefined
  const stop = () => clearTimeout(timer)
  instance.on('connect', () => {
    stop()
    timer = setTimeout(() => {
      late(new Error(`connected, but no answer within ${timeoutMs} ms (connectTimeout)`))
      // Without waiting for a goodbye, which does not come either.
      const { stream } = instance as unknown as { stream?: Socket }
      instance.disconnect(true)
      stream?.destroy()
    }, timeoutMs)
  })
  for (const event of ['ready', 'close', 'end']) instance.on(event, stop)
}

/** How long one call may take. */
export interface Limits {
  /** Gives the call up; it rejects with the signal's reason. What was sent is executed all the same. */
  signal?: AbortSignal
  /** Milliseconds for a reply instead of the connection's `commandTimeout`; 0 waits for ever. */
  commandTimeout?: number
}

/** What ioredis says of a single command. */
export const TIMED_OUT = 'Command timed out'

/** What can be over before its limits are reached. */
interface Settling {
  onSettled(listener: () => void): void
}

/** Call `expire` when the time is over or the signal aborts, unless the result is called, or `until` is over, before. */
export function limit(
  { signal, commandTimeout = 0 }: Limits,
  expire: (error: Error) => void,
  until?: Settling,
): () => void {
  const timer =
    commandTimeout > 0 ? setTimeout(() => expire(new Error(TIMED_OUT)), commandTimeout) : undefined
  const unlisten = signal && onAbort(signal, () => expire(signal.reason))
  const stop = () => {
    clearTimeout(timer)
    unlisten?.()
  }
  until?.onSettled(stop)
  return stop
}

/** What comes of `work`, unless its limits are reached before; a signal that has aborted already is not seen. */
export function limited<Result>(limits: Limits, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = limit(limits, reject)
    work.finally(stop).then(resolve, reject)
  })
}

interface Listening {
  listeners: Set<() => void>
  abort(): void
}

const listening = new WeakMap<AbortSignal, Listening>()

/** Call `listener` when the signal aborts. However many listen, the signal has one listener, and none when all left. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const shared = listening.get(signal) ?? listenTo(signal)
  const own = () => listener()
  shared.listeners.add(own)
  return () => {
    if (!shared.listeners.delete(own) || shared.listeners.size > 0) return
    signal.removeEventListener('abort', shared.abort)
    listening.delete(signal)
  }
}

function listenTo(signal: AbortSignal): Listening {
  const listeners = new Set<() => void>()
  const abort = () => {
    for (const listener of listeners) listener()
  }
  const shared = { listeners, abort }
  signal.addEventListener('abort', abort, { once: true })
  listening.set(signal, shared)
  return shared
}

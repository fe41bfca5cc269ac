/** How long one call may take. */
export interface Limits {
  /** Gives the call up; it rejects with the signal's reason. What was sent is executed all the same. */
  signal?: AbortSignal
  /** Milliseconds for a reply instead of the connection's `commandTimeout`; 0 waits for ever. */
  commandTimeout?: number
}

/** What ioredis says of a single command. */
export const TIMED_OUT = 'Command timed out'

/** Call `expire` when the time is over or the signal aborts, unless the result is called before. */
export function limit(
  { signal, commandTimeout = 0 }: Limits,
  expire: (error: Error) => void,
): () => void {
  const timer =
    commandTimeout > 0 ? setTimeout(() => expire(new Error(TIMED_OUT)), commandTimeout) : undefined
  const abort = () => expire(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  return () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

import { onAbort } from './aborts.js'

/** Node's timers end here and fire at once beyond. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Does the promise settle within `ms` and before the signal aborts? */
export function settles(
  promise: Promise<unknown>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return new Promise(resolve => {
    let timer: NodeJS.Timeout | undefined
    let deaf: (() => void) | undefined
    const end = (settled: boolean) => {
      clearTimeout(timer)
      deaf?.()
      resolve(settled)
    }
    const stop = () => end(false)
    const done = () => end(true)
    promise.then(done, done)
    if (signal?.aborted) return stop()
    if (Number.isFinite(ms)) timer = setTimeout(stop, Math.min(ms, MAX_TIMER_MS))
    if (signal) deaf = onAbort(signal, stop)
  })
}

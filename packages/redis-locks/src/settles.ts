/** Node's timers end here and fire at once beyond. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Does the promise settle within `ms` and before the signal aborts? */
export async function settles(
  promise: Promise<unknown>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  let stop = () => {}
  const cut = new Promise<boolean>(resolve => {
    stop = () => resolve(false)
    if (Number.isFinite(ms)) timer = setTimeout(stop, Math.min(ms, MAX_TIMER_MS))
    signal?.addEventListener('abort', stop, { once: true })
  })
  const settled = promise.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, cut])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

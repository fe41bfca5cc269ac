interface Heard {
  readonly stops: Set<() => void>
  readonly listener: () => void
}

const heard = new WeakMap<AbortSignal, Heard>()

/** Call `stop` when the signal aborts; the result takes that back. One listener for all of a signal: Node warns of eleven. */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  const { stops, listener } = heard.get(signal) ?? listen(signal)
  stops.add(stop)
  return () => {
    if (!stops.delete(stop) || stops.size > 0) return
    signal.removeEventListener('abort', listener)
    heard.delete(signal)
  }
}

function listen(signal: AbortSignal): Heard {
  const stops = new Set<() => void>()
  const listener = () => {
    for (const stop of [...stops]) stop()
  }
  signal.addEventListener('abort', listener)
  const all = { stops, listener }
  heard.set(signal, all)
  return all
}

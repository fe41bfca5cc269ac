import type { GravitoCore } from './gravito.js'

const REGISTRY = Symbol.for('@gravito/plasma-orbit.signals')
const SIGNALS = ['SIGTERM', 'SIGINT'] as const
type Signal = (typeof SIGNALS)[number]
type Close = () => Promise<unknown>

/** Shared by the ESM and the CommonJS copy of this package, so that the process waits for the orbits of both. */
interface Registry {
  /** What closes the orbits of each core. */
  readonly cores: Map<GravitoCore, Set<Close>>
  listener: ((signal: Signal) => void) | undefined
}

/**
 * At SIGTERM or SIGINT fire `core:shutdown` on the core, once for all its orbits, and `close`; then let the signal end
 * the process as it would have without us. A second signal ends it at once.
 *
 * @returns what takes it back
 */
export function onSignals(core: GravitoCore, close: Close): () => void {
  const shared = globalThis as { [REGISTRY]?: Registry }
  shared[REGISTRY] ??= { cores: new Map(), listener: undefined }
  const registry = shared[REGISTRY]
  const closes = registry.cores.get(core) ?? new Set()
  registry.cores.set(core, closes.add(close))
  if (!registry.listener) listen(registry)
  return () => {
    closes.delete(close)
    if (closes.size === 0 && registry.cores.get(core) === closes) registry.cores.delete(core)
    if (registry.cores.size === 0) ignore(registry)
  }
}

function listen(registry: Registry): void {
  registry.listener = signal => {
    // First, so that a second signal that comes while the hooks begin is not lost.
    ignore(registry)
    const cores = [...registry.cores].map(([core, closes]) => shutDown(core, [...closes]))
    void Promise.allSettled(cores).then(() => end(signal))
  }
  for (const signal of SIGNALS) process.on(signal, registry.listener)
}

async function shutDown(core: GravitoCore, closes: readonly Close[]): Promise<void> {
  try {
    await core.hooks.doAction?.('core:shutdown', core)
  } catch (error) {
    core.logger.error(`OrbitPlasma: a hook of core:shutdown failed: ${String(error)}`)
  }
  await Promise.allSettled(closes.map(close => close()))
}

function ignore(registry: Registry): void {
  const { listener } = registry
  registry.listener = undefined
  if (listener) for (const signal of SIGNALS) process.off(signal, listener)
}

/** Unless the application listens too: then it is the one to end the process. */
function end(signal: Signal): void {
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

import { setTimeout as sleep } from 'node:timers/promises'

/** Wait so many milliseconds, or until `signal` aborts; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}

import type { Job } from '../member.js'
import { pause } from '../pause.js'
import { PERMIT_TTL_MS, PERMITS } from '../protocol.js'

const HOLD_MS = 900
const REST_MS = 200
const WAIT_MS = 60_000

/** Take a permit, hold it, give it back, again and again. */
export async function usePermit({ names, locks, signal, say }: Job): Promise<void> {
  const options = { permits: PERMITS, ttlMs: PERMIT_TTL_MS, waitMs: WAIT_MS }
  const semaphore = locks.semaphore(names.semaphore, options)
  while (!signal.aborted) {
    say({ kind: 'permit', event: 'waiting', at: Date.now() })
    const lease = await semaphore.acquire({ signal })
    const { token } = lease
    const heldAt = Date.now()
    say({ kind: 'permit', event: 'held', at: heldAt, token })
    await pause(HOLD_MS, signal)
    const outcome = lease.isHeld() ? 'released' : 'lost'
    say({ kind: 'permit', event: 'over', at: Date.now(), heldAt, token, outcome })
    await lease.release()
    await pause(REST_MS, signal)
  }
}

import type { Lease } from './lease.js'

/** What a critical section is given. */
export interface Section {
  lease: Lease
  /** Aborts when the lease is lost or the caller's signal aborts. */
  signal: AbortSignal
  /** The fencing token: hand it to the resource, which refuses smaller ones than it has seen. */
  token: number
  /** Throws LockLostError when the lease is over. */
  assertHeld: () => void
}

/** A section of a lease, in which `given` ends what it does; the signals are made when they are asked for. */
export function sectionOf(lease: Lease, given: AbortSignal | undefined): Section {
  let signal: AbortSignal | undefined
  return {
    lease,
    token: lease.token,
    assertHeld: () => lease.assertHeld(),
    get signal() {
      signal ??= given ? AbortSignal.any([lease.signal, given]) : lease.signal
      return signal
    },
  }
}

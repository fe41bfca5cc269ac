import { AsyncLocalStorage } from 'node:async_hooks'
import type { Lease } from '../lease/lease.js'

interface Entered {
  readonly lock: string
  readonly store: object
  readonly lease: Lease
  readonly outer: Entered | undefined
}

const entered = new AsyncLocalStorage<Entered>()

/** The lease on a lock that the running asynchronous context has already, if it is still held. */
export function leaseOfContext(store: object, lock: string): Lease | undefined {
  for (let at = entered.getStore(); at; at = at.outer) {
    if (at.store === store && at.lock === lock && at.lease.isHeld()) return at.lease
  }
  return undefined
}

/** Run `fn`, and all that it calls and awaits, as the holder of a lock. */
export function asHolder<Result>(
  store: object,
  lock: string,
  lease: Lease,
  fn: () => Result,
): Result {
  return entered.run({ store, lock, lease, outer: entered.getStore() }, fn)
}

import { LockStoreError } from '../errors.js'
import type { Holder, LockStore } from '../redis/store.js'

/** One lease on permits. */
export interface PermitHolder extends Holder {
  weight: number
}

export interface PermitState {
  /** What `setPermits` said. */
  limit: number | null
  held: number
  /** Tickets in Redis. */
  queued: number
  holders: PermitHolder[]
}

/**
 * What Redis knows of a lock of permits: one command.
 *
 * @throws LockStoreError
 */
export async function permitState(store: LockStore, name: string): Promise<PermitState> {
  const reply = store.permitInfo(store.keys(name))
  const [limit, held, queued, holders] = await reply.catch(error => {
    throw new LockStoreError(name, error, store.kind.name)
  })
  return {
    limit,
    held,
    queued,
    holders: holders.map(([ticket, token, ttlMs]) => {
      const weight = Number(/\*(\d+)\//.exec(ticket)?.[1])
      return { ticket, token: Number(token), ttlMs, weight }
    }),
  }
}

import { RedisError } from '@gravito/plasma'
import type { LockKind } from './telemetry/telemetry.js'

/** The lock was not free within `waitMs`. */
export class LockTimeoutError extends RedisError {
  static override readonly kind = 'LockTimeoutError'

  constructor(
    readonly lock: string,
    readonly waitMs: number,
  ) {
    super(`Lock "${lock}" was not free within ${waitMs} ms (waitMs).`, { code: 'LOCK_TIMEOUT' })
  }
}

/** A lease ended while it was in use: not renewed in time, forced, or gone with Redis' data. */
export class LockLostError extends RedisError {
  static override readonly kind = 'LockLostError'

  constructor(
    readonly lock: string,
    /** The fencing token of the lost lease. */
    readonly token: number,
    why: string,
  ) {
    super(`Lock "${lock}" (token ${token}) is lost: ${why}. Stop what it protected.`, {
      code: 'LOCK_LOST',
    })
  }
}

/** What messages call it. */
const CALLED = {
  mutex: 'Lock',
  semaphore: 'Semaphore',
  'read-write': 'Read-write lock',
  'rate-limit': 'Rate limit',
} as const

/** Redis refused or could not be reached; `cause` says why. Nothing is held. */
export class LockStoreError extends RedisError {
  static override readonly kind = 'LockStoreError'

  constructor(
    /** The name of the lock, semaphore or limit. */
    readonly lock: string,
    cause: unknown,
    kind: LockKind | 'rate-limit' = 'mutex',
  ) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`${CALLED[kind]} "${lock}": Redis failed: ${why}`, { code: 'LOCK_STORE', cause })
  }
}

/** A LockStoreError with this cause, or the one that it is already. */
export const storeError = (lock: string, cause: unknown, kind: LockKind): LockStoreError =>
  cause instanceof LockStoreError ? cause : new LockStoreError(lock, cause, kind)

/** A limit did not allow it. */
export class RateLimitedError extends RedisError {
  static override readonly kind = 'RateLimitedError'
  /** Unix seconds when the whole limit is available again. */
  readonly reset: number
  /** Ms until the same attempt can succeed. */
  readonly retryAfterMs: number

  constructor(
    readonly limit: string,
    readonly id: string,
    { reset, retryAfterMs }: { reset: number; retryAfterMs: number },
  ) {
    super(`Limit "${limit}" is spent for now: try again in ${retryAfterMs} ms.`, {
      code: 'RATE_LIMITED',
    })
    this.reset = reset
    this.retryAfterMs = retryAfterMs
  }
}

/** Fewer replicas than `minReplicas` confirmed a lease, which was given back. */
export class LockReplicasError extends RedisError {
  static override readonly kind = 'LockReplicasError'

  constructor(
    readonly lock: string,
    readonly minReplicas: number,
    /** So many did. */
    readonly confirmed: number,
  ) {
    super(
      `Lock "${lock}": ${confirmed} of ${minReplicas} replicas (minReplicas) confirmed it; it was given back.`,
      { code: 'LOCK_REPLICAS' },
    )
  }
}

/** Too few nodes of a quorum answered in time; `cause` has what the others said. Nothing is held. */
export class LockQuorumError extends RedisError {
  static override readonly kind = 'LockQuorumError'

  constructor(
    readonly lock: string,
    /** So many did. */
    readonly answered: number,
    /** So many must. */
    readonly needed: number,
    failures: readonly unknown[],
  ) {
    super(`Lock "${lock}": ${answered} nodes of the quorum answered, ${needed} must.`, {
      code: 'LOCK_QUORUM',
      cause: new AggregateError(failures),
    })
  }
}

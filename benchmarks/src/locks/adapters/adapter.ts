/** Gives back what was taken. */
export type Release = () => Promise<unknown>

/** A library of locks on one connection, with its own defaults but for how long it waits. */
export interface LocksAdapter {
  /** Take the mutex, however long it takes. */
  mutex(name: string): Promise<Release>
  /** Take one of the permits, however long it takes; only where `hasPermits`. */
  permit?: (name: string, permits: number) => Promise<Release>
  close(): Promise<unknown>
}

/** A library, and the commands that it sends itself: those within its scripts do not count. */
export interface LocksSubject {
  /** Has it a semaphore? */
  readonly hasPermits: boolean
  readonly commands: readonly string[]
  open(url: string): Promise<LocksAdapter>
}

export const LEASE_MS = 10_000

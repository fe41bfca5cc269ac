import type { ConnectionConfig, ConnectionStats, ConnectionStatus } from '@gravito/plasma'
import type { CacheStats } from '@gravito/stasis-redis'

/** What a process of the crew is told when it starts. */
export interface CrewAssignment {
  /** Its name, the same after a restart. */
  member: string
  /** In front of every key; no braces. */
  stage: string
}

/** Work for one process, each kind with its reply. */
export interface Orders {
  /** So many requests for one cached value, all at the same time. */
  requests: { order: { key: string; count: number }; reply: RequestsReply }
  /** So many attempts on the rate limit, all at the same time. */
  attempts: { order: { count: number }; reply: AttemptsReply }
}

export type OrderKind = keyof Orders

export interface RequestsReply {
  served: number
  /** How often this process called the factory. */
  factoryCalls: number
  /** The different values that callers got. */
  values: string[]
}

export interface AttemptsReply {
  allowed: number
  refused: number
}

/** From the playground to a process of the crew. */
export type ToCrew =
  | { join: CrewAssignment; redis: ConnectionConfig }
  | { order: OrderKind; id: number; what: Orders[OrderKind]['order'] }

/** How one process is; several times a second. */
export interface Report {
  status: ConnectionStatus
  stats: ConnectionStats
  cache: CacheStats
}

/** What happened to a lock or a permit; times are Unix milliseconds of the process. */
export type LeaseEvent =
  | { event: 'waiting'; at: number }
  | { event: 'held'; at: number; token: number }
  | {
      event: 'over'
      at: number
      token: number
      /** Since when it was held. */
      heldAt: number
      /** `lost`: the process was told that its lease is over; `refused`: the resource did not take its write. */
      outcome: 'released' | 'lost' | 'refused'
    }

/** From a process of the crew to the playground. */
export type FromCrew =
  | { kind: 'report'; report: Report }
  | ({ kind: 'lock' } & LeaseEvent)
  | ({ kind: 'permit' } & LeaseEvent)
  | { kind: 'order'; outcome: 'handled' | 'again' | 'poison'; deliveries: number }
  | { kind: 'reply'; id: number; reply: Orders[OrderKind]['reply'] }
  | { kind: 'failed'; id: number; error: string }

/** The names of everything that the crew shares. */
export function stageNames(stage: string) {
  return {
    /** In front of locks, permits and limits. */
    locks: `${stage}:lock`,
    /** In front of cached values. */
    cache: `${stage}:cache:`,
    /** Hash: what the lock protects. */
    resource: `${stage}:resource`,
    mutex: 'door',
    semaphore: 'desks',
    limiter: 'tickets',
    /** Channel of what the crew tells. */
    feed: `${stage}:feed`,
    /** One hash tag: these are read in one transaction. */
    stream: `${stage}:{orders}`,
    deadLetters: `${stage}:{orders}:dead`,
    handled: `${stage}:{orders}:handled`,
    group: 'crew',
  }
}

export const LOCK_TTL_MS = 2_000
export const PERMIT_TTL_MS = 2_000
export const PERMITS = 2
/** What the cache panel shows, each entry under one of the tags. */
export const ENTRIES = 36
export const TAGS = ['prices', 'users', 'pages']
export const entryKey = (n: number): string => `entry:${n}`

export const LIMIT = { limit: 20, windowMs: 5_000 }

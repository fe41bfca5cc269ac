import type { LocksSubject } from './adapter.js'
import { floor } from './floor.js'
import { gravito } from './gravito.js'
import { redisSemaphore } from './redis-semaphore.js'
import { redlock } from './redlock.js'
import { verrou } from './verrou.js'

export type { LocksAdapter, LocksSubject, Release } from './adapter.js'

/** Ours first, then the peers; the floor is no library. */
export const LOCKS = {
  '@gravito/redis-locks': gravito,
  'redis-semaphore': redisSemaphore,
  redlock,
  '@verrou/core': verrou,
} satisfies Record<string, LocksSubject>

export const SUBJECTS = { ...LOCKS, floor } satisfies Record<string, LocksSubject>

export type LocksName = keyof typeof LOCKS
export type SubjectName = keyof typeof SUBJECTS
export const LOCKS_NAMES = Object.keys(LOCKS) as LocksName[]

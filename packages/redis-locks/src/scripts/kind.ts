import type { Key, Script, Value } from '@gravito/plasma'
import type { LockKind } from '../telemetry/telemetry.js'
import type { RenewScript } from './renew.js'

/** The keys of most scripts. */
export const KEYS = ['lock', 'fence', 'queue', 'waiters', 'channel'] as const

type Each<Names extends readonly string[]> = { readonly [I in keyof Names]: Value }

type AllKeys = readonly [Key, Key, Key, Key, Key]

/** What ACQUIRE took, or the holder's remaining ms, or that it is free but others queue. */
export type Taken = { token: number } | { ttlMs: number } | 'queued'

export const taken = (reply: string | number): Taken => {
  if (typeof reply === 'string') return { token: Number(reply) }
  return reply === 1 ? 'queued' : { ttlMs: -reply }
}

/** Where a ticket stands after a script: granted with a token, or queued. */
export interface Place {
  token: number | undefined
  /** The server's clock in microseconds. */
  nowUs: number
  /** Milliseconds until the first lease in the way ends, negative when none is. */
  ttlMs: number
}

export const place = ([token, nowUs, ttlMs]: [string | null, string, number]): Place => ({
  token: token === null ? undefined : Number(token),
  nowUs: Number(nowUs),
  ttlMs,
})

/** The arguments of `RELEASE_AND_ENQUEUE`. */
export const RELEASING = [
  'ticket',
  'publish',
  'following',
  'isNew',
  'ttlMs',
  'arrival',
  'ticketMs',
  'reserved',
  'last',
  'spare',
] as const

/** What `RELEASE_AND_ENQUEUE` answers with. */
export interface Released {
  released: boolean
  /** The following ticket was granted, nobody else waits, and `spare` tokens are laid aside for its process. */
  isAlone: boolean
  place: Place
}

export const placeAfterRelease = ([released, isAlone, ...rest]: [
  number,
  number,
  string | null,
  string,
  number,
]): Released => ({ released: released === 1, isAlone: isAlone === 1, place: place(rest) })

/** One kind of lock: where it lives, how a process' waiters queue, and its Lua, all of it idempotent per ticket (I10). */
export interface Kind {
  readonly name: LockKind
  /** Behind a lock's first key. */
  readonly suffix: string
  /**
   * Who of a process' waiters has a ticket in Redis: the `head` while the process holds nothing, `some` as releases
   * write them, or `each`.
   */
  readonly queues: 'head' | 'some' | 'each'
  readonly scripts: {
    /** Take what is free and nobody queues for. */
    readonly ACQUIRE: Script<readonly [Key, Key, Key], readonly [Value, Value], Taken>
    /** Join the queue or ask again; with `wait` 0 only take what the living leave. */
    readonly ENQUEUE: Script<AllKeys, readonly [Value, Value, Value, Value, Value, Value], Place>
    /** Give back, and hand over. */
    readonly RELEASE: Script<AllKeys, readonly [Value, Value], boolean>
    /** Give back and queue another ticket of the process. */
    readonly RELEASE_AND_ENQUEUE: Script<AllKeys, Each<typeof RELEASING>, Released>
    /** Leave the queue, and give back what was granted meanwhile. */
    readonly CANCEL: Script<AllKeys, readonly [Value, Value], boolean>
    /** Let a lease last from now. */
    readonly EXTEND: Script<readonly [Key], readonly [Value, Value], boolean>
    /** Let many leases last from now on, none of them shorter. */
    readonly RENEW: RenewScript
    /** Take it from whoever holds it. */
    readonly FORCE_RELEASE: Script<AllKeys, readonly [Value], boolean>
  }
}

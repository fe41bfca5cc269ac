import type { Key, Script, Value } from '@gravito/plasma'

/** The keys of most scripts. */
export const KEYS = ['lock', 'fence', 'queue', 'waiters', 'channel'] as const

type AllKeys = readonly [Key, Key, Key, Key, Key]

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

export const placeAfterRelease = ([released, ...rest]: [
  number,
  string | null,
  string,
  number,
]) => ({ released: released === 1, place: place(rest) })

/** One kind of lock: where it lives, how a process' waiters queue, and its Lua, all of it idempotent per ticket (I10). */
export interface Kind {
  /** Behind a lock's first key. */
  readonly suffix: string
  /**
   * Who of a process' waiters has a ticket in Redis: the `head` while the process holds nothing, `some` as releases
   * write them, or `each`.
   */
  readonly queues: 'head' | 'some' | 'each'
  readonly scripts: {
    /** Take what is free and nobody queues for. */
    readonly ACQUIRE: Script<readonly [Key, Key, Key], readonly [Value, Value], string | number>
    /** Join the queue or ask again; with `wait` 0 only take what the living leave. */
    readonly ENQUEUE: Script<AllKeys, readonly [Value, Value, Value, Value, Value, Value], Place>
    /** Give back, and hand over. */
    readonly RELEASE: Script<AllKeys, readonly [Value, Value], boolean>
    /** Give back and queue another ticket of the process. */
    readonly RELEASE_AND_ENQUEUE: Script<
      AllKeys,
      readonly [Value, Value, Value, Value, Value, Value],
      { released: boolean; place: Place }
    >
    /** Leave the queue, and give back what was granted meanwhile. */
    readonly CANCEL: Script<AllKeys, readonly [Value, Value], boolean>
    /** Let a lease last from now. */
    readonly EXTEND: Script<readonly [Key], readonly [Value, Value], boolean>
    /** Take it from whoever holds it. */
    readonly FORCE_RELEASE: Script<AllKeys, readonly [Value], boolean>
  }
}

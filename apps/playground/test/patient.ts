import { waitUntil as wait } from '@gravito/redis-testing'

/** `waitUntil` for many processes on a busy machine: 60 s. */
export const waitUntil: typeof wait = (what, condition, options) =>
  wait(what, condition, { timeoutMs: 60_000, ...options })

import { randomUUID } from 'node:crypto'
import type { Job } from '../member.js'
import { pause } from '../pause.js'
import { type AttemptsReply, LIMIT, type RequestsReply } from '../protocol.js'

const FACTORY_MS = 250
const KEEP_SECONDS = 30

/** Ask for one cached value so many times at once. */
export async function request(
  { cache, signal }: Job,
  { key, count }: { key: string; count: number },
): Promise<RequestsReply> {
  let factoryCalls = 0
  const factory = async () => {
    factoryCalls++
    await pause(FACTORY_MS, signal)
    return randomUUID()
  }
  const values = await Promise.all(
    Array.from({ length: count }, () => cache.remember(key, KEEP_SECONDS, factory)),
  )
  return { served: values.length, factoryCalls, values: [...new Set(values)] }
}

/** Spend from the limit that all processes share so many times at once. */
export async function attempt(
  { locks, names }: Job,
  { count }: { count: number },
): Promise<AttemptsReply> {
  const limiter = locks.rateLimiter(names.limiter, LIMIT)
  const all = await Promise.all(Array.from({ length: count }, () => limiter.attempt('page')))
  const allowed = all.filter(it => it.allowed).length
  return { allowed, refused: count - allowed }
}

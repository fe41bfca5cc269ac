import { type Case, VALUE } from './cases.js'
import type { BenchmarkClient } from './client.js'

/** How fast a client was, and what it cost. */
export interface Measurement {
  /** Commands per second. */
  perSecond: number
  /** Microseconds of the client's CPU for one command, user and system. */
  cpuMicros: number
}

/** What the case's callers get through in `durationMs`, each with a key of its own. */
export async function measure(
  client: BenchmarkClient,
  { callers, commands, value = VALUE, prepare, call }: Case,
  keyPrefix: string,
  durationMs: number,
): Promise<Measurement> {
  const keys = Array.from({ length: callers }, (_, i) => `${keyPrefix}${i}`)
  await client.setAll(keys, value)
  if (prepare) await Promise.all(keys.map(key => prepare(client, key)))
  let calls = 0
  const cpu = process.cpuUsage()
  const started = performance.now()
  const deadline = started + durationMs
  await Promise.all(
    keys.map(async key => {
      while (performance.now() < deadline) {
        await call(client, key)
        calls++
      }
    }),
  )
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const done = calls * commands
  return { perSecond: done / seconds, cpuMicros: (user + system) / done }
}

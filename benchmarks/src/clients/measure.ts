import { type Case, VALUE } from './cases.js'
import type { BenchmarkClient } from './client.js'

/** How fast a client was, and what it cost. */
export interface Measurement {
  /** Commands per second. */
  perSecond: number
  /** Microseconds of the client's CPU for one command, user and system. */
  cpuMicros: number
  /** How many commands it were. */
  commands: number
}

/** What the case's callers get through in `durationMs`, each with a key of its own. */
export async function measure(
  client: BenchmarkClient,
  { callers, commands, value = VALUE, prepare, call, isRight }: Case,
  keyPrefix: string,
  durationMs: number,
): Promise<Measurement> {
  const keys = Array.from({ length: callers }, (_, i) => `${keyPrefix}${i}`)
  await Promise.all(keys.map(key => client.set(key, value)))
  if (prepare) await Promise.all(keys.map(key => prepare(client, key)))
  let calls = 0
  let running = true
  const cpu = process.cpuUsage()
  const started = performance.now()
  setTimeout(() => {
    running = false
  }, durationMs)
  await Promise.all(
    keys.map(async key => {
      while (running) {
        const reply = await call(client, key)
        if (!isRight(reply)) throw new Error(`the reply was ${JSON.stringify(reply)}`)
        calls++
      }
    }),
  )
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const done = calls * commands
  return { perSecond: done / seconds, cpuMicros: (user + system) / done, commands: done }
}

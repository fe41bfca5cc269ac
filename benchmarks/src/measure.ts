import { type Case, VALUE } from './cases.js'
import type { BenchmarkClient } from './client.js'

/** Commands per second that the case's callers get through in `durationMs`, each with a key of its own. */
export async function measure(
  client: BenchmarkClient,
  { callers, commands, value = VALUE, prepare, call }: Case,
  keyPrefix: string,
  durationMs: number,
): Promise<number> {
  const keys = Array.from({ length: callers }, (_, i) => `${keyPrefix}${i}`)
  await client.setAll(keys, value)
  if (prepare) await Promise.all(keys.map(key => prepare(client, key)))
  let calls = 0
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
  return (calls * commands * 1_000) / (performance.now() - started)
}

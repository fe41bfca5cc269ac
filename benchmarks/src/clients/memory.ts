import { setTimeout as sleep } from 'node:timers/promises'
import { VALUE } from './cases.js'
import type { BenchmarkClient } from './client.js'

const CALLERS = 100

/** How many bytes the heap grows by over so many commands, after as many as a tenth of them to warm up. */
export async function growth(
  client: BenchmarkClient,
  key: string,
  commands: number,
): Promise<{ bytes: number }> {
  await client.set(key, VALUE)
  await run(client, key, commands / 10)
  const before = await heapUsed()
  await run(client, key, commands)
  return { bytes: (await heapUsed()) - before }
}

async function run(client: BenchmarkClient, key: string, commands: number): Promise<void> {
  const callers = Array.from({ length: CALLERS }, async () => {
    for (let i = 0; i < commands / CALLERS; i++) await client.get(key)
  })
  await Promise.all(callers)
}

/** After what is not needed any more was collected; its process runs with `--expose-gc`. */
async function heapUsed(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await sleep(20)
  }
  return process.memoryUsage().heapUsed
}

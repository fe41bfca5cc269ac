import { VALUE } from './cases.js'
import type { BenchmarkClient } from './client.js'

const LARGE = 'z'.repeat(5 * 1_024 * 1_024)
const CALLERS = 10

/** While a reply of 5 MB arrives: the longest that one of 10 callers waited for a small one, each time. */
export async function stall(
  client: BenchmarkClient,
  keyPrefix: string,
  times: number,
): Promise<{ longestMs: number[] }> {
  const [large, small] = [`${keyPrefix}large`, `${keyPrefix}small`]
  await client.set(large, LARGE)
  await client.set(small, VALUE)
  const longestMs: number[] = []
  for (let i = 0; i < times; i++) longestMs.push(await once(client, large, small))
  await client.set(large, '')
  return { longestMs }
}

async function once(client: BenchmarkClient, large: string, small: string): Promise<number> {
  let longest = 0
  let running = true
  const callers = Array.from({ length: CALLERS }, async () => {
    while (running) {
      const sent = performance.now()
      await client.get(small)
      longest = Math.max(longest, performance.now() - sent)
    }
  })
  const reply = await client.get(large)
  running = false
  await Promise.all(callers)
  if (reply?.length !== LARGE.length) throw new Error('the large reply is not whole')
  return longest
}

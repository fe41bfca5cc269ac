import { randomBytes } from 'node:crypto'

const STEP_MS = 10

/** Resolves when `condition` holds; rejects, with its last error as the cause, after `timeoutMs` (default 10 s). */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    let cause: unknown
    try {
      if (await condition()) return
    } catch (error) {
      cause = error
    }
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause })
    await new Promise(resolve => setTimeout(resolve, STEP_MS))
  }
}

/** A key prefix that nobody else uses, such as `cache:9f86d081884c:`. */
export function uniquePrefix(name: string): string {
  return `${name}:${randomBytes(6).toString('hex')}:`
}

import { LIMITER } from './limiter.js'
import type { Cases, LocksUnderTest } from './locks-case.js'
import { MUTEX } from './mutex.js'
import { LEADER, MULTI, READ_WRITE, SEMAPHORE } from './several.js'

/** Of vitest, jest, node:test, bun:test, … */
export interface TestFunctions {
  describe: (name: string, body: () => void) => unknown
  it: (name: string, body: () => Promise<void>) => unknown
}

const KINDS: Record<string, Cases> = {
  mutex: MUTEX,
  semaphore: SEMAPHORE,
  'read-write lock': READ_WRITE,
  'several mutexes': MULTI,
  leader: LEADER,
  'rate limiter': LIMITER,
}

/** What every store of locks must do, as tests. */
export function describeLocks(
  name: string,
  make: () => Promise<LocksUnderTest> | LocksUnderTest,
  { describe, it }: TestFunctions,
): void {
  describe(name, () => {
    for (const [kind, cases] of Object.entries(KINDS)) {
      describe(kind, () => {
        for (const [what, test] of Object.entries(cases)) {
          it(what, async () => {
            const locks = await make()
            try {
              await test(locks)
            } finally {
              await locks.close?.()
            }
          })
        }
      })
    }
  })
}

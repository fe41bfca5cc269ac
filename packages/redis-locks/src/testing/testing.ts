import { createLocks, type Locks, type LocksOptions } from '../index.js'
import { memoryClient } from './memory-client.js'
import { MemoryServer } from './memory-server.js'

export { describeLocks, type TestFunctions } from './compliance/describe-locks.js'
export type { LocksUnderTest } from './compliance/locks-case.js'
export { memoryClient } from './memory-client.js'
export { MemoryServer } from './memory-server.js'

export interface MemoryLocksOptions extends LocksOptions {
  /** Share it to play several processes; default: one of its own. */
  server?: MemoryServer
}

/**
 * Locks without Redis, for tests: the same code and scripts over a server in memory.
 *
 * @throws InvalidArgumentError naming a bad option
 */
export function createMemoryLocks({
  server = new MemoryServer(),
  ...options
}: MemoryLocksOptions = {}): Locks {
  return createLocks(memoryClient(server), options)
}

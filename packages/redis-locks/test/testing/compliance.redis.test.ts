import { RedisClient } from '@gravito/plasma'
import { uniquePrefix } from '@gravito/redis-testing'
import { describe, inject, it } from 'vitest'
import { createLocks } from '../../src/index.js'
import { createMemoryLocks, describeLocks, MemoryServer } from '../../src/testing/testing.js'

describeLocks(
  'over Redis',
  () => {
    const keyPrefix = uniquePrefix('compliance')
    const clients = [1, 2].map(() => new RedisClient({ url: inject('redisUrl'), keyPrefix }))
    const [one, other] = clients.map(it => createLocks(it)) as [Locks, Locks]
    return { one, other, close: () => Promise.all(clients.map(it => it.disconnect())) }
  },
  { describe, it },
)

describeLocks(
  'in memory',
  () => {
    const server = new MemoryServer()
    return { one: createMemoryLocks({ server }), other: createMemoryLocks({ server }) }
  },
  { describe, it },
)

type Locks = ReturnType<typeof createLocks>

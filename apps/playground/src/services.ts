import type { RedisManager } from '@gravito/plasma'
import { createLocks, type Locks } from '@gravito/redis-locks'
import { RedisStore } from '@gravito/stasis-redis'
import { CACHE_PREFIX, LOCK_PREFIX } from './audit/keys.js'
import type { GravitoOrbit, PlanetCore } from './kernel.js'

declare module './host/adapter.js' {
  interface GravitoVariables {
    redis?: RedisManager
    cache?: RedisStore
    locks?: Locks
  }
}

/** Cache and locks over the service of `OrbitPlasma`, which comes before it in the list of orbits. */
export class OrbitServices implements GravitoOrbit {
  install(core: PlanetCore): void {
    const client = (core.services.get('redis') as RedisManager).connection()
    const services = {
      cache: new RedisStore({ client, prefix: CACHE_PREFIX }),
      locks: createLocks(client, { prefix: LOCK_PREFIX }),
    }
    for (const [name, service] of Object.entries(services)) {
      core.services.set(name, service)
      core.container.instance(name, service)
    }
    core.adapter.use('*', async (context, next) => {
      for (const [name, service] of Object.entries(services)) context.set(name, service)
      await next()
      return undefined
    })
  }
}

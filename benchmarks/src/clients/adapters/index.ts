import type { BenchmarkClient } from '../client.js'
import type { Target } from '../target.js'

type Open = (target: Target) => Promise<BenchmarkClient>

/** How each client is opened, by its name in the tables; loaded on demand, for not every runtime can load all. */
export const CLIENTS = {
  ioredis: async target => (await import('./ioredis.js')).openIoredis(target),
  plasma: async target => (await import('./plasma.js')).openPlasma(target),
  'plasma, fastPath: false': async target => (await import('./plasma.js')).openPlain(target),
  'ioredis, auto-pipelining': async target =>
    (await import('./ioredis.js')).openAutoPipelined(target),
  'node-redis': async target => (await import('./node-redis.js')).openNodeRedis(target),
  'node-redis, no timeout': async target => (await import('./node-redis.js')).openUntimed(target),
  'valkey-glide': async target => (await import('./valkey-glide.js')).openValkeyGlide(target),
  iovalkey: async target => (await import('./iovalkey.js')).openIovalkey(target),
  'Bun native': async target => (await import('./bun.js')).openBun(target),
} as const satisfies Record<string, Open>

/** A client’s name in the tables. */
export type ClientName = keyof typeof CLIENTS

/** The client that the others are compared with. */
export const BASE: ClientName = 'ioredis'
